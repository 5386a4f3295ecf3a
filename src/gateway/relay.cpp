#include "gateway/relay.hpp"

#include <algorithm>
#include <ctime>

#include "dialects/openai_chat/answer.hpp"
#include "dialects/openai_chat/error.hpp"
#include "dialects/openai_chat/stream_relay.hpp"
#include "gateway/answer_headers.hpp"
#include "gateway/mock.hpp"
#include "http/bytes.hpp"
#include "wire/json_text.hpp"
#include "wire/sse.hpp"

namespace router::gateway {
namespace {

using namespace std::chrono_literals;
using dialects::openai_chat::StreamRelay;
using std::chrono::steady_clock;

constexpr std::size_t event_limit = 32 << 20;  // an image comes as one event
constexpr std::size_t whole_limit = 64 << 20;  // of an answer that is read before it goes on

constexpr std::string_view json_type = "application/json";
constexpr std::string_view stream_type = "text/event-stream; charset=utf-8";

std::unexpected<Error> broken(std::string message, std::string detail) {
    Error error{.kind = ErrorKind::upstream_broken, .message = std::move(message)};
    error.detail = std::move(detail);
    return std::unexpected(error);
}

bool is_event_stream(const http::ResponseHead& head) {
    return http::is_same_name(head.header("content-type").substr(0, 17), "text/event-stream");
}

// A stream on its way: plain functions do the work, so that the coroutine's frame, which lives as
// long as the stream, is small.
class Stream {
 public:
    Stream(Sent& sent, std::string_view model, bool wants_usage, http::Exchange& client,
           accounting::CallRecord& record)
        : sent_(sent),
          client_(client),
          record_(record),
          relay_(model, wants_usage),
          reader_(event_limit) {}

    void set_headers(std::string lines) { headers_ = std::move(lines); }

    // Takes all that has arrived, and sends the client what comes of it in one write. False:
    // client.flush() is due.
    Result<bool> pass_on() {
        thread_local std::string out;
        out.clear();
        while (true) {
            const auto piece = sent_.answer->take();
            if (!piece) return fail_with(piece.error(), out);
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
            if (!relay_.has_finished()) {
                return fail_with(
                    broken("The provider's stream ended before the answer was finished.",
                           "no finish, no [DONE]")
                        .error(),
                    out);
            }
        }
        const bool is_last = relay_.is_done() || sent_.answer->is_complete();
        if (is_last) relay_.finish(out);
        return send_out(out, is_last);
    }

    // The error that ends the stream: in it when it has begun, else for the caller to answer with.
    Result<bool> fail_with(const Error& error, std::string& out) {
        note();
        failed_ = true;
        if (error.kind == ErrorKind::client_left || (!client_.has_begun() && out.empty()))
            return std::unexpected(error);
        record_.failed(error);
        out += dialects::openai_chat::encode_stream_error(error);
        return send_out(out, true);
    }
    Result<bool> fail_with(const Error& error) {
        std::string out;
        return fail_with(error, out);
    }

    bool is_over() const { return failed_ || relay_.is_done() || sent_.answer->is_complete(); }

    void note() {
        record_.usage = relay_.usage();
        record_.finish_reason = relay_.finish_reason();
        record_.dropped_events = relay_.dropped();
    }

 private:
    Result<> pass(const wire::SseEvent& event, std::string& out) {
        const auto& upstream = sent_.backend->upstream;
        auto passed = relay_.pass(event, out, upstream.target().provider.prefix);
        if (!passed) upstream.take_secrets_out(passed.error());
        return passed;
    }
    static Error oversize() {
        return broken("The provider sent an event that is longer than 32 MB.", "event too long")
            .error();
    }
    bool send_out(const std::string& out, bool is_last) {
        if (out.empty() && !is_last) return true;
        if (!client_.has_begun()) {
            client_.begin(200, headers_);
            std::string().swap(headers_);
        }
        return client_.write(out, is_last);
    }

    Sent& sent_;
    http::Exchange& client_;
    accounting::CallRecord& record_;
    StreamRelay relay_;
    wire::SseReader reader_;
    std::string headers_;
    bool failed_ = false;
};

// Waits until the next bytes are there, within the call's deadlines.
http::awaitable<Result<>> wait_for_more(const Sent& sent,
                                        const config::DeadlineSettings& deadlines) {
    const auto until = std::min(steady_clock::now() + deadlines.idle, sent.ends_by);
    return sent.answer->wait(until);
}

// A stream's last bytes may come a moment behind its [DONE]; with them the connection can be kept.
http::awaitable<void> let_it_end(http::Answer& answer) {
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

http::awaitable<Result<>> relay_stream(Sent& sent, std::unique_ptr<Stream> stream,
                                       const config::DeadlineSettings& deadlines,
                                       http::Exchange& client, accounting::CallRecord& record) {
    while (true) {
        auto passed = stream->pass_on();
        if (!passed) co_return std::unexpected(passed.error());
        sent.answer->hold();
        if (!*passed && !co_await client.flush())
            co_return fail(ErrorKind::client_left, "The client has left.");
        if (stream->is_over()) break;
        const auto waited = co_await wait_for_more(sent, deadlines);
        if (waited) continue;
        passed = stream->fail_with(waited.error());
        if (!passed) co_return std::unexpected(passed.error());
        if (!*passed) co_await client.flush();
        break;
    }
    record.upstream_ended();
    stream->note();
    co_await let_it_end(*sent.answer);
    co_return Result<>();
}

// What a whole answer looks like to the client: its bytes, with the model's name as the client
// knows it.
Result<> read_whole_answer(std::string_view body, const Sent& sent, const Incoming& incoming,
                           accounting::CallRecord& record, std::array<std::string_view, 3>& pieces,
                           std::string& model) {
    const auto& provider = sent.backend->upstream.target().provider.prefix;
    const auto answer = dialects::openai_chat::read_answer(body);
    if (answer.is_error || !answer.is_object) {
        auto error = dialects::openai_chat::decode_error(200, body, provider);
        sent.backend->upstream.take_secrets_out(error);
        return std::unexpected(error);
    }
    record.usage = answer.usage;
    record.finish_reason = answer.finish_reason;
    pieces = {body, {}, {}};
    if (!answer.model.empty()) {
        model = wire::quoted(incoming.model);
        const auto before = static_cast<std::size_t>(answer.model.data() - body.data());
        pieces = {body.substr(0, before), model, body.substr(before + answer.model.size())};
    }
    return {};
}

// Byte for byte, as it comes.
http::awaitable<Result<>> forward_rest(Sent& sent, const config::DeadlineSettings& deadlines,
                                       http::Exchange& client) {
    auto& answer = *sent.answer;
    while (true) {
        while (true) {
            const auto piece = answer.take();
            if (!piece) co_return std::unexpected(piece.error());
            const bool is_last = answer.is_complete();
            if (piece->empty() && !is_last) break;
            if (!client.write(*piece, is_last)) {
                answer.hold();
                if (!co_await client.flush())
                    co_return fail(ErrorKind::client_left, "The client has left.");
            }
            if (is_last) co_return Result<>();
        }
        const auto waited = co_await wait_for_more(sent, deadlines);
        if (!waited) co_return std::unexpected(waited.error());
    }
}

http::awaitable<Result<>> relay_whole(Sent& sent, const Incoming& incoming,
                                      const config::DeadlineSettings& deadlines,
                                      http::Exchange& client, accounting::CallRecord& record) {
    auto& answer = *sent.answer;
    http::Bytes body;
    const auto read = co_await answer.read_whole(body, whole_limit, deadlines.idle, sent.ends_by);
    record.upstream_ended();
    if (!read) co_return std::unexpected(read.error());
    const auto headers = answer_headers(json_type, sent, &answer.head(), record);
    if (client.has_begun()) {  // heartbeats have promised a stream
        co_return broken("The provider answered in one piece where a stream was asked for.",
                         "no event stream");
    }
    if (!answer.is_complete()) {  // longer than we care to read: it goes on as it is
        client.begin(200, headers);
        answer.hold();
        if (!client.write(body.view(), false)) co_await client.flush();
        body.clear();
        co_return co_await forward_rest(sent, deadlines, client);
    }
    std::array<std::string_view, 3> pieces{};
    std::string model;
    const auto whole = read_whole_answer(body.view(), sent, incoming, record, pieces, model);
    if (!whole) co_return std::unexpected(whole.error());
    if (!co_await client.respond(200, headers, pieces))
        co_return fail(ErrorKind::client_left, "The client has left.");
    co_return Result<>();
}

http::awaitable<Result<>> relay_bytes(Sent& sent, const config::DeadlineSettings& deadlines,
                                      http::Exchange& client, accounting::CallRecord& record) {
    auto& answer = *sent.answer;
    const auto& head = answer.head();
    const auto headers = answer_headers(head.header("content-type"), sent, &head, record);
    client.stop_heartbeats();
    if (head.framing == http::Framing::length || head.framing == http::Framing::none) {
        client.begin_with_length(head.status, headers, head.content_length);
    } else {
        client.begin(head.status, headers);
    }
    auto forwarded = co_await forward_rest(sent, deadlines, client);
    record.upstream_ended();
    co_return forwarded;
}

}  // namespace

http::awaitable<Result<>> relay(Sent& sent, Incoming& incoming, const Endpoint& endpoint,
                                const Configuration& config, http::Exchange& client,
                                accounting::CallRecord& record) {
    const auto& deadlines = config.snapshot->deadlines;
    if (sent.is_mock()) return relay_mock(sent, incoming, endpoint, client, record);
    if (endpoint.relay == Relay::forward) return relay_bytes(sent, deadlines, client, record);
    if (!is_event_stream(sent.answer->head()))
        return relay_whole(sent, incoming, deadlines, client, record);
    const bool wants_usage = incoming.wants_usage || config.snapshot->always_include_stream_usage;
    auto stream = std::make_unique<Stream>(sent, incoming.model, wants_usage, client, record);
    stream->set_headers(answer_headers(stream_type, sent, &sent.answer->head(), record));
    incoming.release();
    client.release_request();
    sent.answer->release_head();
    return relay_stream(sent, std::move(stream), deadlines, client, record);
}

}  // namespace router::gateway
