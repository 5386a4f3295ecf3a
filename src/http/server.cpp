#include "http/server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "telemetry/log.hpp"

namespace router::http {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t first_read_bytes = 4096;  // most requests fit

}  // namespace

// Accepts what waits, a good many connections a turn.
struct Server::Listener final : Watcher {
    static constexpr int accepted_at_once = 64;

    Server& server;
    int descriptor;
    SSL_CTX* tls;
    Deadline pause;  // before accepting again when the process is out of descriptors

    Listener(Server& owner, int listening, SSL_CTX* context)
        : server(owner),
          descriptor(listening),
          tls(context),
          pause(owner.loop_.deadlines, [this] { watch(); }) {
        watch();
    }
    ~Listener() {
        server.loop_.unwatch(descriptor, *this);
        ::close(descriptor);
    }

    void watch() { server.loop_.watch(descriptor, EPOLLIN, *this); }

    void ready(std::uint32_t) override {
        for (int i = 0; i < accepted_at_once; ++i) {
            const int peer = ::accept4(descriptor, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (peer >= 0) {
                server.begin(peer, tls);
            } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                server.loop_.unwatch(descriptor, *this);
                pause.set(server.loop_.now() + 50ms);
                return;
            } else if (errno != EINTR && errno != ECONNABORTED) {
                return;
            }
        }
    }
};

struct Server::Connection {
    std::shared_ptr<Channel> channel;
    Bytes ahead;  // what came behind the last request
    bool is_idle = true;
};

Server::Server(Loop& loop, ServeSettings settings, Handler handler, Refusal refusal)
    : loop_(loop),
      settings_(settings),
      handler_(std::move(handler)),
      refusal_(std::move(refusal)) {}

Server::~Server() = default;

void Server::listen(int descriptor, SSL_CTX* tls) {
    listeners_.push_back(std::make_unique<Listener>(*this, descriptor, tls));
}

void Server::begin(int descriptor, SSL_CTX* tls) {
    const int on = 1;  // no matter on a unix socket
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    loop_.spawn(serve(std::make_shared<Channel>(loop_, descriptor), tls));
}

awaitable<void> Server::serve(std::shared_ptr<Channel> channel, SSL_CTX* tls) {
    Connection connection{.channel = channel, .ahead = {}};
    connections_.insert(&connection);
    bool goes_on = true;
    if (tls != nullptr) {
        channel->secure(server_tls(tls));
        const auto shaken = co_await channel->handshake(loop_.now() + settings_.head_timeout);
        goes_on = shaken.has_value();
    }
    while (goes_on && !draining_) goes_on = co_await serve_next(connection);
    channel->close();
    connections_.erase(&connection);
}

// Waits for a request and reads its head; null when there is none: the client has left, or was
// refused.
[[gnu::noinline]] awaitable<std::unique_ptr<Exchange>> Server::read_head(Connection& connection) {
    auto& channel = *connection.channel;
    Bytes arrived = std::move(connection.ahead);
    bool has_begun = !arrived.empty();
    auto until = loop_.now() + (has_begun ? settings_.head_timeout : settings_.keepalive_timeout);
    while (true) {
        auto read = read_request_head(arrived.view(), settings_.limits);
        if (!read) {
            co_await refuse(connection, std::move(read.error()));
            co_return nullptr;
        }
        if (*read) {
            auto exchange = std::make_unique<Exchange>(connection.channel, std::move(**read),
                                                       settings_.exchange);
            exchange->keep(std::move(arrived));
            co_return exchange;
        }
        if (channel.has_ended()) co_return nullptr;
        if (!arrived.empty() && !has_begun) {
            has_begun = true;
            until = loop_.now() + settings_.head_timeout;
        }
        if (co_await channel.readable(until) == Wake::timeout) {
            Error slow{.kind = ErrorKind::request_timeout,
                       .message = "The request's head came too slowly."};
            if (has_begun) co_await refuse(connection, std::move(slow));
            co_return nullptr;
        }
        if (arrived.room().empty()) arrived.make_room(first_read_bytes);
        arrived.grow(channel.read_now(arrived.room()));
    }
}

// One request and its answer. Whether the connection can serve another.
awaitable<bool> Server::serve_next(Connection& connection) {
    const auto exchange = co_await read_head(connection);
    if (!exchange) co_return false;
    connection.is_idle = false;
    if (draining_) exchange->close_after_answer();
    bool is_served = true;
    try {
        co_await handler_(*exchange);
    } catch (const std::exception& wrong) {
        telemetry::log(telemetry::Level::error, "an exchange failed", {{"error", wrong.what()}});
        is_served = false;
    }
    if (!is_served && !exchange->has_begun()) co_await respond_failed(*exchange);
    const bool goes_on = co_await exchange->finish();
    connection.ahead = exchange->take_ahead();
    connection.is_idle = true;
    co_return goes_on;
}

// We are wrong: the client gets an error, and no more than that.
[[gnu::noinline]] awaitable<void> Server::respond_failed(Exchange& exchange) {
    const Error error{.kind = ErrorKind::internal,
                      .message = "The router failed to serve this request."};
    const std::string body = refusal_(error);
    const std::array<std::string_view, 1> pieces{body};
    co_await exchange.respond(500, "content-type: application/json\r\n", pieces);
}

// Answers a request whose head makes no sense; nothing behind it can be trusted, so the connection
// ends.
awaitable<void> Server::refuse(Connection& connection, Error error) {
    RequestHead nothing;
    nothing.framing = Framing::until_close;
    nothing.keeps_alive = false;
    Exchange exchange(connection.channel, std::move(nothing), settings_.exchange);
    const std::string body = refusal_(error);
    const std::array<std::string_view, 1> pieces{body};
    co_await exchange.respond(error.http_status(), "content-type: application/json\r\n", pieces);
    co_await exchange.finish();
    telemetry::log(telemetry::Level::info, "refused",
                   {{"status", std::to_string(error.http_status())}, {"error", error.message}});
}

void Server::drain() {
    draining_ = true;
    listeners_.clear();
    std::vector<std::shared_ptr<Channel>> idle;
    for (const auto* connection : connections_) {
        if (connection->is_idle) idle.push_back(connection->channel);
    }
    for (const auto& channel : idle) channel->close();
}

}  // namespace router::http
