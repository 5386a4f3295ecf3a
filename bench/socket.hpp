#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace router::bench {

using Clock = std::chrono::steady_clock;
using Moment = Clock::time_point;

// A file descriptor that closes itself.
class Socket {
 public:
    Socket() = default;
    explicit Socket(int fd) : fd_(fd) {}
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Socket() { close(); }

    int fd() const { return fd_; }
    bool is_open() const { return fd_ >= 0; }
    void close();

 private:
    int fd_ = -1;
};

// All sockets are non-blocking, without Nagle's delay, and on 127.0.0.1. A socket that cannot be
// had throws std::system_error, but a refused connection shows only as an event on its socket.
Socket listen_on(std::uint16_t port);
Socket accept_from(const Socket& listener);  // not open when nobody waits
Socket connect_to(std::uint16_t port);

// epoll, level triggered, with sleeps in nanoseconds.
class Poller {
 public:
    Poller();
    void add(int fd, std::uint32_t events, std::uint64_t tag);
    void change(int fd, std::uint32_t events, std::uint64_t tag);
    // Waits for events until `deadline` at the latest; a deadline that has passed only looks.
    std::span<const epoll_event> wait(Moment deadline);

 private:
    Socket epoll_;
    std::vector<epoll_event> events_;
};

}  // namespace router::bench
