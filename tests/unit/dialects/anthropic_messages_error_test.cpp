#include "dialects/anthropic_messages/error.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "anthropic_messages_fixture.hpp"

namespace router::dialects::anthropic_messages {
namespace {

Error upstream(int status, std::string message = "x", std::string code = {}) {
    return {.kind = ErrorKind::upstream_refused,
            .message = std::move(message),
            .code = std::move(code),
            .status = status};
}

TEST(AnthropicError, GivesEachStatusItsType) {
    const std::vector<std::tuple<Error, int, std::string>> cases{
        {upstream(400), 400, "invalid_request_error"},
        {upstream(401), 500, "api_error"},
        {upstream(403), 500, "api_error"},
        {upstream(402), 402, "billing_error"},
        {upstream(429, "x", "insufficient_quota"), 402, "billing_error"},
        {upstream(404), 404, "not_found_error"},
        {upstream(408), 504, "timeout_error"},
        {upstream(409), 409, "conflict_error"},
        {upstream(413), 413, "request_too_large"},
        {upstream(422), 400, "invalid_request_error"},
        {upstream(424), 500, "api_error"},
        {upstream(429), 429, "rate_limit_error"},
        {upstream(498), 529, "overloaded_error"},
        {upstream(500), 500, "api_error"},
        {upstream(502), 500, "api_error"},
        {upstream(503), 529, "overloaded_error"},
        {upstream(504), 504, "timeout_error"},
        {upstream(529), 529, "overloaded_error"},
        {{.kind = ErrorKind::unauthorized, .message = "x"}, 401, "authentication_error"},
        {{.kind = ErrorKind::forbidden, .message = "x"}, 403, "permission_error"},
        {{.kind = ErrorKind::upstream_broken, .message = "x"}, 500, "api_error"},
        {{.kind = ErrorKind::upstream_timeout, .message = "x"}, 504, "timeout_error"}};
    for (const auto& [error, status, type] : cases) {
        EXPECT_EQ(error_status(error), status);
        EXPECT_NE(encode_error(error).find(R"({"type":"error","error":{"type":")" + type + "\""),
                  std::string::npos)
            << encode_error(error);
        EXPECT_TRUE(wire::json::is_valid(encode_error(error)));
    }
}

TEST(AnthropicError, SaysInItsOwnWordsThatAPromptIsTooLong) {
    const std::vector<std::pair<std::string, std::string>> words{
        {"This model's maximum context length is 128000 tokens. However, your messages resulted "
         "in 130123 tokens.",
         "prompt is too long: 130123 tokens > 128000 maximum"},
        {"The input token count (1,048,577) exceeds the maximum number of tokens allowed "
         "(1048576).",
         "prompt is too long: 1048577 tokens > 1048576 maximum"},
        {"Your input exceeds the context window of this model.",
         "prompt is too long: Your input exceeds the context window of this model."},
        {"prompt is too long: 5 tokens > 4 maximum", "prompt is too long: 5 tokens > 4 maximum"},
        {"max_tokens is wrong", "max_tokens is wrong"}};
    for (const auto& [text, shown] : words) {
        EXPECT_NE(encode_error(upstream(400, text)).find("\"message\":\"" + shown + "\""),
                  std::string::npos)
            << encode_error(upstream(400, text));
    }
}

}  // namespace
}  // namespace router::dialects::anthropic_messages
