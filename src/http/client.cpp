#include "http/client.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace router::http {
namespace {

using namespace std::chrono_literals;

constexpr auto idle_limit = 60s;
constexpr auto stale_within =
    500ms;  // a kept connection that dies later had begun to work on the call
constexpr std::size_t head_step_bytes = 4096;  // with the head, of a body that has its own place
constexpr std::size_t most_pieces = 8;         // of a request
constexpr std::size_t idle_connections = 512;  // of one origin, a thread
constexpr HeadLimits head_limits{.line_bytes = 8 << 10, .head_bytes = 64 << 10, .headers = 200};

std::unexpected<Error> failure(ErrorKind kind, std::string message, std::string detail) {
    Error error{.kind = kind, .message = std::move(message)};
    error.detail = std::move(detail);
    return std::unexpected(error);
}

std::unexpected<Error> cancelled() {
    return failure(ErrorKind::client_left, "The client has left.", {});
}

std::size_t size_of(std::span<const std::string_view> pieces) {
    std::size_t bytes = 0;
    for (const auto piece : pieces) bytes += piece.size();
    return bytes;
}

// What of a message's pieces stands behind its first `bytes`.
struct Unsent {
    std::array<std::string_view, most_pieces> all{};
    std::size_t count = 0;
    std::span<const std::string_view> pieces() const { return {all.data(), count}; }
};

Unsent behind(std::span<const std::string_view> pieces, std::size_t bytes) {
    Unsent unsent;
    for (const auto piece : pieces) {
        const auto skipped = std::min(bytes, piece.size());
        bytes -= skipped;
        if (skipped < piece.size()) unsent.all.at(unsent.count++) = piece.substr(skipped);
    }
    return unsent;
}

// A socket on its way to `address`; negative: an errno, turned about.
int begin_to_connect(const Address& address, std::uint16_t port) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.bytes, 16);
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&v4.sin_addr, address.bytes, 4);
    const int family = address.is_v6 ? AF_INET6 : AF_INET;
    const int descriptor = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -errno;
    const int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto* where = address.is_v6 ? reinterpret_cast<const sockaddr*>(&v6)
                                      : reinterpret_cast<const sockaddr*>(&v4);
    const auto length = static_cast<socklen_t>(address.is_v6 ? sizeof v6 : sizeof v4);
    if (::connect(descriptor, where, length) == 0 || errno == EINPROGRESS) return descriptor;
    const int why = errno;
    ::close(descriptor);
    return -why;
}

}  // namespace

Answer::Answer(Client& client, ConnectionPool& pool, std::shared_ptr<Channel> channel,
               Cancel& cancel)
    : client_(client), pool_(pool), channel_(std::move(channel)), cancel_(cancel) {}

Answer::~Answer() {
    cancel_.forget();
    const bool reusable = body_.is_complete() && has_head() && head_.keeps_alive && raw_.empty() &&
                          !channel_->has_ended() && !channel_->is_broken();
    if (reusable) {
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
    if (raw_.empty() || raw_.data() == held_.data()) return;
    std::string held(raw_);
    held_.swap(held);
    raw_ = held_;
}

awaitable<Result<>> Answer::wait(SteadyTime until) {
    raw_ = {};
    while (raw_.empty() && !channel_->has_ended()) {
        const auto why = co_await channel_->readable(until);
        if (auto noted = note_wake(why); !noted) co_return noted;
        const auto scratch = channel_->loop().scratch();
        raw_ = {scratch.data(), channel_->read_now(scratch)};
        received_ += raw_.size();
    }
    co_return Result<>();
}

Result<> Answer::note_wake(Wake why) const {
    if (cancel_.is_requested()) return cancelled();
    if (why == Wake::ready) return {};
    return failure(ErrorKind::upstream_timeout,
                   "The provider fell silent in the middle of its answer.", "idle for too long");
}

awaitable<Result<>> Answer::read_whole(Bytes& into, std::size_t limit,
                                       std::chrono::milliseconds idle, SteadyTime until) {
    // A little more than the body, so that a read that ends it tells that no more has come.
    if (body_.framing() == Framing::length)
        into.reserve(std::min<std::uint64_t>(body_.remaining(), limit) + 1);
    while (true) {
        while (into.size() < limit) {
            const auto piece = take();
            if (!piece) co_return std::unexpected(piece.error());
            if (piece->empty()) break;
            into.append(*piece);
        }
        if (is_complete() || into.size() >= limit) co_return Result<>();
        const auto why =
            co_await channel_->readable(std::min(until, channel_->loop().now() + idle));
        if (auto noted = note_wake(why); !noted) co_return noted;
        if (auto received = receive(into); !received) co_return received;
    }
}

// What there is: of a body of known length straight to its place, else for take().
Result<> Answer::receive(Bytes& into) {
    const bool has_place = body_.framing() == Framing::length && !into.room().empty();
    const auto room = has_place ? into.room() : channel_->loop().scratch();
    raw_ = {room.data(), channel_->read_now(room)};
    received_ += raw_.size();
    if (!has_place) return {};
    const auto piece = body_.next(raw_);
    if (!piece) return std::unexpected(piece.error());
    into.grow(piece->size());
    return {};
}

// Takes in what has arrived of the head. Whether that is all of it; what stands behind it is the
// body's.
Result<bool> Answer::take_head(std::string_view arrived) {
    received_ += arrived.size();
    while (!arrived.empty()) {
        // Most come in one piece; what is in pieces is looked at as a whole.
        const auto before = head_bytes_.size();
        const auto alone = before == 0 ? whole_head_size(arrived) : 0;
        head_bytes_ += alone > 0 ? arrived.substr(0, alone) : arrived;
        const auto size = alone > 0 ? alone : whole_head_size(head_bytes_);
        if (size > 0) head_bytes_.resize(size);
        auto read = read_response_head(head_bytes_, head_limits);
        if (!read) return std::unexpected(read.error());
        if (!*read) return false;
        arrived.remove_prefix(size - before);
        if ((*read)->status < 200 && (*read)->status != 101) {  // interim: the answer follows
            head_bytes_.clear();
            continue;
        }
        head_ = std::move(**read);
        body_ = BodyReader(head_.framing, head_.content_length, ErrorKind::upstream_broken);
        raw_ = arrived;
        return true;
    }
    return false;
}

// Takes in what there is of it at this moment.
Result<bool> Answer::receive_head() {
    const auto scratch = channel_->loop().scratch();
    const auto bytes = channel_->read_now(scratch.first(head_step_bytes));
    return take_head({scratch.data(), bytes});
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
            channel->when_stirred = nullptr;
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
        channel->when_stirred = nullptr;
        if (!channel->has_arrived()) return channel;
        channel->close();
    }
    return nullptr;
}

// Whatever an upstream says unasked, its end above all, ends its stay.
void Client::give_back(ConnectionPool& pool, std::shared_ptr<Channel> channel) {
    if (pool.idle.size() >= idle_connections || channel->has_arrived()) {
        channel->close();
        return;
    }
    channel->when_stirred = [&pool, stirred = channel.get()] {
        if (!stirred->has_arrived()) return;
        std::erase_if(pool.idle, [stirred](const ConnectionPool::Idle& idle) {
            return idle.channel.get() == stirred;
        });
    };
    channel->set_patient(false);
    pool.idle.push_back({std::move(channel), loop_.now()});
    if (sweep_.at() == SteadyTime::max()) sweep_.set(loop_.now() + idle_limit / 4);
}

void Client::drop_idle() {
    bool any = false;
    for (auto& [key, pool] : pools_) {
        std::vector<std::shared_ptr<Channel>> old;
        std::erase_if(pool->idle, [&](ConnectionPool::Idle& idle) {
            if (loop_.now() - idle.since < idle_limit) return false;
            old.push_back(std::move(idle.channel));
            return true;
        });
        for (const auto& channel : old) channel->close();
        any = any || !pool->idle.empty();
    }
    if (any) sweep_.set(loop_.now() + idle_limit / 4);
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
        if (loop_.now() >= until) break;
        const int descriptor = begin_to_connect((*addresses)[i], origin.port);
        if (descriptor < 0) {
            reason = std::strerror(-descriptor);
            continue;
        }
        auto channel = std::make_shared<Channel>(loop_, descriptor, Channel::State::connecting);
        cancel.on_request([channel] { channel->close(); });
        // The last address gets all the time that is left, one before it a fair share.
        const bool is_last = i + 1 == addresses->size();
        const auto by = is_last ? until : std::min(until, loop_.now() + 3s);
        const auto why = co_await channel->writable(by);
        cancel.forget();
        const int failed = why == Wake::timeout ? ETIMEDOUT : channel->failure();
        if (failed == 0) co_return channel;
        reason = why == Wake::timeout ? "timed out" : std::strerror(failed);
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
    std::string arrived;
    while (true) {
        const auto why = co_await channel->readable(until);
        const auto scratch = loop_.scratch();
        arrived.append(scratch.data(), channel->read_now(scratch.first(head_step_bytes)));
        const auto read = read_response_head(arrived, head_limits);
        if (!read || why == Wake::timeout || (!*read && channel->has_ended())) {
            co_return failure(ErrorKind::upstream_unreachable, "The proxy gave no answer.",
                              proxy.origin.key);
        }
        if (!*read) continue;
        const auto status = (*read)->status;
        if (status / 100 != 2) {
            co_return failure(ErrorKind::upstream_unreachable,
                              "The proxy refused to connect to the provider.",
                              proxy.origin.key + ": status " + std::to_string(status));
        }
        if (arrived.size() == (*read)->size) co_return Result<>();
        // It would pass for the provider's own words.
        co_return failure(ErrorKind::upstream_unreachable,
                          "The proxy spoke before the provider could.", proxy.origin.key);
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

awaitable<Result<>> Client::send_rest(Answer& answer, std::span<const std::string_view> message,
                                      std::size_t sent, const Waits& waits) {
    auto& channel = *answer.channel_;
    const auto bytes = size_of(message);
    auto stalled_by = loop_.now() + waits.write_stall;
    while (sent < bytes && !channel.is_broken()) {
        const auto why = co_await channel.stirred(std::min(stalled_by, waits.ends_by));
        if (answer.cancel_.is_requested()) co_return cancelled();
        if (why == Wake::timeout) {
            co_return failure(ErrorKind::upstream_timeout, "The provider did not answer in time.",
                              "it did not take the request");
        }
        if (channel.has_arrived()) {
            const auto answered = answer.receive_head();
            if (!answered) co_return std::unexpected(answered.error());
            if (*answered || channel.has_ended()) channel.stop_writing();
        }
        const auto left = behind(message, sent);
        const auto more = channel.write_now(left.pieces());
        if (more > 0) stalled_by = loop_.now() + waits.write_stall;
        sent += more;
    }
    co_return Result<>();
}

awaitable<Result<>> Client::read_head(Answer& answer, SteadyTime until) {
    auto& channel = *answer.channel_;
    while (true) {
        const auto why = co_await channel.readable(until);
        if (answer.cancel_.is_requested()) co_return cancelled();
        if (why == Wake::timeout || (channel.has_ended() && loop_.now() >= until)) {
            co_return failure(ErrorKind::upstream_timeout, "The provider did not answer in time.",
                              "no head in time");
        }
        const auto taken = answer.receive_head();
        if (!taken) co_return std::unexpected(taken.error());
        if (*taken) co_return Result<>();
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
    std::array<std::string_view, most_pieces> pieces{};
    std::size_t count = 0;
    if (by_plain_proxy) {
        pieces[count++] = head.substr(0, method_end);
        pieces[count++] = absolute;
        pieces[count++] = head.substr(method_end);
    } else {
        pieces[count++] = head;
    }
    for (const auto piece : body) pieces.at(count++) = piece;
    const std::span<const std::string_view> message(pieces.data(), count);
    const auto bytes = size_of(message);

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
        std::unique_ptr<Answer> answer(new Answer(*this, pool, channel, cancel));
        cancel.on_request([broken_off = channel.get()] { broken_off->close(); });
        const auto sent_at = loop_.now();
        const auto sent = channel->write_now(message);
        Result<> read;
        if (sent < bytes) read = co_await send_rest(*answer, message, sent, waits);
        if (read && !answer->has_head()) {
            const auto late = loop_.now() - sent_at;  // by as much as the request took to leave
            read = co_await read_head(*answer, std::min(waits.first_byte_by + late, waits.ends_by));
        }
        if (read) co_return answer;
        const bool is_stale = is_reused && read.error().kind == ErrorKind::upstream_broken &&
                              answer->bytes_received() == 0 && loop_.now() - sent_at < stale_within;
        if (!is_stale) co_return std::unexpected(read.error());
        channel.reset();
    }
}

}  // namespace router::http
