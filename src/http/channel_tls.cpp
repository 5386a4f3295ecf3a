#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>

#include "http/channel.hpp"

namespace router::http {

// OpenSSL reads and writes through the channel, which knows when a system call would find nothing.
struct Channel::Wire {
    static Channel& channel_of(BIO* wire) { return *static_cast<Channel*>(BIO_get_data(wire)); }

    static int read(BIO* wire, char* into, int size) {
        BIO_clear_retry_flags(wire);
        auto& channel = channel_of(wire);
        const auto bytes = channel.receive({into, static_cast<std::size_t>(size)});
        if (bytes == 0 && !channel.ended_) BIO_set_retry_read(wire);
        return bytes > 0 ? static_cast<int>(bytes) : channel.ended_ ? 0 : -1;
    }

    static int write(BIO* wire, const char* from, int size) {
        BIO_clear_retry_flags(wire);
        auto& channel = channel_of(wire);
        const std::string_view bytes(from, static_cast<std::size_t>(size));
        const auto sent = channel.send({&bytes, 1});
        if (sent > 0) return static_cast<int>(sent);
        if (!channel.broken_) BIO_set_retry_write(wire);
        return -1;
    }

    static long control(BIO* wire, int command, long, void*) {
        if (command == BIO_CTRL_FLUSH) return 1;
        return command == BIO_CTRL_EOF && channel_of(wire).ended_ ? 1 : 0;
    }

    static const BIO_METHOD* method() {
        static const BIO_METHOD* const made = [] {
            auto* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "channel");
            BIO_meth_set_read(method, read);
            BIO_meth_set_write(method, write);
            BIO_meth_set_ctrl(method, control);
            return method;
        }();
        return made;
    }
};

void Channel::secure(SSL* session) {
    tls_ = session;
    auto* wire = BIO_new(Wire::method());
    BIO_set_data(wire, this);
    BIO_set_init(wire, 1);
    SSL_set_bio(tls_, wire, wire);
}

awaitable<Result<>> Channel::handshake(SteadyTime until) {
    auto why = Wake::ready;
    ERR_clear_error();
    while (why == Wake::ready && !ended_) {
        const int done = SSL_do_handshake(tls_);
        if (done == 1) co_return Result<>();
        const int want = SSL_get_error(tls_, done);
        if (want != SSL_ERROR_WANT_READ && want != SSL_ERROR_WANT_WRITE) break;
        if (drained_) ready_for_ &= ~reading;
        const Wait peer(*this, want == SSL_ERROR_WANT_READ ? reading : writing, until);
        why = co_await peer;
        ERR_clear_error();
    }
    Error failed{.kind = ErrorKind::upstream_unreachable, .message = "The TLS handshake failed."};
    const auto* reason = ERR_reason_error_string(ERR_peek_last_error());
    failed.detail = why == Wake::timeout ? "the handshake took too long"
                    : reason != nullptr  ? reason
                                         : "the peer closed";
    if (const auto verdict = SSL_get_verify_result(tls_); verdict != X509_V_OK) {
        failed.message = std::string("The TLS certificate was refused: ") +
                         X509_verify_cert_error_string(verdict) + ".";
    }
    co_return std::unexpected(failed);
}

std::size_t Channel::tls_read(std::span<char> into) {
    std::size_t all = 0;
    while (all < into.size()) {
        ERR_clear_error();
        std::size_t bytes = 0;
        const int done = SSL_read_ex(tls_, into.data() + all, into.size() - all, &bytes);
        if (done != 1) {
            tls_read_failed(done);
            break;
        }
        all += bytes;
        if (drained_ && SSL_has_pending(tls_) == 0) {
            ready_for_ &= ~reading;
            break;
        }
    }
    return all;
}

// It wants more bytes than have come, or the connection has ended.
void Channel::tls_read_failed(int outcome) {
    const int want = SSL_get_error(tls_, outcome);
    if (want != SSL_ERROR_WANT_READ && want != SSL_ERROR_WANT_WRITE) {
        end(want != SSL_ERROR_ZERO_RETURN);
    } else if (drained_) {
        ready_for_ &= ~reading;
    }
}

// Not all that comes is for us: a session's ticket is not.
bool Channel::tls_has_arrived() {
    ERR_clear_error();
    char first = 0;
    std::size_t bytes = 0;
    const int done = SSL_peek_ex(tls_, &first, 1, &bytes);
    if (done != 1) tls_read_failed(done);
    return done == 1 || ended_;
}

std::size_t Channel::tls_write(std::span<const std::string_view> pieces) {
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

std::size_t Channel::tls_write(std::string_view piece) {
    std::size_t all = 0;
    while (all < piece.size()) {
        ERR_clear_error();
        std::size_t bytes = 0;
        const int done = SSL_write_ex(tls_, piece.data() + all, piece.size() - all, &bytes);
        if (done != 1) {
            const int want = SSL_get_error(tls_, done);
            if (want != SSL_ERROR_WANT_READ && want != SSL_ERROR_WANT_WRITE) broken_ = true;
            break;
        }
        all += bytes;
    }
    return all;
}

void Channel::tls_say_goodbye() {
    if (!broken_ && SSL_is_init_finished(tls_) == 1) SSL_shutdown(tls_);
}

}  // namespace router::http
