#include "http/client.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstring>

namespace router::http {
namespace {

using namespace std::chrono_literals;
using Endpoint = asio::generic::stream_protocol::endpoint;

constexpr auto idle_limit = 60s;
constexpr auto stale_within =
    500ms;  // a kept connection that dies later had begun to work on the call
constexpr std::size_t idle_connections = 512;  // of one origin, a thread
constexpr HeadLimits head_limits{.line_bytes = 8 << 10, .head_bytes = 64 << 10, .headers = 200};

SteadyTime now() { return std::chrono::steady_clock::now(); }

std::unexpected<Error> failure(ErrorKind kind, std::string message, std::string detail) {
    Error error{.kind = kind, .message = std::move(message)};
    error.detail = std::move(detail);
    return std::unexpected(error);
}

std::unexpected<Error> cancelled() {
    return failure(ErrorKind::client_left, "The client has left.", {});
}

Endpoint endpoint_of(const Address& address, std::uint16_t port) {
    if (!address.is_v6) {
        sockaddr_in where{};
        where.sin_family = AF_INET;
        where.sin_port = htons(port);
        std::memcpy(&where.sin_addr, address.bytes, 4);
        return {&where, sizeof where};
    }
    sockaddr_in6 where{};
    where.sin6_family = AF_INET6;
    where.sin6_port = htons(port);
    std::memcpy(&where.sin6_addr, address.bytes, 16);
    return {&where, sizeof where};
}

}  // namespace

Answer::Answer(Client& client, ConnectionPool& pool, std::shared_ptr<Channel> channel,
               Cancel& cancel)
    : client_(client), pool_(pool), channel_(std::move(channel)), cancel_(cancel) {}

Answer::~Answer() {
    cancel_.forget();
    if (in_inbox_) channel_->consume(channel_->inbox().size() - raw_.size());
    const bool reusable = body_.is_complete() && head_.status != 0 && head_.keeps_alive &&
                          raw_.empty() && channel_->inbox().empty() && !channel_->has_ended() &&
                          !channel_->is_broken();
    if (reusable) {
        channel_->resize_block(block_bytes);
        client_.give_back(pool_, std::move(channel_));
    } else {
        channel_->close();
    }
}

Result<std::string_view> Answer::take() {
    while (!raw_.empty() && !body_.is_complete()) {
        auto piece = body_.next(raw_);
        if (!piece || !piece->empty()) return piece;
    }
    if (is_complete() || !channel_->has_ended()) return std::string_view();
    if (const auto noted = note_end(); !noted) return std::unexpected(noted.error());
    return std::string_view();
}

// The peer has closed and all its bytes are taken: the proper end, or not.
Result<> Answer::note_end() {
    if (cancel_.is_requested()) return cancelled();
    if (!body_.may_end_here() || channel_->was_reset()) {
        return failure(ErrorKind::upstream_broken,
                       "The provider's answer broke off before its end.",
                       channel_->was_reset() ? "connection reset" : "connection closed");
    }
    ended_ = true;
    return {};
}

void Answer::hold() {
    if (in_inbox_ || raw_.empty()) return;
    held_.assign(raw_);
    raw_ = held_;
}

awaitable<Result<>> Answer::wait(SteadyTime until) {
    if (in_inbox_) channel_->consume(channel_->inbox().size());
    in_inbox_ = true;
    raw_ = {};
    if (expects_events_) channel_->resize_block(event_block_bytes);
    const auto why = co_await channel_->more(until);
    if (cancel_.is_requested()) co_return cancelled();
    if (why == Wake::timeout) {
        co_return failure(ErrorKind::upstream_timeout,
                          "The provider fell silent in the middle of its answer.",
                          "idle for too long");
    }
    raw_ = channel_->inbox();
    if (channel_->is_full()) {  // more may wait in the socket: take a large step
        const auto scratch = channel_->loop().scratch();
        std::size_t bytes = raw_.copy(scratch.data(), raw_.size());
        channel_->consume(raw_.size());
        bytes += channel_->read_now(scratch.subspan(bytes));
        raw_ = {scratch.data(), bytes};
        in_inbox_ = false;
    }
    received_ += raw_.size();
    co_return Result<>();
}

awaitable<Result<>> Answer::read_whole(Bytes& into, std::size_t limit,
                                       std::chrono::milliseconds idle, SteadyTime until) {
    if (body_.framing() == Framing::length)
        into.reserve(std::min<std::uint64_t>(body_.remaining(), limit));
    while (true) {
        while (into.size() < limit) {
            const auto piece = take();
            if (!piece) co_return std::unexpected(piece.error());
            if (piece->empty()) break;
            into.append(*piece);
        }
        // What the kernel still holds of a body of known length goes straight to its place.
        while (body_.framing() == Framing::length && raw_.empty() && !is_complete() &&
               into.size() < limit) {
            if (in_inbox_) channel_->consume(channel_->inbox().size());
            const auto wanted = std::min<std::uint64_t>(body_.remaining(), into.room().size());
            const auto bytes = channel_->read_now(into.room().first(wanted));
            if (bytes == 0) break;
            std::string_view arrived(into.room().data(), bytes);
            received_ += bytes;
            const auto counted = body_.next(arrived);
            if (!counted) co_return std::unexpected(counted.error());
            into.grow(bytes);
        }
        if (is_complete() || into.size() >= limit) co_return Result<>();
        const auto waited = co_await wait(std::min(until, now() + idle));
        if (!waited) co_return std::unexpected(waited.error());
    }
}

Client::Client(Loop& loop, ProxyRules proxies)
    : loop_(loop),
      proxies_(std::move(proxies)),
      resolver_(loop),
      sweep_(loop.deadlines, [this] { drop_idle(); }) {}

Client::~Client() { close(); }

void Client::close() {
    for (auto& [key, pool] : pools_) {
        auto idle = std::move(pool->idle);
        pool->idle.clear();
        for (auto& [channel, since] : idle) {
            channel->when_ended = nullptr;
            channel->close();
        }
    }
}

ConnectionPool& Client::pool_of(const std::string& key) {
    auto& pool = pools_[key];
    if (!pool) pool = std::make_unique<ConnectionPool>();
    return *pool;
}

std::shared_ptr<Channel> Client::take_idle(ConnectionPool& pool) {
    auto& idle = pool.idle;
    while (!idle.empty()) {
        auto channel = std::move(idle.back().channel);
        idle.pop_back();
        channel->when_ended = nullptr;
        if (!channel->has_ended() && channel->inbox().empty()) return channel;
        channel->close();
    }
    return nullptr;
}

void Client::give_back(ConnectionPool& pool, std::shared_ptr<Channel> channel) {
    if (pool.idle.size() >= idle_connections) {
        channel->close();
        return;
    }
    channel->when_ended = [&pool, gone = channel.get()] {
        std::erase_if(pool.idle, [gone](const ConnectionPool::Idle& idle) {
            return idle.channel.get() == gone;
        });
    };
    channel->start_reading();
    if (channel->has_ended()) return;
    pool.idle.push_back({std::move(channel), now()});
    if (sweep_.at() == SteadyTime::max()) sweep_.set(now() + idle_limit / 4);
}

void Client::drop_idle() {
    bool any = false;
    for (auto& [key, pool] : pools_) {
        std::vector<std::shared_ptr<Channel>> old;
        std::erase_if(pool->idle, [&](ConnectionPool::Idle& idle) {
            if (now() - idle.since < idle_limit) return false;
            old.push_back(std::move(idle.channel));
            return true;
        });
        for (const auto& channel : old) channel->close();
        any = any || !pool->idle.empty();
    }
    if (any) sweep_.set(now() + idle_limit / 4);
}

SSL_CTX* Client::tls() {
    if (!tls_) tls_ = client_tls_context();
    return tls_.get();
}

awaitable<Result<std::shared_ptr<Channel>>> Client::connect_tcp(const Origin& origin,
                                                                SteadyTime until, Cancel& cancel) {
    const auto addresses = co_await resolver_.resolve(origin.host, until);
    if (!addresses) co_return std::unexpected(addresses.error());
    std::string reason = "no address";
    for (std::size_t i = 0; i < addresses->size(); ++i) {
        if (cancel.is_requested()) co_return cancelled();
        if (now() >= until) break;
        const auto endpoint = endpoint_of((*addresses)[i], origin.port);
        const auto socket = std::make_shared<Socket>(loop_.context);
        const auto give_up = [socket] {
            boost::system::error_code ignored;
            socket->close(ignored);
        };
        // The last address gets all the time that is left, one before it a fair share.
        const bool is_last = i + 1 == addresses->size();
        Deadline too_late(loop_.deadlines, give_up);
        too_late.set(is_last ? until : std::min(until, now() + 3s));
        cancel.on_request(give_up);
        boost::system::error_code error;
        auto token = asio::redirect_error(asio::use_awaitable_t<Executor>(), error);
        co_await socket->async_connect(endpoint, std::move(token));
        cancel.forget();
        if (!error && socket->is_open()) {
            const int on = 1;
            setsockopt(socket->native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            co_return std::make_shared<Channel>(loop_, std::move(*socket));
        }
        reason = error == asio::error::operation_aborted ? "timed out" : error.message();
    }
    if (cancel.is_requested()) co_return cancelled();
    co_return failure(ErrorKind::upstream_unreachable, "No connection to the provider.",
                      origin.key + ": " + reason);
}

awaitable<Result<>> Client::open_tunnel(const std::shared_ptr<Channel>& channel,
                                        const ProxyRules::Proxy& proxy, const Origin& origin,
                                        SteadyTime until) {
    const auto host =
        origin.host.find(':') == std::string::npos ? origin.host : "[" + origin.host + "]";
    const auto target = host + ":" + std::to_string(origin.port);
    std::string head = "CONNECT " + target + " HTTP/1.1\r\nhost: " + target + "\r\n";
    if (!proxy.authorization.empty())
        head += "proxy-authorization: " + proxy.authorization + "\r\n";
    head += "\r\n";
    const std::array<std::string_view, 1> pieces{head};
    if (!co_await channel->write(pieces, 10s))
        co_return failure(ErrorKind::upstream_unreachable, "The proxy broke off.", {});
    while (true) {
        const auto why = co_await channel->more(until);
        const auto read = read_response_head(channel->inbox(), head_limits);
        if (!read || why == Wake::timeout || (!*read && channel->has_ended())) {
            co_return failure(ErrorKind::upstream_unreachable, "The proxy gave no answer.",
                              proxy.origin.key);
        }
        if (!*read) continue;
        const auto status = (*read)->status;
        channel->consume((*read)->size);
        if (status / 100 == 2 &&
            !channel->inbox().empty()) {  // it would pass for the provider's own words
            co_return failure(ErrorKind::upstream_unreachable,
                              "The proxy spoke before the provider could.", proxy.origin.key);
        }
        if (status / 100 == 2) co_return Result<>();
        co_return failure(ErrorKind::upstream_unreachable,
                          "The proxy refused to connect to the provider.",
                          proxy.origin.key + ": status " + std::to_string(status));
    }
}

awaitable<Result<std::shared_ptr<Channel>>> Client::connect(const Origin& origin, SteadyTime until,
                                                            Cancel& cancel) {
    const auto* proxy = proxies_.proxy_for(origin);
    const auto& first_hop = proxy != nullptr ? proxy->origin : origin;
    auto connected = co_await connect_tcp(first_hop, until, cancel);
    if (!connected) co_return std::unexpected(connected.error());
    const auto channel = *connected;
    cancel.on_request([channel] { channel->close(); });
    if (proxy != nullptr && origin.is_tls) {
        const auto opened = co_await open_tunnel(channel, *proxy, origin, until);
        if (!opened) co_return std::unexpected(opened.error());
    }
    if (origin.is_tls) {
        auto& session = pool_of(origin.key).session;
        auto* connection = client_tls(tls(), origin.host, session.get());
        remember_session_in(connection, &session);
        channel->secure(connection);
        auto shaken = co_await channel->handshake(until);
        if (!shaken) {
            if (cancel.is_requested()) co_return cancelled();
            shaken.error().detail = origin.key + ": " + shaken.error().detail;
            co_return std::unexpected(shaken.error());
        }
    }
    co_return channel;
}

awaitable<Result<>> Client::read_head(Answer& answer, SteadyTime until) {
    auto& channel = *answer.channel_;
    std::string collected;  // a head longer than the inbox
    while (true) {
        const auto why = co_await channel.more(until);
        if (answer.cancel_.is_requested()) co_return cancelled();
        if (why == Wake::timeout || (channel.has_ended() && now() >= until)) {
            co_return failure(ErrorKind::upstream_timeout, "The provider did not answer in time.",
                              "no head in time");
        }
        answer.received_ += channel.inbox().size();
        std::string_view bytes = channel.inbox();
        if (!collected.empty() || channel.is_full()) {
            collected += bytes;
            channel.consume(bytes.size());
            bytes = collected;
        }
        while (true) {
            // The head is kept apart from the body, so that the inbox is free for the latter.
            answer.head_bytes_.assign(bytes.substr(0, whole_head_size(bytes)));
            auto read = read_response_head(answer.head_bytes_.empty() ? bytes : answer.head_bytes_,
                                           head_limits);
            if (!read) co_return std::unexpected(read.error());
            if (!*read) break;
            const auto size = (*read)->size;
            if ((*read)->status < 200 && (*read)->status != 101) {  // interim: the answer follows
                bytes.remove_prefix(size);
                if (collected.empty()) channel.consume(size);
                continue;
            }
            answer.head_ = std::move(**read);
            answer.body_ = BodyReader(answer.head_.framing, answer.head_.content_length,
                                      ErrorKind::upstream_broken);
            if (collected.empty()) {
                channel.consume(size);
                answer.raw_ = channel.inbox();
            } else {
                const auto scratch = channel.loop().scratch();
                const auto rest = bytes.substr(size);
                answer.raw_ = {scratch.data(), rest.copy(scratch.data(), scratch.size())};
                answer.in_inbox_ = false;
            }
            co_return Result<>();
        }
        if (!collected.empty()) collected.erase(0, collected.size() - bytes.size());
        if (channel.has_ended()) {
            co_return failure(ErrorKind::upstream_broken,
                              "The provider closed the connection without an answer.",
                              channel.was_reset() ? "connection reset" : "connection closed");
        }
    }
}

awaitable<Result<std::unique_ptr<Answer>>> Client::send(const Origin& origin, std::string_view head,
                                                        std::span<const std::string_view> body,
                                                        Waits waits, Cancel& cancel) {
    const bool by_plain_proxy = !origin.is_tls && proxies_.proxy_for(origin) != nullptr;
    const auto method_end = head.find(' ') + 1;
    const std::string absolute = by_plain_proxy
                                     ? "http://" + origin.host + ":" + std::to_string(origin.port)
                                     : std::string();
    std::array<std::string_view, 8> pieces{};
    std::size_t count = 0;
    if (by_plain_proxy) {
        pieces[count++] = head.substr(0, method_end);
        pieces[count++] = absolute;
        pieces[count++] = head.substr(method_end);
    } else {
        pieces[count++] = head;
    }
    for (const auto piece : body) pieces.at(count++) = piece;
    std::size_t bytes = 0;
    for (const auto piece : pieces) bytes += piece.size();
    const std::span<const std::string_view> message(pieces.data(), count);

    auto& pool = pool_of(origin.key);
    auto channel = take_idle(pool);
    while (true) {
        if (cancel.is_requested()) co_return cancelled();
        const bool is_reused = channel != nullptr;
        if (!is_reused) {
            auto connected = co_await connect(origin, waits.connected_by, cancel);
            if (!connected) co_return std::unexpected(connected.error());
            channel = std::move(*connected);
        }
        const std::weak_ptr<Channel> broken_off = channel;
        cancel.on_request([broken_off] {
            if (const auto still_there = broken_off.lock()) still_there->close();
        });
        std::unique_ptr<Answer> answer(new Answer(*this, pool, channel, cancel));
        // An upstream may answer, and close, before it has read all: what it said counts, not that
        // writing failed.
        channel->stop_writing_on_arrival();
        channel->start_reading();
        const auto sent_at = now();
        const auto written = channel->write_now(message);
        if (written < bytes)
            co_await channel->write(message, waits.write_stall, written, waits.first_byte_by);
        const auto read = co_await read_head(*answer, waits.first_byte_by);
        if (read) co_return answer;
        const bool is_stale = is_reused && read.error().kind == ErrorKind::upstream_broken &&
                              answer->bytes_received() == 0 && now() - sent_at < stale_within;
        if (!is_stale) co_return std::unexpected(read.error());
        channel.reset();
    }
}

}  // namespace router::http
