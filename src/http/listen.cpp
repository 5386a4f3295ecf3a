#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "http/server.hpp"

namespace router::http {
namespace {

constexpr int backlog = 4096;

std::unexpected<Error> cannot_listen(const std::string& where, const char* why) {
    return fail(ErrorKind::bad_request, "cannot listen on " + where + ": " + why);
}

// The first numeric address of `host`.
bool resolve(const std::string& host, std::uint16_t port, sockaddr_storage& address,
             socklen_t& length) {
    addrinfo hints{};
    hints.ai_flags = AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return false;
    std::memcpy(&address, found->ai_addr, found->ai_addrlen);
    length = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

Result<int> bound(const std::string& where, const sockaddr_storage& address, socklen_t length,
                  bool shared) {
    const int descriptor =
        ::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return cannot_listen(where, std::strerror(errno));
    const int on = 1;
    if (address.ss_family != AF_UNIX)
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (shared) setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
        (!shared && address.ss_family != AF_UNIX && ::listen(descriptor, backlog) != 0)) {
        const int why = errno;
        ::close(descriptor);
        return cannot_listen(where, std::strerror(why));
    }
    return descriptor;
}

}  // namespace

Result<int> listen_on(const std::string& host, std::uint16_t port, bool shared) {
    const auto where = host + ":" + std::to_string(port);
    sockaddr_storage address{};
    socklen_t length = 0;
    if (!resolve(host, port, address, length)) return cannot_listen(where, "no such host");
    auto descriptor = bound(where, address, length, shared);
    if (!descriptor || !shared) return descriptor;
    if (::listen(*descriptor, backlog) != 0) {
        ::close(*descriptor);
        return cannot_listen(where, std::strerror(errno));
    }
    return descriptor;
}

Result<int> listen_on(const std::string& unix_path) {
    sockaddr_un path{};
    path.sun_family = AF_UNIX;
    if (unix_path.size() >= sizeof path.sun_path)
        return cannot_listen(unix_path, "the path is too long for a unix socket");
    unix_path.copy(path.sun_path, sizeof path.sun_path - 1);

    const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool is_alive =
        ::connect(probe, reinterpret_cast<const sockaddr*>(&path), sizeof path) == 0;
    ::close(probe);
    if (is_alive) return cannot_listen(unix_path, "another process listens there");
    ::unlink(unix_path.c_str());

    sockaddr_storage address{};
    std::memcpy(&address, &path, sizeof path);
    auto descriptor = bound(unix_path, address, sizeof path, false);
    if (descriptor && ::listen(*descriptor, backlog) != 0) {
        ::close(*descriptor);
        return cannot_listen(unix_path, std::strerror(errno));
    }
    return descriptor;
}

}  // namespace router::http
