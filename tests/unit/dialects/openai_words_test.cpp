#include "dialects/openai_words.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "dialects/registry.hpp"
#include "dialects/upstream_error.hpp"
#include "wire/json.hpp"

namespace router::dialects {
namespace {

Error refused(int status, std::string type = {}, std::string code = {}) {
    return {.kind = ErrorKind::upstream_refused,
            .message = "m",
            .code = std::move(code),
            .type = std::move(type),
            .status = status};
}

std::string written(std::string_view type, std::string_view code) {
    return R"({"error":{"message":"m","type":")" + std::string(type) + R"(","param":null,"code":)" +
           (code.empty() ? "null" : "\"" + std::string(code) + "\"") + "}}";
}

struct Told {
    Error error{};
    int status = 0;
    std::string type{}, code{};
};

TEST(OpenAiWords, TellEveryUpstreamsErrorToOpenAisClients) {
    const std::vector<Told> cases{
        {refused(400), 400, "invalid_request_error"},
        {refused(401), 401, "authentication_error"},
        {refused(403), 403, "permission_error"},
        {refused(402), 429, "rate_limit_error", "insufficient_quota"},
        {refused(402, "unknown_error", "invalid_request_error"), 429, "unknown_error",
         "insufficient_quota"},
        {refused(402, "billing_error"), 429, "billing_error", "insufficient_quota"},
        {refused(404, "not_found_error"), 404, "invalid_request_error", "model_not_found"},
        {refused(404, "NOT_FOUND"), 404, "invalid_request_error", "model_not_found"},
        {refused(408), 504, "timeout_error"},
        {refused(409), 409, "invalid_request_error"},
        {refused(413, "request_too_large"), 413, "invalid_request_error"},
        {refused(422), 422, "invalid_request_error"},
        {refused(424), 502, "server_error"},
        {refused(429), 429, "rate_limit_error", "rate_limit_exceeded"},
        {refused(429, "rate_limit_error"), 429, "rate_limit_error", "rate_limit_exceeded"},
        {refused(429, "RESOURCE_EXHAUSTED", "own"), 429, "rate_limit_error", "own"},
        {refused(429, "ThrottlingException"), 429, "rate_limit_error", "rate_limit_exceeded"},
        {refused(498), 503, "server_error"},
        {refused(500, "api_error"), 500, "server_error"},
        {refused(500, "INTERNAL"), 500, "server_error"},
        {refused(502), 502, "server_error"},
        {refused(503, "UNAVAILABLE"), 503, "server_error", "overloaded"},
        {refused(504, "DEADLINE_EXCEEDED"), 504, "timeout_error"},
        {refused(520), 502, "server_error"},
        {refused(529, "overloaded_error"), 503, "overloaded_error", "overloaded"},
        {refused(529, "their_type", "their_code"), 503, "their_type", "their_code"},
        {{.kind = ErrorKind::upstream_broken, .message = "m"}, 502, "upstream_error"},
        {{.kind = ErrorKind::request_timeout, .message = "m"}, 408, "timeout_error"},
        {{.kind = ErrorKind::internal, .message = "m"}, 500, "server_error"},
    };
    using enum canonical::DialectId;
    for (const auto id : {openai_chat, openai_responses}) {
        for (const auto& [error, status, type, code] : cases) {
            EXPECT_EQ(dialect(id).error_status(error), status) << error.status << error.type;
            EXPECT_EQ(dialect(id).encode_error(error), written(type, code)) << error.status;
        }
    }
}

TEST(OpenAiWords, StandForAStatus) {
    EXPECT_EQ(status_of_word("slow_down"), 503);
    EXPECT_EQ(status_of_word("PERMISSION_DENIED"), 403);
    EXPECT_EQ(status_of_word("nobody's word"), 0);
    EXPECT_EQ(status_of_word(""), 0);
}

TEST(OpenAiWords, MakeAnErrorWithEveryMember) {
    EXPECT_EQ(
        openai_error({.kind = ErrorKind::not_found,
                      .message = "no \"such\" model\n",
                      .detail = "secret",
                      .param = "model",
                      .code = "model_not_found"}),
        R"({"error":{"message":"no \"such\" model\n","type":"invalid_request_error","param":"model","code":"model_not_found"}})");
}

TEST(OpenAiWords, AreReadBackTheSame) {
    const auto text =
        openai_error({.kind = ErrorKind::unauthorized, .message = "no\xFF key \xF0\x9F\x94\x91"});
    ASSERT_TRUE(wire::json::is_valid(text)) << text;
    const auto read = decode_upstream_error(401, text, "acme");
    EXPECT_EQ(read.message, "no\xEF\xBF\xBD key \xF0\x9F\x94\x91");
    EXPECT_EQ(read.type, "authentication_error");
}

}  // namespace
}  // namespace router::dialects
