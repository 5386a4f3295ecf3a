#include "http/channel.hpp"

#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace router::http {
namespace {

constexpr std::size_t pieces_at_once = 8;

// So often may one that always finds more go on before the others have their turn.
constexpr unsigned passes_at_once = 16;

}  // namespace

Channel::Channel(Loop& loop, int descriptor, State state)
    : loop_(loop),
      deadline_(loop.deadlines, [this] { wake(Wake::timeout); }),
      descriptor_(descriptor),
      ready_for_(state == State::connected ? writing : 0) {
    loop_.watch(descriptor_, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, *this);
}

Channel::~Channel() {
    if (descriptor_ >= 0) {
        loop_.forget(*this);
        ::close(descriptor_);
    }
    if (tls_ != nullptr) SSL_free(tls_);
}

int Channel::failure() {
    int error = 0;
    socklen_t length = sizeof error;
    if (descriptor_ < 0) return ECANCELED;
    getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &length);
    return error;
}

void Channel::ready(std::uint32_t events) {
    constexpr std::uint32_t breaks = EPOLLHUP | EPOLLERR;
    if (patient_) loop_.note_patience();
    closing_ = closing_ || (events & (EPOLLRDHUP | breaks)) != 0;
    const bool is_readable = (events & (EPOLLIN | EPOLLRDHUP | breaks)) != 0;
    if (is_readable) {
        drained_ = false;
        ready_for_ |= reading;
    }
    if ((events & (EPOLLOUT | breaks)) != 0) ready_for_ |= writing;
    const bool reads = (waits_for_ & reading) != 0;
    if ((ready_for_ & waits_for_) != 0) wake(Wake::ready);
    if (!is_readable || reads || !when_stirred) return;
    const auto self = shared_from_this();  // the one that is told may let go of us
    const auto told = when_stirred;
    told();
}

void Channel::wake(Wake why) {
    if (!waiting_) return;
    woken_by_ = why;
    waits_for_ = 0;
    loop_.resume(std::exchange(waiting_, nullptr));
}

Channel::Wait Channel::readable(SteadyTime until) { return {*this, reading, until}; }
Channel::Wait Channel::writable(SteadyTime until) { return {*this, writing, until}; }
Channel::Wait Channel::stirred(SteadyTime until) { return {*this, reading | writing, until}; }

// One whose time has passed is over, even for a peer that never ceases to send.
bool Channel::Wait::await_ready() const {
    const bool is_ready = (channel_.ready_for_ & what_) != 0;
    const bool is_late = channel_.loop_.now() >= until_;
    channel_.passes_ = is_ready ? channel_.passes_ + 1 : 0;
    channel_.woken_by_ = is_late ? Wake::timeout : Wake::ready;
    return is_late || (is_ready && channel_.passes_ % passes_at_once != 0);
}

void Channel::Wait::await_suspend(std::coroutine_handle<> waiting) const {
    if ((channel_.ready_for_ & what_) != 0) return channel_.loop_.resume(waiting);
    channel_.waiting_ = waiting;
    channel_.waits_for_ = what_;
    channel_.deadline_.set(until_);
}

Wake Channel::Wait::await_resume() const {
    channel_.deadline_.clear();
    return channel_.woken_by_;
}

std::size_t Channel::read_now(std::span<char> into) {
    if (ended_ || into.empty()) return 0;
    if (tls_ != nullptr) return tls_read(into);
    const auto bytes = receive(into);
    if (drained_) ready_for_ &= ~reading;
    return bytes;
}

// From the socket itself. Finding less than there was room for spares the next read, which would
// find nothing; but for the end, which is found by reading alone.
std::size_t Channel::receive(std::span<char> into) {
    if (drained_ || ended_) return 0;
    const auto bytes = ::recv(descriptor_, into.data(), into.size(), 0);
    if (bytes > 0) {
        drained_ = static_cast<std::size_t>(bytes) < into.size() && !closing_;
        return static_cast<std::size_t>(bytes);
    }
    if (bytes == 0) {
        end(false);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        drained_ = true;
    } else if (errno != EINTR) {
        end(errno == ECONNRESET);
    }
    return 0;
}

void Channel::end(bool by_reset) {
    ended_ = true;
    reset_ = by_reset;
    ready_for_ |= reading;
}

bool Channel::has_arrived() {
    if (ended_ || (ready_for_ & reading) == 0) return ended_;
    if (tls_ != nullptr) return tls_has_arrived();
    char first = 0;
    const auto bytes = ::recv(descriptor_, &first, 1, MSG_PEEK);
    if (bytes >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) return true;
    drained_ = true;
    ready_for_ &= ~reading;
    return false;
}

bool Channel::has_left() {
    if (tls_ != nullptr) has_arrived();  // a TLS peer may say so and leave the socket open
    return closing_ || ended_;
}

std::size_t Channel::write_now(std::span<const std::string_view> pieces) {
    if (broken_) return 0;
    return tls_ != nullptr ? tls_write(pieces) : send(pieces);
}

std::size_t Channel::send(std::span<const std::string_view> pieces) {
    if ((ready_for_ & writing) == 0) return 0;
    std::array<iovec, pieces_at_once> parts;
    std::size_t count = 0;
    std::size_t bytes = 0;
    for (const auto piece : pieces) {
        if (piece.empty()) continue;
        if (count == parts.size()) break;
        bytes += piece.size();
        parts[count++] = {const_cast<char*>(piece.data()),  // NOLINT: sendmsg does not write to it
                          piece.size()};
    }
    if (count == 0) return 0;
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    const auto taken = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
    const auto sent = static_cast<std::size_t>(std::max<ssize_t>(taken, 0));
    if (taken < 0 && errno == EINTR) return 0;
    if (taken < 0 && errno != EAGAIN && errno != EWOULDBLOCK) broken_ = true;
    if (sent < bytes) ready_for_ &= ~writing;
    return sent;
}

awaitable<bool> Channel::write(std::span<const std::string_view> pieces,
                               std::chrono::milliseconds stalled_for, std::size_t sent) {
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
        if (co_await writable(loop_.now() + stalled_for) == Wake::timeout) close();
    }
}

void Channel::shut_down_writing() {
    if (tls_ != nullptr) tls_say_goodbye();
    if (descriptor_ >= 0) ::shutdown(descriptor_, SHUT_WR);
}

// A peer that has not taken what was sent would not hear of the end behind it.
void Channel::reset_at_close() const {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Channel::close() {
    if (descriptor_ < 0) return;
    if (tls_ != nullptr && !ended_) tls_say_goodbye();
    if ((ready_for_ & writing) == 0) reset_at_close();
    loop_.forget(*this);
    ::close(std::exchange(descriptor_, -1));
    end(reset_);
    broken_ = true;
    ready_for_ = reading | writing;
    wake(Wake::ready);
}

}  // namespace router::http
