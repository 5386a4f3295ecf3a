#include "gateway/whole_answer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "dialects/embeddings.hpp"
#include "dialects/openai_chat/usage.hpp"
#include "gateway/forward.hpp"
#include "gateway/gathered_answer.hpp"
#include "gateway/stored_responses.hpp"
#include "http/bytes.hpp"
#include "wire/json_text.hpp"

namespace router::gateway {
namespace {

constexpr std::size_t whole_limit = 64 << 20;  // of an answer that is read before it goes on

// As the client is to get it: pieces of the upstream's bytes, or of what was mended, and of `own`.
struct WholeAnswer {
    std::array<std::string_view, 5> pieces{};
    std::string mended;
    std::string own;   // the model's name, or the whole of it
    std::string cost;  // what the usage ends with

    // `text` with `own` in the place of `model` and `cost` at the end of `usage`, which may be
    // empty views.
    void compose(std::string_view text, std::string_view model, std::string_view usage);
};

void WholeAnswer::compose(std::string_view text, std::string_view model, std::string_view usage) {
    struct Edit {
        std::size_t begin, end;
        std::string_view by;
    };
    const auto at = [&](const char* place) {
        return static_cast<std::size_t>(place - text.data());
    };
    std::array<Edit, 2> edits{Edit{0, 0, {}}, Edit{0, 0, {}}};
    if (!model.empty()) edits[0] = {at(model.data()), at(model.data() + model.size()), own};
    if (!usage.empty()) edits[1] = {at(&usage.back()), at(&usage.back()), cost};
    if (edits[1].begin < edits[0].begin) std::swap(edits[0], edits[1]);
    std::size_t done = 0;
    for (std::size_t i = 0; i < edits.size(); ++i) {
        pieces[2 * i] = text.substr(done, edits[i].begin - done);
        pieces[2 * i + 1] = edits[i].by;
        done = edits[i].end;
    }
    pieces.back() = text.substr(done);
}

// Some providers pack vectors into base64 unasked.
bool wants_plain_vectors(const Delivery& delivery) {
    return delivery.endpoint.embeds &&
           delivery.incoming->json->value("encoding_format") != "\"base64\"";
}

bool is_page(std::string_view body) {
    const auto begin = body.find_first_not_of(" \t\r\n");
    return begin != std::string_view::npos && body[begin] == '<';
}

// The error that stands where an answer should: perhaps a page, in whose words it is told.
std::unexpected<Error> no_answer(const Delivery& delivery, std::string_view body) {
    const auto& target = delivery.sent.backend->upstream.target();
    return std::unexpected(delivery.dialect().decode_error(200, body, target.provider.prefix));
}

// Whether a model's answer is one. That it says how it ended, or what it used, is enough.
Result<> check(const Delivery& delivery, const dialects::PeekedAnswer& answer,
               std::string_view body) {
    const bool says_enough = !answer.finish_reason.empty() || answer.usage.is_known;
    if (says_enough || delivery.endpoint.operation != Operation::complete) return {};
    const auto read = delivery.dialect().decode_answer(body);
    return read ? Result<>() : std::unexpected(read.error());
}

// The upstream's bytes, mended where they must be, with the model's name as the client knows it.
Result<> read_same(const Delivery& delivery, std::string_view body, WholeAnswer& whole) {
    const auto& dialect = delivery.dialect();
    if (wants_plain_vectors(delivery)) whole.mended = dialects::with_plain_vectors(body);
    auto answer = dialect.peek_answer(whole.mended.empty() ? body : whole.mended);
    if (answer.is_error || !answer.is_object) return no_answer(delivery, body);
    if (auto checked = check(delivery, answer, body); !checked) return checked;
    delivery.record.usage = answer.usage;
    delivery.record.finish_reason = answer.finish_reason;
    if (!answer.mended.empty()) whole.mended.swap(answer.mended);
    const auto text = whole.mended.empty() ? body : std::string_view(whole.mended);
    if (!answer.model.empty()) whole.own = wire::quoted(delivery.incoming->model);
    if (const auto cost_of = delivery.cost_of(); cost_of && !answer.usage.cost) {
        const auto cost = cost_of(answer.usage);
        if (cost) whole.cost = dialects::openai_chat::cost_member(*cost);
    }
    whole.compose(text, answer.model, whole.cost.empty() ? std::string_view() : answer.usage_json);
    return {};
}

// Whether it is the body of a stream, whatever its type says: JSON begins otherwise.
bool is_of_events(std::string_view body, providers::Framing framing) {
    if (body.starts_with('{') || framing != providers::Framing::sse) return false;
    body.remove_prefix(std::min(body.size(), body.find_first_not_of("\xEF\xBB\xBF\r\n")));
    constexpr std::array<std::string_view, 5> fields{"data:", "event:", ":", "id:", "retry:"};
    return std::ranges::any_of(fields, [&](auto field) { return body.starts_with(field); });
}

// Told in the other form, an answer is written anew, though both sides speak the same dialect.
// Where no dialect is converted, it cannot be.
void let_it_be_written(const Delivery& delivery) {
    if (delivery.endpoint.operation != Operation::complete || delivery.is_written_here()) return;
    delivery.sent.conversion = std::make_unique<Conversion>();
    delivery.sent.conversion->from = &delivery.dialect();
    delivery.sent.conversion->caller = delivery.incoming->caller;
}

// The same in the client's dialect; kept where the client asked for that.
Result<> read_converted(const Delivery& delivery, std::string_view body, bool has_events,
                        bool as_stream, WholeAnswer& whole) {
    const auto& conversion = *delivery.sent.conversion;
    auto answer = has_events ? gather(body, *conversion.from, delivery.sent.framing)
                             : conversion.from->decode_answer(body);
    if (!answer && is_page(body)) return no_answer(delivery, body);
    if (!answer) return std::unexpected(answer.error());
    answer->source_bytes = body.size();
    auto converted = convert_answer(std::move(*answer), delivery.dialect(), context_of(delivery),
                                    conversion, as_stream, delivery.services.signatures);
    if (!converted) return std::unexpected(converted.error());
    delivery.record.usage = converted->usage;
    delivery.record.finish_reason = converted->finish_reason;
    whole.own = std::move(converted->body);
    whole.pieces.front() = whole.own;
    keep_response(delivery, whole.own, as_stream);
    return {};
}

// What is longer than we care to read: `body` is its beginning.
http::awaitable<Result<>> forward_unread(Delivery delivery, http::Bytes& body) {
    auto& client = delivery.client;
    client.stop_heartbeats();
    client.begin(200, headers_of(delivery, false));
    delivery.sent.answer->hold();
    if (!client.write(body.view(), false)) co_await client.flush();
    body.clear();
    co_return co_await forward_rest(delivery.sent, delivery.deadlines(), client);
}

}  // namespace

http::awaitable<Result<>> relay_whole(Delivery delivery) {
    const auto& sent = delivery.sent;
    auto& answer = *sent.answer;
    auto& client = delivery.client;
    http::Bytes body;
    const auto read =
        co_await answer.read_whole(body, whole_limit, delivery.deadlines().idle, sent.ends_by);
    delivery.record.upstream_ended();
    if (!read) co_return std::unexpected(read.error());
    const bool has_events = is_of_events(body.view(), sent.framing);
    if (has_events || delivery.incoming->is_streaming) let_it_be_written(delivery);
    const bool is_converted = delivery.is_written_here();
    const bool as_stream = delivery.incoming->is_streaming && is_converted;
    if (client.has_begun() && !as_stream) {  // heartbeats have promised a stream
        co_return fail(ErrorKind::upstream_broken,
                       "The provider answered in one piece where a stream was asked for.");
    }
    if (!answer.is_complete() && is_converted)
        co_return fail(ErrorKind::upstream_broken, "The provider's answer is longer than 64 MB.");
    if (!answer.is_complete()) co_return co_await forward_unread(delivery, body);

    WholeAnswer whole;
    auto made = is_converted ? read_converted(delivery, body.view(), has_events, as_stream, whole)
                             : read_same(delivery, body.view(), whole);
    if (!made) {
        sent.backend->upstream.take_secrets_out(made.error());
        co_return std::unexpected(std::move(made.error()));
    }
    const auto headers = headers_of(delivery, as_stream);
    if (!co_await send_whole(client, headers, whole.pieces, as_stream))
        co_return fail(ErrorKind::client_left, "The client has left.");
    co_return Result<>();
}

}  // namespace router::gateway
