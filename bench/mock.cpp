// bench_mock: an upstream that speaks OpenAI's chat completions, Anthropic's messages and Gemini,
// as the URL of a call asks, for as little CPU as can be: one thread, epoll, every answer written
// out beforehand. It is measured against, so it must not be what limits.
//
//   --port P  --answer-bytes N --events N --interval-us N (a call's own "@bench ..." comes first)
//   --tls-cert F --tls-key F
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <queue>
#include <string>

#include "incoming.hpp"
#include "options.hpp"
#include "script.hpp"
#include "socket.hpp"

namespace router::bench {
namespace {

using std::string_view;
using std::chrono::microseconds;

struct CloseTls {
    void operator()(SSL* tls) const { SSL_free(tls); }
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

struct Connection {
    Socket socket;
    std::unique_ptr<SSL, CloseTls> tls;  // none: plain TCP
    std::uint64_t serial = 0;  // of this use of the descriptor, for timers that outlive it
    std::string received;      // of a request that is not whole yet
    std::size_t expected = 0;  // its length, when known
    std::string unsent;
    bool watches_write = false;
    Wish stream;  // what is left of a stream under way: its `events`
    Script* script = nullptr;
    bool is_streaming = false;
};

struct Tick {
    Moment due;
    int fd;
    std::uint64_t serial;
    bool operator<(const Tick& other) const {
        return due > other.due;
    }  // the queue's top is the earliest
};

std::unique_ptr<SSL_CTX, CloseTls> tls_context(const Options& options) {
    const std::string certificate = options.text("tls-cert", "");
    if (certificate.empty()) return nullptr;
    std::unique_ptr<SSL_CTX, CloseTls> context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS);
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1 ||
        SSL_CTX_use_PrivateKey_file(context.get(), options.text("tls-key", "").c_str(),
                                    SSL_FILETYPE_PEM) != 1) {
        ERR_print_errors_fp(stderr);
        std::exit(2);
    }
    return context;
}

class Mock {
 public:
    explicit Mock(const Options& options)
        : otherwise_{.bytes = options.number("answer-bytes", 1024),
                     .events = options.number("events", 100),
                     .interval_us = options.number("interval-us", 0)},
          tls_(tls_context(options)),
          listener_(listen_on(static_cast<std::uint16_t>(options.number("port", 9000)))) {
        poller_.add(listener_.fd(), EPOLLIN, static_cast<std::uint64_t>(listener_.fd()));
    }

    [[noreturn]] void run() {
        for (;;) {
            const Moment next =
                ticks_.empty() ? Clock::now() + std::chrono::hours(1) : ticks_.top().due;
            for (const auto& event : poller_.wait(next))
                on_event(static_cast<int>(event.data.u64), event.events);
            send_due_events();
        }
    }

 private:
    void on_event(int fd, std::uint32_t events) {
        if (fd == listener_.fd()) return accept_all();
        Connection& connection = *connections_[static_cast<std::size_t>(fd)];
        bool alive = true;
        if (events & EPOLLOUT) alive = flush(connection);
        if (alive && (events & ~EPOLLOUT)) alive = receive(connection);
        if (!alive) close(connection);
    }

    void accept_all() {
        for (Socket socket = accept_from(listener_); socket.is_open();
             socket = accept_from(listener_)) {
            const auto fd = static_cast<std::size_t>(socket.fd());
            if (connections_.size() <= fd) connections_.resize(fd + 1);
            auto connection = std::make_unique<Connection>();
            connection->serial = ++serials_;
            if (tls_) {
                connection->tls.reset(SSL_new(tls_.get()));
                SSL_set_fd(connection->tls.get(), socket.fd());
                SSL_set_accept_state(connection->tls.get());
            }
            poller_.add(socket.fd(), EPOLLIN, fd);
            connection->socket = std::move(socket);
            connections_[fd] = std::move(connection);
        }
    }

    void close(Connection& connection) {
        connections_[static_cast<std::size_t>(connection.socket.fd())].reset();
    }

    // Bytes read, 0 when there are none for now, -1 at the end.
    ssize_t read_some(Connection& connection) {
        if (connection.tls) {
            ERR_clear_error();
            const int count =
                SSL_read(connection.tls.get(), scratch_.data(), static_cast<int>(scratch_.size()));
            if (count > 0) return count;
            const int why = SSL_get_error(connection.tls.get(), count);
            return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE ? 0 : -1;
        }
        const ssize_t count = recv(connection.socket.fd(), scratch_.data(), scratch_.size(), 0);
        if (count > 0) return count;
        return count < 0 && errno == EAGAIN ? 0 : -1;
    }

    ssize_t write_some(Connection& connection, string_view bytes) {
        if (connection.tls) {
            ERR_clear_error();
            const int count =
                SSL_write(connection.tls.get(), bytes.data(), static_cast<int>(bytes.size()));
            if (count > 0) return count;
            return SSL_get_error(connection.tls.get(), count) == SSL_ERROR_WANT_WRITE ? 0 : -1;
        }
        const ssize_t count =
            ::send(connection.socket.fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count >= 0) return count;
        return errno == EAGAIN ? 0 : -1;
    }

    bool receive(Connection& connection) {
        for (;;) {
            const ssize_t count = read_some(connection);
            if (count < 0) return false;
            if (count == 0) return true;
            if (!take(connection, {scratch_.data(), static_cast<std::size_t>(count)})) return false;
            // A short read of plain TCP has emptied the socket; TLS may hold more of its own.
            if (!connection.tls && static_cast<std::size_t>(count) < scratch_.size()) return true;
        }
    }

    bool take(Connection& connection, string_view bytes) {
        string_view pending = bytes;
        if (!connection.received.empty()) {
            connection.received += bytes;
            pending = connection.received;
        }
        while (!pending.empty() && pending.size() >= connection.expected) {
            const auto call = read_call(pending, otherwise_, connection.expected);
            if (!call) break;
            pending.remove_prefix(call->length);
            connection.expected = 0;
            connection.script = &script_of(call->dialect);
            if (!answer(connection, call->wish)) return false;
        }
        if (pending.empty()) {
            connection.received.clear();
            if (connection.received.capacity() > 4096) connection.received.shrink_to_fit();
        } else {
            connection.received = std::string(pending);
        }
        return true;
    }

    Script& script_of(Dialect dialect) {
        if (dialect == Dialect::anthropic_messages) return anthropic_;
        return dialect == Dialect::gemini ? gemini_ : openai_;
    }

    bool answer(Connection& connection, const Wish& wish) {
        if (!wish.stream) return send(connection, connection.script->answer(wish.bytes));
        connection.stream = wish;
        connection.is_streaming = true;
        if (!send(connection, connection.script->stream_head())) return false;
        if (wish.interval_us == 0) return pour(connection);
        // Streams that began together must not beat together: each gets a place of its own within
        // the interval.
        const auto place = (connection.serial * 7919) % wish.interval_us;
        tick_after(connection, Clock::now() + microseconds(place));
        return true;
    }

    void tick_after(const Connection& connection, Moment due) {
        ticks_.push({.due = due, .fd = connection.socket.fd(), .serial = connection.serial});
    }

    void send_due_events() {
        for (const Moment now = Clock::now(); !ticks_.empty() && ticks_.top().due <= now;) {
            const Tick tick = ticks_.top();
            ticks_.pop();
            const auto& connection = connections_[static_cast<std::size_t>(tick.fd)];
            if (!connection || connection->serial != tick.serial) continue;
            if (!send_next(*connection, tick.due)) close(*connection);
        }
    }

    bool send_next(Connection& connection, Moment due) {
        if (connection.stream.events == 0) return finish(connection);
        --connection.stream.events;
        tick_after(connection, due + microseconds(connection.stream.interval_us));
        return send(connection, connection.script->event(connection.stream.events));
    }

    bool finish(Connection& connection) {
        connection.is_streaming = false;
        return send(connection, connection.script->stream_end(connection.stream.usage));
    }

    // A stream without pauses: 8 events a write, until it is over or the connection is full.
    bool pour(Connection& connection) {
        while (connection.is_streaming && connection.unsent.empty()) {
            if (connection.stream.events == 0) return finish(connection);
            const auto count = std::min<std::size_t>(connection.stream.events, 8);
            connection.stream.events -= count;
            burst_.clear();
            for (std::size_t event = 0; event < count; ++event)
                burst_ += connection.script->event(event);
            if (!send(connection, burst_)) return false;
        }
        return true;
    }

    bool send(Connection& connection, string_view bytes) {
        if (connection.unsent.empty()) {
            const ssize_t count = write_some(connection, bytes);
            if (count < 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        connection.unsent += bytes;
        return connection.unsent.empty() || watch_write(connection, true);
    }

    bool flush(Connection& connection) {
        while (!connection.unsent.empty()) {
            const ssize_t count = write_some(connection, connection.unsent);
            if (count < 0) return false;
            if (count == 0) return true;
            connection.unsent.erase(0, static_cast<std::size_t>(count));
        }
        watch_write(connection, false);
        return connection.stream.interval_us != 0 || pour(connection);
    }

    bool watch_write(Connection& connection, bool wanted) {
        if (wanted != connection.watches_write) {
            const auto fd = connection.socket.fd();
            poller_.change(fd, wanted ? EPOLLIN | EPOLLOUT : EPOLLIN,
                           static_cast<std::uint64_t>(fd));
            connection.watches_write = wanted;
        }
        return true;
    }

    Wish otherwise_;
    Script openai_{Dialect::openai_chat};
    Script anthropic_{Dialect::anthropic_messages};
    Script gemini_{Dialect::gemini};
    std::unique_ptr<SSL_CTX, CloseTls> tls_;
    Socket listener_;
    Poller poller_;
    std::vector<std::unique_ptr<Connection>> connections_;  // by descriptor
    std::priority_queue<Tick> ticks_;
    std::uint64_t serials_ = 0;
    std::string burst_;
    std::array<char, 256 * 1024> scratch_{};
};

}  // namespace
}  // namespace router::bench

int main(int argc, char** argv) {
    using namespace router::bench;
    signal(SIGPIPE, SIG_IGN);
    const Options options(argc, argv,
                          {"port", "answer-bytes", "events", "interval-us", "tls-cert", "tls-key"});
    const auto mock = std::make_unique<Mock>(options);
    mock->run();
}
