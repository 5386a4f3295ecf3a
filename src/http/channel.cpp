#include "http/channel.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <utility>

namespace router::http {
namespace {

constexpr asio::use_awaitable_t<Executor> use_awaitable{};
constexpr std::size_t pieces_at_once = 8;

}  // namespace

Channel::Channel(Loop& loop, Socket socket)
    : loop_(loop),
      socket_(std::move(socket)),
      read_deadline_(loop.deadlines,
                     [this] {
                         if (waiter_) wake(Wake::timeout);
                     }),
      write_deadline_(loop.deadlines, [this] { close(); }) {
    boost::system::error_code ignored;
    socket_.non_blocking(true, ignored);
}

Channel::~Channel() {
    if (ssl_ != nullptr) SSL_free(ssl_);
    loop_.give_back(std::move(block_));
}

void Channel::secure(SSL* session) {
    ssl_ = session;
    SSL_set_fd(ssl_, socket_.native_handle());
}

awaitable<Result<>> Channel::handshake(SteadyTime until) {
    const auto self = shared_from_this();
    write_deadline_.set(until);
    boost::system::error_code error;
    while (true) {
        ERR_clear_error();
        const int done = ended_ ? -1 : SSL_do_handshake(ssl_);
        if (done == 1) break;
        const int want = SSL_get_error(ssl_, done);
        if (ended_ || (want != SSL_ERROR_WANT_READ && want != SSL_ERROR_WANT_WRITE)) {
            Error failed{.kind = ErrorKind::upstream_unreachable,
                         .message = "The TLS handshake failed."};
            const auto* reason = ERR_reason_error_string(ERR_peek_last_error());
            failed.detail = ended_              ? "the handshake took too long"
                            : reason != nullptr ? reason
                                                : "the peer closed";
            if (const auto verdict = SSL_get_verify_result(ssl_); verdict != X509_V_OK) {
                failed.message = std::string("The TLS certificate was refused: ") +
                                 X509_verify_cert_error_string(verdict) + ".";
            }
            co_return std::unexpected(failed);
        }
        const auto kind = want == SSL_ERROR_WANT_READ ? Socket::wait_read : Socket::wait_write;
        auto token = asio::redirect_error(asio::use_awaitable_t<Executor>(), error);
        co_await socket_.async_wait(kind, std::move(token));
    }
    write_deadline_.clear();
    co_return Result<>();
}

void Channel::consume(std::size_t bytes) {
    begin_ += static_cast<std::uint32_t>(bytes);
    if (begin_ != end_ || reading_) return;
    begin_ = end_ = 0;
}

void Channel::need_block() {
    if (!block_) block_ = loop_.take_block();
}

Block Channel::detach_block() {
    begin_ = end_ = 0;
    return std::exchange(block_, Block());
}

void Channel::resize_block(std::uint32_t bytes) {
    if (begin_ != end_ || ended_ || block_.capacity == bytes) return;
    const bool was_reading = std::exchange(reading_, false);
    if (was_reading) {
        if (ssl_ != nullptr || waits_to_write_) {  // cancel() would hit more than the read
            reading_ = true;
            return;
        }
        ++generation_;
        boost::system::error_code ignored;
        socket_.cancel(ignored);
    }
    begin_ = end_ = 0;
    loop_.give_back(detach_block());
    if (bytes != block_bytes) block_ = Loop::new_block(bytes);  // a large one is taken when needed
    if (was_reading) start_reading();
}

void Channel::start_reading() {
    if (reading_ || ended_) return;
    need_block();
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == block_.capacity) return;
    if (ssl_ != nullptr) {
        arm_tls_read();
        return;
    }
    reading_ = true;
    socket_.async_read_some(asio::buffer(block_.bytes.get() + end_, block_.capacity - end_),
                            [self = shared_from_this(), generation = generation_](
                                const boost::system::error_code& error, std::size_t bytes) {
                                if (generation == self->generation_) self->received(error, bytes);
                            });
}

void Channel::received(const boost::system::error_code& error, std::size_t bytes) {
    reading_ = false;
    if (ended_) return;
    if (error) {
        end(error == asio::error::connection_reset);
        return;
    }
    end_ += static_cast<std::uint32_t>(bytes);
    grew_ = true;
    tell_arrival();
}

// Without anybody who waits, reading stops here: while the inbox holds something, no pending read
// points into it.
void Channel::tell_arrival() {
    if (waiter_) {
        wake(Wake::ready);
    } else if (waits_to_write_ && stops_writing_on_arrival_) {
        boost::system::error_code ignored;
        socket_.cancel(ignored);
    }
}

void Channel::put_back(std::string_view bytes) {
    need_block();
    begin_ = 0;
    end_ = static_cast<std::uint32_t>(bytes.copy(block_.bytes.get(), block_.capacity));
    grew_ = end_ > 0;
}

// Waits for the socket, then fills the inbox. What OpenSSL has taken in already comes first: no
// socket tells of it.
void Channel::arm_tls_read() {
    if (SSL_has_pending(ssl_) == 1 && fill_from_tls()) return;
    if (ended_) return;
    reading_ = true;
    socket_.async_wait(Socket::wait_read,
                       [self = shared_from_this()](const boost::system::error_code& error) {
                           self->reading_ = false;
                           if (self->ended_) return;
                           if (error) {
                               self->end(false);
                               return;
                           }
                           const bool has_come = self->fill_from_tls();
                           if (self->ended_) return;
                           if (has_come && self->waiter_) {
                               self->wake(Wake::ready);
                           } else {
                               self->start_reading();
                           }
                       });
}

bool Channel::fill_from_tls() {
    const auto bytes = tls_read({block_.bytes.get() + end_, block_.capacity - end_});
    end_ += static_cast<std::uint32_t>(bytes);
    grew_ = grew_ || bytes > 0;
    return bytes > 0;
}

std::size_t Channel::tls_read(std::span<char> into) {
    std::size_t all = 0;
    while (all < into.size()) {
        ERR_clear_error();
        std::size_t bytes = 0;
        const int done = SSL_read_ex(ssl_, into.data() + all, into.size() - all, &bytes);
        if (done == 1) {
            all += bytes;
            if (SSL_has_pending(ssl_) == 0) break;
            continue;
        }
        const int want = SSL_get_error(ssl_, done);
        if (want != SSL_ERROR_WANT_READ && want != SSL_ERROR_WANT_WRITE) {
            if (all == 0) end(want != SSL_ERROR_ZERO_RETURN);
        }
        break;
    }
    return all;
}

awaitable<Wake> Channel::more(SteadyTime until) {
    start_reading();
    if (grew_ || ended_) {
        grew_ = false;
        co_return Wake::ready;
    }
    read_deadline_.set(until);
    const auto why =
        co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(Wake)>(
            [this](auto handler) { waiter_ = std::move(handler); }, use_awaitable);
    read_deadline_.clear();
    grew_ = false;
    co_return why;
}

void Channel::wake(Wake why) {
    auto waiter = std::move(waiter_);
    waiter_ = nullptr;
    const auto self = shared_from_this();  // the one that wakes may let go of us
    waiter(why);
}

std::size_t Channel::read_now(std::span<char> into) {
    if (ended_ || into.empty() || reading_) return 0;
    if (ssl_ != nullptr) return tls_read(into);
    const auto bytes = ::recv(socket_.native_handle(), into.data(), into.size(), MSG_DONTWAIT);
    if (bytes > 0) return static_cast<std::size_t>(bytes);
    if (bytes == 0) end(false);
    if (bytes < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
        end(errno == ECONNRESET);
    return 0;
}

void Channel::end(bool by_reset) {
    if (ended_) return;
    ended_ = true;
    reset_ = by_reset;
    if (waiter_) {
        wake(Wake::ready);
    } else if (when_ended) {
        const auto self = shared_from_this();
        const auto told = std::move(when_ended);
        when_ended = nullptr;
        told();
    }
}

std::size_t Channel::write_plain(std::span<const std::string_view> pieces) {
    std::array<iovec, pieces_at_once> parts{};
    std::size_t count = 0;
    for (const auto piece : pieces) {
        if (piece.empty()) continue;
        if (count == parts.size()) break;
        parts[count++] = {const_cast<char*>(piece.data()),
                          piece.size()};  // NOLINT: sendmsg does not write to it
    }
    if (count == 0) return 0;
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    const auto sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return static_cast<std::size_t>(sent);
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) broken_ = true;
    return 0;
}

std::size_t Channel::tls_write(std::string_view piece) {
    std::size_t all = 0;
    while (all < piece.size()) {
        ERR_clear_error();
        std::size_t bytes = 0;
        const int done = SSL_write_ex(ssl_, piece.data() + all, piece.size() - all, &bytes);
        if (done != 1) {
            const int want = SSL_get_error(ssl_, done);
            if (want != SSL_ERROR_WANT_READ && want != SSL_ERROR_WANT_WRITE) broken_ = true;
            break;
        }
        all += bytes;
    }
    return all;
}

std::size_t Channel::write_now(std::span<const std::string_view> pieces) {
    if (broken_ || !socket_.is_open()) {
        broken_ = true;
        return 0;
    }
    if (ssl_ == nullptr) return write_plain(pieces);
    // One record for a message of a few small pieces: what leaves together is encrypted together.
    std::size_t bytes = 0;
    for (const auto piece : pieces) bytes += piece.size();
    if (pieces.size() > 1 && bytes <= std::size_t{16} << 10) {
        std::array<char, std::size_t{16} << 10> joined;
        std::size_t at = 0;
        for (const auto piece : pieces) at += piece.copy(joined.data() + at, piece.size());
        return tls_write({joined.data(), at});
    }
    std::size_t all = 0;
    for (const auto piece : pieces) {
        const auto sent = tls_write(piece);
        all += sent;
        if (sent < piece.size()) break;
    }
    return all;
}

awaitable<bool> Channel::wait_writable(SteadyTime until) {
    const auto self = shared_from_this();
    write_deadline_.set(until);
    boost::system::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable_t<Executor>(), error);
    waits_to_write_ = true;
    co_await socket_.async_wait(Socket::wait_write, std::move(token));
    waits_to_write_ = false;
    write_deadline_.clear();
    if (error) broken_ = true;
    co_return !broken_;
}

awaitable<bool> Channel::write(std::span<const std::string_view> pieces,
                               std::chrono::milliseconds stalled_for, std::size_t sent,
                               SteadyTime until) {
    std::size_t done = 0;    // whole pieces behind us
    std::size_t inside = 0;  // bytes of the piece at hand behind us
    while (true) {
        while (done < pieces.size() && sent >= pieces[done].size() - inside) {
            sent -= pieces[done].size() - inside;
            inside = 0;
            ++done;
        }
        inside += sent;
        if (broken_) co_return false;
        if (done == pieces.size()) co_return true;
        std::array<std::string_view, pieces_at_once> left{};
        const auto count = std::min(left.size(), pieces.size() - done);
        std::copy_n(pieces.begin() + static_cast<std::ptrdiff_t>(done), count, left.begin());
        left[0].remove_prefix(inside);
        sent = write_now({left.data(), count});
        if (sent > 0 || broken_) continue;
        const auto stalls_at = std::chrono::steady_clock::now() + stalled_for;
        if (!co_await wait_writable(std::min(until, stalls_at))) co_return false;
    }
}

void Channel::shut_down_writing() {
    if (ssl_ != nullptr && !broken_) SSL_shutdown(ssl_);
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
}

void Channel::close() {
    boost::system::error_code ignored;
    if (ssl_ != nullptr && socket_.is_open() && !ended_ && !broken_ &&
        SSL_is_init_finished(ssl_) == 1)
        SSL_shutdown(ssl_);
    socket_.close(ignored);
    broken_ = true;
    end(false);
}

}  // namespace router::http
