#include "gateway/delivery.hpp"

#include <ctime>

#include "dialects/registry.hpp"
#include "gateway/answer_headers.hpp"

namespace router::gateway {
namespace {

http::awaitable<bool> send_as_stream(http::Exchange& client, std::string_view headers,
                                     std::string_view events) {
    if (!client.has_begun()) client.begin(200, headers);
    co_return client.write(events, true) || co_await client.flush();
}

}  // namespace

const dialects::Dialect& Delivery::dialect() const { return dialects::dialect(endpoint.dialect); }

dialects::CostOf Delivery::cost_of() const {
    const auto& prices = sent.backend->upstream.target().prices;
    if (prices.empty()) return {};
    return [&prices](const canonical::Usage& usage) { return accounting::cost_of(usage, prices); };
}

dialects::AnswerContext context_of(const Delivery& delivery) {
    const auto& incoming = *delivery.incoming;
    dialects::AnswerContext context{
        .model = incoming.model,
        .wants_usage =
            incoming.wants_usage || delivery.config.snapshot->always_include_stream_usage,
        .created = std::time(nullptr),
        .id = delivery.record.id(),
        .is_json_array = incoming.is_json_array,
        .cost_of = delivery.cost_of()};
    if (incoming.canonical) {
        context.request = &*incoming.canonical;
        const bool is_usual = delivery.endpoint.dialect != canonical::DialectId::gemini;
        context.wants_thinking = incoming.canonical->reasoning.is_shown.value_or(is_usual);
    }
    return context;
}

std::string headers_of(const Delivery& delivery, bool as_stream) {
    const auto& answer = delivery.sent.answer;
    const bool is_event_stream = as_stream && !delivery.incoming->is_json_array;
    return answer_headers(is_event_stream ? "text/event-stream; charset=utf-8" : "application/json",
                          delivery.sent, answer ? &answer->head() : nullptr, delivery.record);
}

http::awaitable<bool> send_whole(http::Exchange& client, std::string_view headers,
                                 std::span<const std::string_view> body, bool as_stream) {
    if (as_stream) return send_as_stream(client, headers, body.front());
    return client.respond(200, headers, body);
}

}  // namespace router::gateway
