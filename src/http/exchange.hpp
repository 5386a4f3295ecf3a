#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "http/body.hpp"
#include "http/bytes.hpp"
#include "http/cancel.hpp"
#include "http/channel.hpp"
#include "http/head.hpp"
#include "http/spool.hpp"

namespace router::http {

struct ExchangeSettings {
    std::chrono::milliseconds body_timeout{60'000};   // between two reads of a body
    std::chrono::milliseconds write_timeout{60'000};  // without a byte taken by the client
};

// How long a body may be.
struct BodyLimits {
    std::size_t bytes;
    std::size_t in_memory;     // a longer one lies on disk
    std::string_view setting;  // what `bytes` is called in the configuration
};

// One request of a client and our answer to it, either whole (respond) or in pieces (begin, write).
class Exchange {
 public:
    Exchange(std::shared_ptr<Channel> channel, RequestHead head, const ExchangeSettings& settings);
    ~Exchange();
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    // Keeps what the head's views point into, and what came behind it.
    void keep(Bytes head_bytes);

    const RequestHead& request() const { return head_; }
    Loop& loop() const { return channel_->loop(); }
    const std::string& id() const { return id_; }  // in x-request-id of every answer

    // The whole body, followed by padding_bytes that may be read; the view holds until
    // release_request().
    //   errors  too_large (told before it is read where the length is known), request_timeout,
    //           bad_request (malformed chunks), unavailable (no room on disk), client_left
    awaitable<Result<std::string_view>> read_body(const BodyLimits& limits);

    // Lets go of the request's head and body, whose views are not needed any longer: a long answer
    // begins. To be called after something was waited for.
    void release_request();

    // Requested when the client leaves; noticed from the end of the request's body on.
    Cancel& left() { return left_; }

    // Header lines ("name: value\r\n") of every answer of this exchange.
    std::string common_headers;

    // Answers whole. False when the client has left.
    awaitable<bool> respond(int status, std::string_view header_lines,
                            std::span<const std::string_view> body);

    // Begins an answer in pieces. The head leaves with the first piece. `length` where it is known,
    // else chunked.
    void begin(int status, std::string_view header_lines);
    void begin_with_length(int status, std::string_view header_lines, std::uint64_t length);
    bool has_begun() const { return begun_; }
    // Something of an answer has left, or all of it; heartbeats are nothing.
    bool has_told() const { return told_; }
    bool is_event_stream() const {
        return event_stream_;
    }  // the answer that has begun is one, and has not ended

    // Sends a piece; `is_last` ends the answer. What the kernel does not take at once is copied and
    // kept: when this returns false, flush() is to be awaited before anything else is written.
    bool write(std::string_view piece, bool is_last);
    awaitable<bool> flush();  // false: the client has left
    bool is_broken() const { return channel_->is_broken(); }

    // From now on, whenever nothing was written for `interval`: sends the head `begin(200,
    // header_lines)` if none was sent, and `text`. Until the answer ends, or stop_heartbeats().
    void heartbeat(std::chrono::milliseconds interval, std::string header_lines,
                   std::string_view text);
    // The same with another text from now on, asked for each time. `text` holds until it is called
    // again.
    void heartbeat_with(std::function<std::string_view()> text) {
        heartbeat_text_ = std::move(text);
    }
    void stop_heartbeats() {
        heartbeat_.clear();
        interval_ = {};
    }

    // Reads or cuts off what is left of the request. Whether the connection can serve another.
    awaitable<bool> finish();
    void close_after_answer() { keeps_alive_ = false; }
    // What came behind this request: of the next one. After finish().
    Bytes take_ahead() { return std::move(ahead_); }

    std::uint64_t bytes_in() const { return bytes_in_; }    // of the body
    std::uint64_t bytes_out() const { return bytes_out_; }  // with the head
    int status() const { return status_; }

 private:
    void append_head(std::string& out, int status, std::string_view header_lines,
                     std::string_view framing) const;
    awaitable<Result<std::string_view>> receive(const BodyLimits& limits);
    Result<> receive_more(BodyReader& reader, const BodyLimits& limits);
    bool has_place(const BodyLimits& limits) const;
    Result<> take_body(BodyReader& reader, std::string_view& arrived, const BodyLimits& limits);
    Result<> keep_piece(std::string_view piece, const BodyLimits& limits);
    Result<> move_to_disk();
    void watch_for_leaving();
    void beat();
    awaitable<void> linger();

    std::shared_ptr<Channel> channel_;
    std::string id_ = new_id();
    RequestHead head_;
    const ExchangeSettings& settings_;
    Bytes head_bytes_;
    Bytes body_;
    std::unique_ptr<Spool> spool_;  // the body, when it is longer than memory may hold
    Bytes ahead_;
    std::string_view arrived_;  // behind the head, with it
    bool body_is_read_ = false;
    bool keeps_alive_;
    bool is_head_request_;
    bool begun_ = false;
    bool told_ = false;
    bool event_stream_ = false;
    bool ended_ = false;
    bool chunked_ = false;
    bool must_flush_ = false;
    int status_ = 0;
    std::string outgoing_;  // the head until the first piece, then what the kernel did not take
    Cancel left_;
    std::uint64_t bytes_in_ = 0, bytes_out_ = 0;

    Deadline heartbeat_;
    std::chrono::milliseconds interval_{};
    SteadyTime last_write_{};
    std::string heartbeat_headers_;
    std::function<std::string_view()> heartbeat_text_;
};

// "OK" for 200.
std::string_view reason_phrase(int status);

}  // namespace router::http
