#include "gateway/stream.hpp"

#include <algorithm>
#include <chrono>

#include "gateway/forward.hpp"
#include "gateway/refuse.hpp"
#include "gateway/stored_responses.hpp"
#include "providers/event_reader.hpp"

namespace router::gateway {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr std::size_t event_limit = 32 << 20;  // an image comes as one event

// Takes the conversion with it.
std::unique_ptr<dialects::StreamRelay> relay_for(const Delivery& delivery) {
    const auto context = context_of(delivery);
    const auto& dialect = delivery.dialect();
    if (!delivery.is_written_here()) return dialect.stream_relay(context);
    return std::make_unique<ConvertedStream>(dialect, context, std::move(*delivery.sent.conversion),
                                             delivery.services.signatures);
}

// A stream on its way: plain functions do the work, so that the coroutine's frame, which lives as
// long as the stream, is small.
class Stream {
 public:
    explicit Stream(const Delivery& delivery)
        : sent_(delivery.sent),
          client_(delivery.client),
          record_(delivery.record),
          relay_(relay_for(delivery)),
          keeper_(keeper_for(delivery)),
          reader_(sent_.framing, event_limit),
          headers_(headers_of(delivery, true)),
          dialect_(delivery.endpoint.dialect) {}

    ~Stream() {
        if (has_begun_) client_.stop_heartbeats();  // they ask us for their words
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // Takes all that has arrived, and sends the client what comes of it in one write. False:
    // client.flush() is due.
    Result<bool> pass_on() {
        thread_local std::string out;
        out.clear();
        while (true) {
            const auto piece = sent_.answer->take();
            if (!piece) return break_off(piece.error(), out);
            if (piece->empty()) break;
            reader_.feed(*piece);
            while (const auto event = reader_.next()) {
                if (const auto passed = pass(*event, out); !passed)
                    return fail_with(passed.error(), out);
            }
            if (reader_.is_overfull()) return fail_with(oversize(), out);
        }
        if (sent_.answer->is_complete()) {
            if (const auto event = reader_.rest()) {
                if (const auto passed = pass(*event, out); !passed)
                    return fail_with(passed.error(), out);
            }
        }
        const bool is_last = is_over();
        if (is_last) {
            if (const auto ended = relay_->finish(out); !ended)
                return fail_with(ended.error(), out);
            if (keeper_) keeper_->keep_last_event(out);
        }
        return send_out(out, is_last);
    }

    // The error that ends the stream: in it when it has begun, else for the caller, who may ask
    // another target.
    Result<bool> fail_with(const Error& error, std::string& out) {
        note();
        is_broken_off_ = true;
        if (error.kind == ErrorKind::client_left || (!has_begun_ && out.empty()))
            return std::unexpected(error);
        sent_.backend->failed(error, steady_clock::now());
        record_.failed(error);
        auto told = error;
        name_target(told, record_.target, dialect_);
        relay_->fail(told, out);
        return send_out(out, true);
    }
    // No more will come. An answer that was told to its end before is whole all the same.
    Result<bool> break_off(const Error& error, std::string& out) {
        if (error.kind == ErrorKind::client_left || !relay_->finish(out))
            return fail_with(error, out);
        is_broken_off_ = true;
        if (keeper_) keeper_->keep_last_event(out);
        return send_out(out, true);
    }
    Result<bool> break_off(const Error& error) {
        std::string out;
        return break_off(error, out);
    }

    bool is_over() const {
        return is_broken_off_ || relay_->is_done() || sent_.answer->is_complete();
    }

    bool has_begun() const { return has_begun_; }

    void end() {
        record_.upstream_ended();
        note();
    }

 private:
    void note() {
        record_.usage = relay_->usage();
        record_.finish_reason = relay_->finish_reason();
        record_.dropped_events = relay_->dropped();
    }
    Result<> pass(const wire::SseEvent& event, std::string& out) {
        const auto& upstream = sent_.backend->upstream;
        auto passed = relay_->pass(event, out);
        if (!passed) upstream.take_secrets_out(passed.error());
        return passed;
    }
    static Error oversize() {
        return {.kind = ErrorKind::upstream_broken,
                .message = "The provider sent an event that is longer than 32 MB."};
    }
    bool send_out(const std::string& out, bool is_last) {
        if (out.empty() && !is_last) return true;
        if (!has_begun_) {
            has_begun_ = true;
            if (!client_.has_begun()) client_.begin(200, headers_);
            std::string().swap(headers_);
            client_.heartbeat_with([this] { return beat(); });
        }
        return client_.write(out, is_last);
    }
    // Once the stream has begun, its dialect says what shows that we are alive.
    std::string_view beat() {
        beat_.clear();
        relay_->heartbeat(beat_);
        return beat_;
    }

    Sent& sent_;
    http::Exchange& client_;
    accounting::CallRecord& record_;
    std::unique_ptr<dialects::StreamRelay> relay_;
    std::unique_ptr<ResponseKeeper> keeper_;  // null: the answer is not kept
    providers::EventReader reader_;
    std::string headers_;
    std::string beat_;
    canonical::DialectId dialect_;  // the client's
    bool has_begun_ = false;        // something of it went to the client
    bool is_broken_off_ = false;
};

// A stream's last bytes may come a moment behind its [DONE]; with them the connection can be kept.
[[gnu::noinline]] http::awaitable<void> let_it_end(http::Answer& answer) {
    const auto until = steady_clock::now() + 100ms;
    while (!answer.is_complete()) {
        const auto piece = answer.take();
        if (!piece) co_return;
        if (!piece->empty()) continue;
        if (answer.is_complete()) co_return;
        const auto waited = co_await answer.wait(until);
        if (!waited) co_return;
    }
}

http::awaitable<Result<>> pass_all_on(Sent& sent, std::unique_ptr<Incoming>& incoming,
                                      std::unique_ptr<Stream> stream,
                                      const config::DeadlineSettings& deadlines,
                                      http::Exchange& client) {
    while (true) {
        auto passed = stream->pass_on();
        if (!passed) co_return std::unexpected(passed.error());
        if (incoming && stream->has_begun()) {  // nobody else is asked
            incoming.reset();
            client.release_request();
        }
        sent.answer->hold();
        if (!*passed && !co_await client.flush())
            co_return fail(ErrorKind::client_left, "The client has left.");
        if (stream->is_over()) break;
        // The first event is waited for as the first byte is: some send a head, and then nothing.
        const auto at_latest = stream->has_begun() ? http::SteadyTime::max() : sent.first_byte_by;
        const auto waited = co_await wait_for_more(sent, deadlines, at_latest);
        if (waited) continue;
        passed = stream->break_off(waited.error());
        if (!passed) co_return std::unexpected(passed.error());
        if (!*passed) co_await client.flush();
        break;
    }
    stream->end();
    co_await let_it_end(*sent.answer);
    co_return Result<>();
}

}  // namespace

http::awaitable<Result<>> relay_stream(const Delivery& delivery) {
    auto stream = std::make_unique<Stream>(delivery);
    delivery.sent.answer->release_head();
    delivery.sent.answer->set_patient();
    return pass_all_on(delivery.sent, delivery.incoming, std::move(stream), delivery.deadlines(),
                       delivery.client);
}

}  // namespace router::gateway
