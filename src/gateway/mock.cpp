#include "gateway/mock.hpp"

#include <array>
#include <optional>

#include "dialects/openai_chat/answer.hpp"
#include "gateway/conversion.hpp"
#include "gateway/stored_responses.hpp"
#include "wire/json.hpp"
#include "wire/json_text.hpp"

namespace router::gateway {
namespace {

using namespace dialects::openai_chat;

struct Raised {
    std::string_view name;
    int status;
    std::string_view type;
};

// LiteLLM's exceptions and the status of each (docs.litellm.ai/docs/exception_mapping, read
// 2026-05)
constexpr std::array<Raised, 9> exceptions{{
    {"litellm.RateLimitError", 429, "rate_limit_error"},
    {"litellm.AuthenticationError", 401, "authentication_error"},
    {"litellm.BadRequestError", 400, "invalid_request_error"},
    {"litellm.ContextWindowExceededError", 400, "invalid_request_error"},
    {"litellm.ContentPolicyViolationError", 400, "invalid_request_error"},
    {"litellm.NotFoundError", 404, "not_found_error"},
    {"litellm.Timeout", 408, "timeout_error"},
    {"litellm.InternalServerError", 500, "server_error"},
    {"litellm.ServiceUnavailableError", 503, "service_unavailable_error"},
}};

std::optional<Error> raised_by(std::string_view text) {
    for (const auto& [name, status, type] : exceptions) {
        if (!text.starts_with(name)) continue;
        Error error{.kind = ErrorKind::upstream_refused,
                    .message = "This is a mock " + std::string(name.substr(8)) + "."};
        error.status = status;
        error.type = type;
        return error;
    }
    return std::nullopt;
}

// In whatever dialect: an answer like any other's.
std::string answer_in(const dialects::Dialect& dialect, const dialects::AnswerContext& context,
                      std::string_view text, bool as_stream) {
    const auto inside = wire::escaped(text);
    canonical::Answer answer{.id = context.id, .model = context.model, .created = context.created};
    answer.choices.push_back({.blocks = {canonical::TextBlock{.text = {inside}}},
                              .ending = {.reason = canonical::Finish::stop}});
    answer.usage = mock_usage();
    return written(answer, dialect, context, as_stream);
}

std::string body_of(const Delivery& delivery, std::string_view text) {
    const auto context = context_of(delivery);
    const bool as_stream = delivery.incoming->is_streaming;
    if (delivery.endpoint.dialect != canonical::DialectId::openai_chat)
        return answer_in(delivery.dialect(), context, text, as_stream);
    const bool is_chat = delivery.endpoint.mock == Mock::chat;
    if (is_chat && as_stream)
        return mock_stream(context.id, context.model, text, context.created, context.wants_usage);
    if (is_chat) return mock_answer(context.id, context.model, text, context.created);
    const auto whole = mock_completion(context.id, context.model, text, context.created);
    return as_stream ? "data: " + whole + "\n\ndata: [DONE]\n\n" : whole;
}

}  // namespace

http::awaitable<Result<>> relay_mock(Delivery delivery) {
    auto& [sent, incoming, endpoint, config, services, client, record] = delivery;
    record.upstream_ended();
    if (endpoint.mock == Mock::none) {
        co_return fail(ErrorKind::bad_request,
                       "The model '" + incoming->model +
                           "' is a mock: it answers chats and completions alone.",
                       "model", "unsupported_endpoint");
    }
    if (!wire::json::is_valid(incoming->body)) {
        co_return fail(ErrorKind::bad_request, "The request's body is not a valid JSON object.", {},
                       "invalid_json");
    }
    const std::string& text = *sent.backend->upstream.target().mock_response;
    if (auto error = raised_by(text)) co_return std::unexpected(std::move(*error));

    const auto body = body_of(delivery, text);
    keep_response(delivery, body, incoming->is_streaming);
    const auto headers = headers_of(delivery, incoming->is_streaming);
    record.usage = mock_usage();
    record.finish_reason = "stop";
    record.first_byte();
    const std::array<std::string_view, 1> pieces{body};
    if (!co_await send_whole(client, headers, pieces, incoming->is_streaming))
        co_return fail(ErrorKind::client_left, "The client has left.");
    co_return Result<>();
}

}  // namespace router::gateway
