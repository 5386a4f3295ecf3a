#pragma once

#include <openssl/types.h>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "http/awaitable.hpp"
#include "http/deadline.hpp"
#include "http/loop.hpp"

namespace router::http {

using Socket = asio::basic_stream_socket<asio::generic::stream_protocol, Executor>;

// Why a wait for bytes is over.
enum class Wake : std::uint8_t { ready, timeout };

// A connected socket, plain or TLS, with a small inbox. One read is kept pending whatever else goes
// on, until something comes, so that a peer that leaves is noticed at once and without a system
// call of its own.
//
//   inbox     what has arrived and is not consumed; the views hold until consume(), more() or
//             read_now()
//   writing   is tried at once; only what the kernel does not take is waited for
//   ending    has_ended() once the peer closed, the connection broke, or close() was called; what
//             is in the inbox stays
//   lifetime  a shared_ptr: a read under way holds its channel
class Channel : public std::enable_shared_from_this<Channel> {
 public:
    Channel(Loop& loop, Socket socket);
    ~Channel();

    // Makes it a TLS connection; the handshake follows with handshake(). Takes the session over.
    void secure(SSL* session);
    awaitable<Result<>> handshake(SteadyTime until);

    std::string_view inbox() const { return {block_.bytes.get() + begin_, end_ - begin_}; }
    void consume(std::size_t bytes);
    bool is_full() const { return end_ == block_.capacity; }
    bool has_ended() const { return ended_; }
    bool was_reset() const { return reset_; }

    // Gives the inbox's block away with what is in it; the channel goes on with another.
    Block detach_block();

    // Changes the inbox for one of another size (block_bytes or less) while it is empty. A pending
    // read begins anew: not in the same turn of the loop in which it was begun, for it may have its
    // bytes already.
    void resize_block(std::uint32_t bytes);

    void start_reading();
    // Waits until more has arrived than at the last wake, or the channel has ended, or `until` has
    // passed.
    awaitable<Wake> more(SteadyTime until);
    // Reads what is there at this moment, without waiting; 0 when there is nothing or the channel
    // has ended.
    std::size_t read_now(std::span<char> into);

    // Sends what the kernel takes at this moment: how many bytes of `pieces` together; nothing once
    // the connection is broken.
    std::size_t write_now(std::span<const std::string_view> pieces);
    // Sends all of `pieces`, which must stay in place. False when the connection broke, or when
    // `stalled_for` passed without a byte taken (the channel is closed then).
    //   sent   so many bytes of them have left already
    //   until  when all of them must have left, however they trickle
    awaitable<bool> write(std::span<const std::string_view> pieces,
                          std::chrono::milliseconds stalled_for, std::size_t sent = 0,
                          SteadyTime until = SteadyTime::max());
    bool is_broken() const { return broken_; }

    // From now on a write that waits is given up when something arrives: an answer that came early.
    void stop_writing_on_arrival() { stops_writing_on_arrival_ = true; }

    // Puts bytes that were taken out with detach_block() back, into a new block.
    void put_back(std::string_view bytes);

    void shut_down_writing();
    void close();

    // Called once when the channel ends while nobody waits for it in more().
    std::function<void()> when_ended;

    int native() { return socket_.native_handle(); }
    Loop& loop() { return loop_; }

 private:
    void received(const boost::system::error_code& error, std::size_t bytes);
    void arm_tls_read();
    bool fill_from_tls();
    std::size_t tls_read(std::span<char> into);
    std::size_t tls_write(std::string_view piece);
    void end(bool by_reset);
    void wake(Wake why);
    std::size_t write_plain(std::span<const std::string_view> pieces);
    awaitable<bool> wait_writable(SteadyTime until);
    void tell_arrival();

    Loop& loop_;
    Socket socket_;
    SSL* ssl_ = nullptr;
    void need_block();

    Block block_;
    std::uint32_t begin_ = 0, end_ = 0;
    std::uint32_t generation_ = 0;  // of pending reads; one of an older generation was called off
    bool reading_ = false;          // a read or a wait for one is with the kernel
    bool grew_ = false;             // bytes came since the last wake
    bool ended_ = false;
    bool reset_ = false;
    bool broken_ = false;  // writing failed
    bool stops_writing_on_arrival_ = false;
    bool waits_to_write_ = false;
    std::move_only_function<void(Wake)> waiter_;
    Deadline read_deadline_;
    Deadline write_deadline_;
};

}  // namespace router::http
