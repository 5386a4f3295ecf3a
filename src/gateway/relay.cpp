#include "gateway/relay.hpp"

#include <algorithm>
#include <ctime>

#include "dialects/registry.hpp"
#include "gateway/answer_headers.hpp"
#include "gateway/mock.hpp"
#include "gateway/stored_responses.hpp"
#include "http/bytes.hpp"
#include "providers/event_reader.hpp"
#include "wire/json_text.hpp"

namespace router::gateway {
namespace {

using namespace std::chrono_literals;
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

bool is_stream(const Sent& sent) {
    const auto type = sent.answer->head().header("content-type");
    const auto expected = sent.framing == providers::Framing::sse
                              ? std::string_view("text/event-stream")
                              : std::string_view("application/vnd.amazon.eventstream");
    return http::is_same_name(type.substr(0, expected.size()), expected);
}

std::string_view stream_type_of(const Incoming& incoming) {
    return incoming.is_json_array ? json_type : stream_type;
}

// What the client asked, for whoever writes its answer.
dialects::AnswerContext context_for(const Incoming& incoming, const Endpoint& endpoint,
                                    const Configuration& config,
                                    const accounting::CallRecord& record) {
    dialects::AnswerContext context{
        .model = incoming.model,
        .wants_usage = incoming.wants_usage || config.snapshot->always_include_stream_usage,
        .created = std::time(nullptr),
        .id = record.id(),
        .is_json_array = incoming.is_json_array};
    if (incoming.canonical) {
        context.request = &*incoming.canonical;
        const bool is_usual = endpoint.dialect != canonical::DialectId::gemini;
        context.wants_thinking = incoming.canonical->reasoning.is_shown.value_or(is_usual);
    }
    return context;
}

// A stream on its way: plain functions do the work, so that the coroutine's frame, which lives as
// long as the stream, is small.
class Stream {
 public:
    Stream(Sent& sent, std::unique_ptr<dialects::StreamRelay> relay,
           std::unique_ptr<ResponseKeeper> keeper, http::Exchange& client,
           accounting::CallRecord& record)
        : sent_(sent),
          client_(client),
          record_(record),
          relay_(std::move(relay)),
          keeper_(std::move(keeper)),
          reader_(sent.framing, event_limit) {}

    ~Stream() { client_.stop_heartbeats(); }  // they ask us for their words
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

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
        }
        const bool is_last = is_over();
        if (is_last) {
            if (const auto ended = relay_->finish(out); !ended)
                return fail_with(ended.error(), out);
            if (keeper_) keeper_->keep_last_event(out);
        }
        return send_out(out, is_last);
    }

    // The error that ends the stream: in it when it has begun, else for the caller to answer with.
    Result<bool> fail_with(const Error& error, std::string& out) {
        note();
        failed_ = true;
        if (error.kind == ErrorKind::client_left || (!client_.has_begun() && out.empty()))
            return std::unexpected(error);
        record_.failed(error);
        relay_->fail(error, out);
        return send_out(out, true);
    }
    Result<bool> fail_with(const Error& error) {
        std::string out;
        return fail_with(error, out);
    }

    bool is_over() const { return failed_ || relay_->is_done() || sent_.answer->is_complete(); }

    void note() {
        record_.usage = relay_->usage();
        record_.finish_reason = relay_->finish_reason();
        record_.dropped_events = relay_->dropped();
    }

 private:
    Result<> pass(const wire::SseEvent& event, std::string& out) {
        const auto& upstream = sent_.backend->upstream;
        auto passed = relay_->pass(event, out);
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

// A whole answer as the client is to get it: in pieces of `body` and `own`.
struct WholeAnswer {
    std::array<std::string_view, 3> pieces{};
    std::string own;
    bool is_stream = false;  // told as events, for a client that asked for them
};

// The upstream's bytes, with the model's name as the client knows it.
Result<> read_same(std::string_view body, const Sent& sent, const dialects::AnswerContext& context,
                   const dialects::Dialect& dialect, accounting::CallRecord& record,
                   WholeAnswer& whole) {
    const auto answer = dialect.peek_answer(body);
    if (answer.is_error || !answer.is_object) {
        return std::unexpected(
            dialect.decode_error(200, body, sent.backend->upstream.target().provider.prefix));
    }
    record.usage = answer.usage;
    record.finish_reason = answer.finish_reason;
    whole.pieces = {body, {}, {}};
    if (!answer.model.empty()) {
        whole.own = wire::quoted(context.model);
        const auto before = static_cast<std::size_t>(answer.model.data() - body.data());
        whole.pieces = {body.substr(0, before), whole.own,
                        body.substr(before + answer.model.size())};
    }
    return {};
}

Result<> read_converted(std::string_view body, const Sent& sent, bool as_stream,
                        const dialects::AnswerContext& context, const dialects::Dialect& dialect,
                        storage::SignatureStore* store, accounting::CallRecord& record,
                        WholeAnswer& whole) {
    auto converted = convert_answer(body, dialect, context, *sent.conversion, as_stream, store);
    if (!converted) return std::unexpected(converted.error());
    record.usage = converted->usage;
    record.finish_reason = converted->finish_reason;
    whole.own = std::move(converted->body);
    whole.pieces = {whole.own, {}, {}};
    whole.is_stream = as_stream;
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

http::awaitable<bool> send_as_stream(http::Exchange& client, std::string_view headers,
                                     std::string_view events) {
    if (!client.has_begun()) client.begin(200, headers);
    co_return client.write(events, true) || co_await client.flush();
}

http::awaitable<Result<>> relay_whole(Sent& sent, const Incoming& incoming,
                                      dialects::AnswerContext context, const Endpoint& endpoint,
                                      const Configuration& config, Services& services,
                                      http::Exchange& client, accounting::CallRecord& record) {
    auto& answer = *sent.answer;
    const auto& deadlines = config.snapshot->deadlines;
    const auto& dialect = dialects::dialect(endpoint.dialect);
    const bool is_converted = sent.conversion != nullptr;
    http::Bytes body;
    const auto read = co_await answer.read_whole(body, whole_limit, deadlines.idle, sent.ends_by);
    record.upstream_ended();
    if (!read) co_return std::unexpected(read.error());
    const bool as_stream = incoming.is_streaming && is_converted;
    if (client.has_begun() && !as_stream) {  // heartbeats have promised a stream
        co_return broken("The provider answered in one piece where a stream was asked for.",
                         "no event stream");
    }
    if (!answer.is_complete() && is_converted)
        co_return broken("The provider's answer is longer than 64 MB.", "answer too long");
    if (!answer.is_complete()) {  // longer than we care to read: it goes on as it is
        client.stop_heartbeats();
        client.begin(200, answer_headers(json_type, sent, &answer.head(), record));
        answer.hold();
        if (!client.write(body.view(), false)) co_await client.flush();
        body.clear();
        co_return co_await forward_rest(sent, deadlines, client);
    }
    WholeAnswer whole;
    auto made = is_converted ? read_converted(body.view(), sent, as_stream, context, dialect,
                                              services.signatures, record, whole)
                             : read_same(body.view(), sent, context, dialect, record, whole);
    if (!made) {
        sent.backend->upstream.take_secrets_out(made.error());
        co_return std::unexpected(std::move(made.error()));
    }
    if (const auto keeper = keeper_for(incoming, endpoint, is_converted, services)) {
        as_stream ? keeper->keep_last_event(whole.own) : keeper->keep(whole.own);
    }
    const auto type = as_stream ? stream_type_of(incoming) : json_type;
    const auto headers = answer_headers(type, sent, &answer.head(), record);
    const bool is_sent = as_stream ? co_await send_as_stream(client, headers, whole.own)
                                   : co_await client.respond(200, headers, whole.pieces);
    if (!is_sent) co_return fail(ErrorKind::client_left, "The client has left.");
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
                                const Configuration& config, Services& services,
                                http::Exchange& client, accounting::CallRecord& record) {
    const auto& deadlines = config.snapshot->deadlines;
    if (endpoint.relay == Relay::forward && !sent.is_mock())
        return relay_bytes(sent, deadlines, client, record);
    auto context = context_for(incoming, endpoint, config, record);
    if (sent.is_mock())
        return relay_mock(sent, incoming, std::move(context), endpoint, client, record);
    if (!is_stream(sent)) {
        return relay_whole(sent, incoming, std::move(context), endpoint, config, services, client,
                           record);
    }
    const auto& dialect = dialects::dialect(endpoint.dialect);
    const bool is_converted = sent.conversion != nullptr;
    auto relay = is_converted
                     ? std::make_unique<ConvertedStream>(
                           dialect, context, std::move(*sent.conversion), services.signatures)
                     : dialect.stream_relay(context);
    auto keeper = keeper_for(incoming, endpoint, is_converted, services);
    auto stream =
        std::make_unique<Stream>(sent, std::move(relay), std::move(keeper), client, record);
    stream->set_headers(
        answer_headers(stream_type_of(incoming), sent, &sent.answer->head(), record));
    incoming.release();
    client.release_request();
    sent.answer->release_head();
    return relay_stream(sent, std::move(stream), deadlines, client, record);
}

}  // namespace router::gateway
