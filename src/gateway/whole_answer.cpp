#include "gateway/whole_answer.hpp"

#include <array>

#include "gateway/forward.hpp"
#include "gateway/stored_responses.hpp"
#include "http/bytes.hpp"
#include "wire/json_text.hpp"

namespace router::gateway {
namespace {

constexpr std::size_t whole_limit = 64 << 20;  // of an answer that is read before it goes on

// As the client is to get it: pieces of the upstream's bytes, or of what was mended, and of `own`.
struct WholeAnswer {
    std::array<std::string_view, 3> pieces{};
    std::string mended;
    std::string own;
};

// The upstream's bytes, mended where they must be, with the model's name as the client knows it.
Result<> read_same(const Delivery& delivery, std::string_view body, WholeAnswer& whole) {
    const auto& dialect = delivery.dialect();
    auto answer = dialect.peek_answer(body);
    if (answer.is_error || !answer.is_object) {
        const auto& target = delivery.sent.backend->upstream.target();
        return std::unexpected(dialect.decode_error(200, body, target.provider.prefix));
    }
    delivery.record.usage = answer.usage;
    delivery.record.finish_reason = answer.finish_reason;
    if (!answer.mended.empty()) whole.mended.swap(answer.mended);
    const auto text = whole.mended.empty() ? body : std::string_view(whole.mended);
    whole.pieces = {text, {}, {}};
    if (answer.model.empty()) return {};
    whole.own = wire::quoted(delivery.incoming.model);
    const auto before = static_cast<std::size_t>(answer.model.data() - text.data());
    whole.pieces = {text.substr(0, before), whole.own, text.substr(before + answer.model.size())};
    return {};
}

// The same in the client's dialect; kept where the client asked for that.
Result<> read_converted(const Delivery& delivery, std::string_view body, bool as_stream,
                        WholeAnswer& whole) {
    auto converted =
        convert_answer(body, delivery.dialect(), context_of(delivery), *delivery.sent.conversion,
                       as_stream, delivery.services.signatures);
    if (!converted) return std::unexpected(converted.error());
    delivery.record.usage = converted->usage;
    delivery.record.finish_reason = converted->finish_reason;
    whole.own = std::move(converted->body);
    whole.pieces = {whole.own, {}, {}};
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
    const bool is_converted = delivery.is_written_here();
    const bool as_stream = delivery.incoming.is_streaming && is_converted;
    if (client.has_begun() && !as_stream) {  // heartbeats have promised a stream
        co_return fail(ErrorKind::upstream_broken,
                       "The provider answered in one piece where a stream was asked for.");
    }
    if (!answer.is_complete() && is_converted)
        co_return fail(ErrorKind::upstream_broken, "The provider's answer is longer than 64 MB.");
    if (!answer.is_complete()) co_return co_await forward_unread(delivery, body);

    WholeAnswer whole;
    auto made = is_converted ? read_converted(delivery, body.view(), as_stream, whole)
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
