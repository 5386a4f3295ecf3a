#include "gateway/mock.hpp"

#include <array>
#include <ctime>
#include <optional>

#include "dialects/openai_chat/answer.hpp"
#include "gateway/answer_headers.hpp"
#include "wire/json.hpp"

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

std::string body_of(const Endpoint& endpoint, const Incoming& incoming, std::string_view id,
                    std::string_view text, bool with_usage) {
    const std::int64_t now = std::time(nullptr);
    const bool is_chat = endpoint.mock == Mock::chat;
    if (is_chat && incoming.is_streaming)
        return mock_stream(id, incoming.model, text, now, with_usage);
    if (is_chat) return mock_answer(id, incoming.model, text, now);
    const auto whole = mock_completion(id, incoming.model, text, now);
    return incoming.is_streaming ? "data: " + whole + "\n\ndata: [DONE]\n\n" : whole;
}

}  // namespace

http::awaitable<Result<>> relay_mock(const Sent& sent, const Incoming& incoming,
                                     const Endpoint& endpoint, http::Exchange& client,
                                     accounting::CallRecord& record) {
    record.upstream_ended();
    if (endpoint.mock == Mock::none) {
        co_return fail(
            ErrorKind::bad_request,
            "The model '" + incoming.model + "' is a mock: it answers chats and completions alone.",
            "model", "unsupported_endpoint");
    }
    if (!wire::json::is_valid(incoming.body)) {
        co_return fail(ErrorKind::bad_request, "The request's body is not a valid JSON object.", {},
                       "invalid_json");
    }
    const std::string& text = *sent.backend->upstream.target().mock_response;
    if (auto error = raised_by(text)) co_return std::unexpected(std::move(*error));

    const auto body = body_of(endpoint, incoming, record.id(), text, incoming.wants_usage);
    const auto headers = answer_headers(
        incoming.is_streaming ? "text/event-stream; charset=utf-8" : "application/json", sent,
        nullptr, record);
    record.usage = mock_usage();
    record.finish_reason = "stop";
    record.first_byte();
    const std::array<std::string_view, 1> pieces{body};
    bool is_sent = true;
    if (incoming.is_streaming) {
        if (!client.has_begun()) client.begin(200, headers);  // heartbeats may have begun it
        is_sent = client.write(body, true) || co_await client.flush();
    } else {
        is_sent = co_await client.respond(200, headers, pieces);
    }
    if (!is_sent) co_return fail(ErrorKind::client_left, "The client has left.");
    co_return Result<>();
}

}  // namespace router::gateway
