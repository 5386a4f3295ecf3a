#pragma once

#include <openssl/types.h>

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "base/error.hpp"
#include "http/awaitable.hpp"
#include "http/deadline.hpp"
#include "http/loop.hpp"

namespace router::http {

// Why a wait for a channel is over.
enum class Wake : std::uint8_t { ready, timeout };

// A connected socket, plain or TLS. It holds no bytes: they stay with the kernel (and OpenSSL)
// until read_now() takes them, so that a connection that waits costs no buffer.
//
// The loop tells of each change once (edge-triggered), and the channel remembers: it may be read
// until a read finds less than it had room for, and written until the kernel takes less than all.
// So no system call is made to learn that there is nothing to do.
//
//   waiting   one coroutine at a time
//   ending    has_ended() once a read has found the end, the connection broke, or close() was
//             called; has_left() as soon as the peer has closed, with its last words still unread
//   lifetime  a shared_ptr, which whoever waits must hold
class Channel final : public Watcher, public std::enable_shared_from_this<Channel> {
 public:
    enum class State : std::uint8_t { connected, connecting };

    // Takes over a descriptor that does not block. When a connecting one is writable() it is
    // connected, or failure() says why not.
    Channel(Loop& loop, int descriptor, State state = State::connected);
    ~Channel();

    int failure();  // an errno; 0: it is connected

    // Makes it a TLS connection; the handshake follows with handshake(). Takes the session over.
    void secure(SSL* session);
    awaitable<Result<>> handshake(SteadyTime until);

    // To be awaited, with a Wake as its result.
    class Wait;
    Wait readable(SteadyTime until);  // bytes, the end, or word of it: read_now() tells
    Wait writable(SteadyTime until);
    Wait stirred(SteadyTime until);  // the one or the other

    // Reads what is there at this moment; 0 when there is nothing, or the channel has ended.
    std::size_t read_now(std::span<char> into);

    // Sends what the kernel takes at this moment: how many bytes of `pieces` together; nothing once
    // the connection is broken.
    std::size_t write_now(std::span<const std::string_view> pieces);
    // Sends all of `pieces`, which must stay in place. False when the connection broke, or when
    // `stalled_for` passed without a byte taken (the channel is closed then).
    //   sent   so many bytes of them have left already
    awaitable<bool> write(std::span<const std::string_view> pieces,
                          std::chrono::milliseconds stalled_for, std::size_t sent = 0);
    // Nothing more is written: the peer does not want to hear the rest.
    void stop_writing() { broken_ = true; }

    bool has_ended() const { return ended_; }
    bool was_reset() const { return reset_; }
    bool is_broken() const { return broken_; }  // writing failed
    bool has_arrived();                         // something to read, or the end
    bool has_left();

    // Whether what happens on the connection bears to be served a little later (Rest).
    void set_patient(bool is_patient) { patient_ = is_patient; }

    // Called whenever something happens on the connection that nobody waits for.
    std::function<void()> when_stirred;

    void shut_down_writing();
    void close();

    Loop& loop() { return loop_; }

 private:
    struct Wire;  // OpenSSL's way to the socket
    static constexpr unsigned reading = 1, writing = 2;

    void ready(std::uint32_t events) override;
    void wake(Wake why);
    void end(bool by_reset);
    void reset_at_close() const;
    std::size_t receive(std::span<char> into);
    std::size_t send(std::span<const std::string_view> pieces);
    std::size_t tls_read(std::span<char> into);
    std::size_t tls_write(std::span<const std::string_view> pieces);
    std::size_t tls_write(std::string_view piece);
    bool tls_has_arrived();
    void tls_read_failed(int outcome);
    void tls_say_goodbye();

    Loop& loop_;
    SSL* tls_ = nullptr;
    std::coroutine_handle<> waiting_;
    Deadline deadline_;  // of the one that waits
    int descriptor_;
    unsigned waits_for_ = 0;
    unsigned ready_for_;
    unsigned passes_ = 0;  // waits in a row that were over at once
    Wake woken_by_ = Wake::ready;
    bool drained_ = true;   // the socket has nothing to read; OpenSSL may have
    bool closing_ = false;  // the peer has closed: behind what is left to read comes the end
    bool ended_ = false;
    bool reset_ = false;
    bool broken_ = false;
    bool patient_ = false;
};

class Channel::Wait {
 public:
    Wait(Channel& channel, unsigned what, SteadyTime until)
        : channel_(channel), what_(what), until_(until) {}
    bool await_ready() const;
    void await_suspend(std::coroutine_handle<> waiting) const;
    Wake await_resume() const;

 private:
    Channel& channel_;
    unsigned what_;
    SteadyTime until_;
};

}  // namespace router::http
