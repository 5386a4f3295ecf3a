#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/error.hpp"
#include "http/exchange.hpp"
#include "http/loop.hpp"
#include "http/tls.hpp"

namespace router::http {

struct ServeSettings {
    ExchangeSettings exchange;
    HeadLimits limits;
    std::chrono::milliseconds head_timeout{15'000};
    std::chrono::milliseconds keepalive_timeout{75'000};
};

// A socket that listens; the file descriptor is given to Server::listen(), which owns it then.
//
//   shared  several sockets may listen on the same address, one a thread (SO_REUSEPORT). A port
//           that another process listens on is an error all the same
//   errors  bad_request, with the address and the reason
Result<int> listen_on(const std::string& host, std::uint16_t port, bool shared);

// A unix socket at `path`; a stale file there is replaced, one that somebody listens on is an
// error.
Result<int> listen_on(const std::string& unix_path);

// Accepts connections and serves their exchanges, one after the other. One a thread; all of it on
// its loop.
class Server {
 public:
    // Answers an exchange; and one whose head could not be read, with nothing but the error.
    using Handler = std::function<awaitable<void>(Exchange&)>;
    using Refusal = std::function<std::string(const Error&)>;  // the body, JSON

    Server(Loop& loop, ServeSettings settings, Handler handler, Refusal refusal);
    ~Server();

    void listen(int descriptor, SSL_CTX* tls);

    // No new connections; idle ones are closed, the others after their answer.
    void drain();
    std::size_t connections() const { return connections_.size(); }

 private:
    struct Listener;
    struct Connection;

    void begin(int descriptor, SSL_CTX* tls);
    awaitable<void> serve(std::shared_ptr<Channel> channel, SSL_CTX* tls);
    awaitable<bool> serve_next(Connection& connection);
    awaitable<std::unique_ptr<Exchange>> read_head(Connection& connection);
    awaitable<void> refuse(Connection& connection, Error error);
    awaitable<void> respond_failed(Exchange& exchange);

    Loop& loop_;
    ServeSettings settings_;
    Handler handler_;
    Refusal refusal_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    std::unordered_set<Connection*> connections_;
    bool draining_ = false;
};

}  // namespace router::http
