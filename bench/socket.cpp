#include "socket.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace router::bench {
namespace {

int checked(int outcome, const char* what) {
    if (outcome < 0) throw std::system_error(errno, std::generic_category(), what);
    return outcome;
}

sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

void set(int fd, int level, int option) {
    const int on = 1;
    checked(setsockopt(fd, level, option, &on, sizeof on), "setsockopt");
}

Socket tcp() {
    return Socket(
        checked(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket"));
}

}  // namespace

void Socket::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Socket listen_on(std::uint16_t port) {
    Socket listener = tcp();
    set(listener.fd(), SOL_SOCKET, SO_REUSEADDR);
    const sockaddr_in address = loopback(port);
    checked(bind(listener.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
            "bind");
    checked(listen(listener.fd(), 4096), "listen");
    return listener;
}

Socket accept_from(const Socket& listener) {
    const int fd = accept4(listener.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) set(fd, IPPROTO_TCP, TCP_NODELAY);
    return Socket(fd);
}

Socket connect_to(std::uint16_t port) {
    Socket socket = tcp();
    set(socket.fd(), IPPROTO_TCP, TCP_NODELAY);
    const sockaddr_in address = loopback(port);
    if (connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 &&
        errno != EINPROGRESS && errno != ECONNREFUSED)
        checked(-1, "connect");
    return socket;
}

Poller::Poller() : epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")), events_(512) {
    prctl(PR_SET_TIMERSLACK, 1);  // the kernel's 50 us of slack would be part of every latency
}

void Poller::add(int fd, std::uint32_t events, std::uint64_t tag) {
    epoll_event event{.events = events, .data = {.u64 = tag}};
    checked(epoll_ctl(epoll_.fd(), EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

void Poller::change(int fd, std::uint32_t events, std::uint64_t tag) {
    epoll_event event{.events = events, .data = {.u64 = tag}};
    checked(epoll_ctl(epoll_.fd(), EPOLL_CTL_MOD, fd, &event), "epoll_ctl");
}

std::span<const epoll_event> Poller::wait(Moment deadline) {
    using namespace std::chrono;
    const auto left = std::max(deadline - Clock::now(), Clock::duration::zero());
    const auto whole = duration_cast<seconds>(left);
    const timespec sleep{.tv_sec = whole.count(), .tv_nsec = nanoseconds(left - whole).count()};
    const int count = epoll_pwait2(epoll_.fd(), events_.data(), static_cast<int>(events_.size()),
                                   &sleep, nullptr);
    return {events_.data(), static_cast<std::size_t>(std::max(count, 0))};
}

}  // namespace router::bench
