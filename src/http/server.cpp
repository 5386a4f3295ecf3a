#include "http/server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>

#include "telemetry/log.hpp"

namespace router::http {
namespace {

using namespace std::chrono_literals;
using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

}  // namespace

struct Server::Listener {
    Acceptor acceptor;
    Timer pause;  // before accepting again when the process is out of descriptors
    SSL_CTX* tls;
};

struct Server::Connection {
    std::shared_ptr<Channel> channel;
    bool is_idle = true;
};

Server::Server(Loop& loop, ServeSettings settings, Handler handler, Refusal refusal)
    : loop_(loop),
      settings_(settings),
      handler_(std::move(handler)),
      refusal_(std::move(refusal)) {}

Server::~Server() = default;

void Server::listen(int descriptor, SSL_CTX* tls) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length);
    const asio::generic::stream_protocol protocol(address.ss_family,
                                                  address.ss_family == AF_UNIX ? 0 : IPPROTO_TCP);
    auto listener = std::make_unique<Listener>(
        Listener{Acceptor(loop_.context, protocol, descriptor), Timer(loop_.context), tls});
    listeners_.push_back(std::move(listener));
    accept_next(*listeners_.back());
}

void Server::accept_next(Listener& listener) {
    listener.acceptor.async_accept(
        loop_.context, [this, &listener](const boost::system::error_code& error, Socket socket) {
            if (error == asio::error::operation_aborted || draining_) return;
            if (error) {  // EMFILE and the like: wait for a connection to end
                listener.pause.expires_after(50ms);
                listener.pause.async_wait(
                    [this, &listener](const boost::system::error_code& stopped) {
                        if (!stopped) accept_next(listener);
                    });
                return;
            }
            const int on = 1;  // no matter on a unix socket
            setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            asio::co_spawn(loop_.context,
                           serve(std::make_shared<Channel>(loop_, std::move(socket)), listener.tls),
                           asio::detached);
            accept_next(listener);
        });
}

awaitable<void> Server::serve(std::shared_ptr<Channel> channel, SSL_CTX* tls) {
    Connection connection{.channel = channel};
    connections_.insert(&connection);
    bool goes_on = true;
    if (tls != nullptr) {
        channel->secure(server_tls(tls));
        const auto shaken =
            co_await channel->handshake(std::chrono::steady_clock::now() + settings_.head_timeout);
        goes_on = shaken.has_value();
    }
    while (goes_on && !draining_) goes_on = co_await serve_next(connection);
    channel->close();
    connections_.erase(&connection);
}

// Waits for a request and reads its head; null when there is none: the client has left, or was
// refused.
awaitable<std::unique_ptr<Exchange>> Server::read_head(Connection& connection) {
    const auto& channel = connection.channel;
    Bytes collected;  // of a head that is longer than the inbox
    bool has_begun = !channel->inbox().empty();
    auto until = std::chrono::steady_clock::now() +
                 (has_begun ? settings_.head_timeout : settings_.keepalive_timeout);
    while (true) {
        const auto seen = collected.size() > 0 ? collected.view() : channel->inbox();
        auto read = read_request_head(seen, settings_.limits);
        if (!read) {
            co_await refuse(connection, std::move(read.error()));
            co_return nullptr;
        }
        if (*read) {
            const auto arrived = seen.substr((*read)->size);
            auto exchange =
                std::make_unique<Exchange>(channel, std::move(**read), settings_.exchange);
            if (collected.size() > 0) {
                exchange->keep(Block(), std::move(collected), arrived);
            } else {
                exchange->keep(channel->detach_block(), Bytes(), arrived);
            }
            co_return exchange;
        }
        if (channel->has_ended()) co_return nullptr;
        if (!seen.empty() && !has_begun) {
            has_begun = true;
            until = std::chrono::steady_clock::now() + settings_.head_timeout;
        }
        const auto why = co_await channel->more(until);
        if (why == Wake::timeout) {
            Error slow{.kind = ErrorKind::request_timeout,
                       .message = "The request's head came too slowly."};
            if (has_begun) co_await refuse(connection, std::move(slow));
            co_return nullptr;
        }
        if (collected.size() > 0 || channel->is_full()) {
            collected.append(channel->inbox());
            channel->consume(channel->inbox().size());
        }
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
    connection.is_idle = true;
    co_return goes_on;
}

// We are wrong: the client gets an error, and no more than that.
awaitable<void> Server::respond_failed(Exchange& exchange) {
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
    connection.channel->consume(connection.channel->inbox().size());
    const std::string body = refusal_(error);
    const std::array<std::string_view, 1> pieces{body};
    co_await exchange.respond(error.http_status(), "content-type: application/json\r\n", pieces);
    co_await exchange.finish();
    telemetry::log(telemetry::Level::info, "refused",
                   {{"status", std::to_string(error.http_status())}, {"error", error.message}});
}

void Server::drain() {
    draining_ = true;
    boost::system::error_code ignored;
    for (const auto& listener : listeners_) {
        listener->acceptor.close(ignored);
        listener->pause.cancel();
    }
    std::vector<std::shared_ptr<Channel>> idle;
    for (const auto* connection : connections_) {
        if (connection->is_idle) idle.push_back(connection->channel);
    }
    for (const auto& channel : idle) channel->close();
}

}  // namespace router::http
