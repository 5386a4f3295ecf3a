#include "dialects/upstream_error.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "wire/utf8.hpp"

namespace router::dialects {
namespace {

Error said(int status, std::string_view body) {
    return decode_upstream_error(status, body, "acme");
}

std::string in_error(std::string_view members) {
    return "{\"error\":{" + std::string(members) + "}}";
}

// One upstream's error, and what is to be read of it.
struct Case {
    int status = 400;
    std::string body{};
    std::string message{};
    std::string type{}, code{}, param{}, wait{};
    int shown = 0;  // the status; 0: the answer's own
};

void expect_read(const std::vector<Case>& cases) {
    for (const auto& one : cases) {
        SCOPED_TRACE(one.body);
        const auto error = said(one.status, one.body);
        EXPECT_EQ(error.kind, ErrorKind::upstream_refused);
        EXPECT_EQ(error.status, one.shown == 0 ? one.status : one.shown);
        EXPECT_EQ(error.message, one.message);
        EXPECT_EQ(error.type, one.type);
        EXPECT_EQ(error.code, one.code);
        EXPECT_EQ(error.param, one.param);
        EXPECT_EQ(error.retry_after, one.wait);
    }
}

TEST(UpstreamError, IsReadInEveryProvidersShape) {
    expect_read({
        // OpenAI
        {.body = in_error(R"("message":"not supported","type":"invalid_request_error",)"
                          R"("param":"max_tokens","code":"unsupported_parameter")"),
         .message = "not supported",
         .type = "invalid_request_error",
         .code = "unsupported_parameter",
         .param = "max_tokens"},
        {.body = in_error(R"("message":"m","type":null,"param":null,"code":null)"), .message = "m"},
        // Anthropic
        {.status = 429,
         .body =
             R"({"type":"error","error":{"type":"rate_limit_error","message":"slow","details":{"error_code":"enforced_spend_limit_reached"}},"request_id":"req_1"})",
         .message = "slow",
         .type = "rate_limit_error",
         .code = "enforced_spend_limit_reached"},
        // Google, and its list
        {.status = 429,
         .body =
             R"([{"error":{"code":429,"message":"Quota exceeded.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"PerMinute"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7.2s"}]}}])",
         .message = "Quota exceeded.",
         .type = "RESOURCE_EXHAUSTED",
         .wait = "8"},
        {.body =
             R"({"error":{"message":"bad","status":"INVALID_ARGUMENT","details":[{"fieldViolations":[{"field":"contents[0].role","description":"x"},{"field":"other"}]}]}})",
         .message = "bad",
         .type = "INVALID_ARGUMENT",
         .param = "contents[0].role"},
        {.status = 401,
         .body = R"({"error":"invalid_grant","error_description":"Bad token"})",
         .message = "Bad token",
         .code = "invalid_grant"},
        // Amazon
        {.body = R"({"message":"The model is not there"})", .message = "The model is not there"},
        {.status = 403, .body = R"({"Message":"No access"})", .message = "No access"},
        {.body = R"({"__type":"com.amazon#ValidationException","Message":"Input is too long."})",
         .message = "Input is too long.",
         .type = "ValidationException",
         .code = "context_length_exceeded"},
        {.status = 429,
         .body = R"({"__type":"com.amazon.coral#ThrottlingException","message":"Too many"})",
         .message = "Too many",
         .type = "ThrottlingException"},
        // xAI
        {.body = R"({"code":"Client specified an invalid argument","error":"No such field"})",
         .message = "No such field",
         .code = "Client specified an invalid argument"},
        // Ollama
        {.status = 404, .body = R"({"error":"model not loaded"})", .message = "model not loaded"},
        // Mistral, FastAPI
        {.status = 401,
         .body = R"({"object":"error","message":"bad key","type":"auth","param":null,"code":1000})",
         .message = "bad key",
         .type = "auth",
         .code = "1000"},
        {.status = 422,
         .body =
             R"({"detail":[{"loc":["body","messages",0,"role"],"msg":"wrong","type":"enum"},{"msg":"second"}]})",
         .message = "wrong",
         .type = "enum",
         .param = "messages.0.role"},
        {.status = 404, .body = R"({"detail":"Not Found"})", .message = "Not Found"},
        // OpenRouter
        {.status = 429,
         .body =
             R"({"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"{\"error\":{\"message\":\"slow down\"}}","provider_name":"X","error_type":"rate_limit_exceeded"}},"user_id":"u"})",
         .message = "Provider returned error: slow down",
         .type = "rate_limit_exceeded"},
        {.status = 502,
         .body = in_error(R"("message":"Provider returned error","metadata":{"raw":"no JSON"})"),
         .message = "Provider returned error: no JSON"},
        // anyone
        {.status = 500, .body = R"("just words")", .message = "just words"},
        {.status = 500,
         .body = "upstream connect error",
         .message = "acme answered with status 500: upstream connect error"},
        {.status = 502,
         .body = "<html><head><title>Bad Gateway</title></head><body>nginx</body></html>",
         .message = "acme answered with status 502: Bad Gateway"},
        {.status = 503,
         .body = " \r\n",
         .message = "acme answered with status 503 and said nothing more."},
        {.status = 503, .body = "{}", .message = "acme answered with status 503: {}"},
    });
}

TEST(UpstreamError, IsFoundInOddPlaces) {
    expect_read({
        {.body = R"({"error":{"message":"inner"},"message":"outer"})", .message = "inner"},
        {.body = R"({"detail":"less","message":"more"})", .message = "more"},
        {.body = R"({"detail":{"error":"deep"}})", .message = "deep"},
        {.body = R"({"error":{"message":{"message":"two deep"}}})", .message = "two deep"},
        {.body = R"({"errors":[{"message":"first"},{"message":"second"}]})", .message = "first"},
        {.body = R"({"status":"failed","error":{"message":"of a response"}})",
         .message = "of a response"},
        {.body = R"({"choices":[{"index":0,"error":{"message":"of a choice"}}]})",
         .message = "of a choice"},
        {.body = in_error(R"("message":"a\n\"b\" \u00e4")"), .message = "a\n\"b\" \xC3\xA4"},
    });
}

TEST(UpstreamError, AlwaysHasAMessageThatIsText) {
    for (
        const std::string_view body :
        {"null", "{}", "[]", "\"\"", "1", R"({"error":null})", R"({"error":{}})", R"({"error":""})",
         R"({"error":{"message":""}})", R"({"error":[]})", R"([[[[[[[[["deep"]]]]]]]]])",
         "\xFF\xFE", "<html>", "{\"error\":",
         R"({"details":{"details":{"details":{"details":{"details":{"details":{"details":1}}}}}}})"}) {
        const auto message = said(400, body).message;
        EXPECT_NE(message, "") << body;
        EXPECT_TRUE(wire::is_utf8(message)) << body;
    }
    EXPECT_LT(said(500, std::string(100'000, 'x')).message.size(), 2100U);
}

TEST(UpstreamError, TakesItsStatusFromItsWordsWhereItCameWithSuccess) {
    const auto shown = [](std::string_view member) {
        return said(200, in_error("\"message\":\"m\"," + std::string(member))).status;
    };
    const std::vector<std::pair<std::string, int>> statuses{
        {R"("code":429)", 429},
        {R"("code":"503")", 503},
        {R"("code":529)", 529},
        {R"("code":200)", 502},
        {R"("code":1000)", 502},
        {R"("code":"rate_limited")", 502},
        {R"("code":"rate_limit_exceeded")", 429},
        {R"("code":"insufficient_quota")", 429},
        {R"("code":"model_not_found")", 404},
        {R"("code":"invalid_image_url")", 400},
        {R"("code":"empty_image_file")", 400},
        {R"("code":null,"type":"tokens")", 429},
        {R"("type":"invalid_request_error")", 400},
        {R"("type":"authentication_error")", 401},
        {R"("type":"billing_error")", 402},
        {R"("type":"permission_error")", 403},
        {R"("type":"not_found_error")", 404},
        {R"("type":"request_too_large")", 413},
        {R"("type":"rate_limit_error")", 429},
        {R"("type":"api_error")", 500},
        {R"("type":"timeout_error")", 504},
        {R"("type":"overloaded_error")", 529},
        {R"("type":"fancy_error")", 502},
        {R"("status":"RESOURCE_EXHAUSTED")", 429},
        {R"("status":"UNAVAILABLE","code":503)", 503},
        {R"("status":"INTERNAL")", 500},
        {R"("__type":"ServiceUnavailableException")", 503},
        {R"("status":422)", 422},
    };
    for (const auto& [member, status] : statuses) EXPECT_EQ(shown(member), status) << member;
    EXPECT_EQ(said(200, "oops").status, 502);
    EXPECT_EQ(said(429, in_error(R"("message":"m","code":500)")).status, 429);
}

TEST(UpstreamError, SaysHowLongToWaitFromEveryMember) {
    const std::vector<std::pair<std::string, std::string>> waits{
        {R"("details":[{"retryDelay":"34.2s"}])", "35"},
        {R"("details":[{"retryDelay":{"seconds":"3","nanos":1}}])", "4"},
        {R"("details":[{"retry_delay":"2s"}])", "2"},
        {R"("retry_after":5)", "5"},
        {R"("retry_after":"250ms")", "1"},
        {R"("metadata":{"retry_after_seconds":7.5})", "8"},
        {R"("estimated_time":20.5)", "21"},
        {R"("retry_after":0)", ""},
        {R"("retry_after":-1)", ""},
        {R"("retry_after":"soon")", ""},
    };
    for (const auto& [member, seconds] : waits)
        EXPECT_EQ(said(429, in_error("\"message\":\"m\"," + member)).retry_after, seconds)
            << member;
    EXPECT_EQ(said(429, in_error(R"("message":"try again in 7.66s","retry_after":3)")).retry_after,
              "3");
    EXPECT_EQ(said(429, in_error(R"("message":"try again in 7.66s")")).retry_after, "8");
    EXPECT_EQ(said(200, in_error(R"("message":"try again in 7.66s")")).retry_after, "8");
    EXPECT_EQ(said(503, "Please retry after 26 seconds.").retry_after, "26");
}

TEST(UpstreamError, AsksForNoWaitWhereTheMoneyIsSpent) {
    const auto is_spent_with = [](int status, std::string_view members) {
        const auto error =
            said(status, in_error(R"("message":"try again in 5s",)" + std::string(members)));
        EXPECT_EQ(error.retry_after.empty(), is_spent(error)) << members;
        return is_spent(error);
    };
    EXPECT_TRUE(is_spent_with(402, R"("code":null)"));
    EXPECT_TRUE(is_spent_with(429, R"("code":"insufficient_quota")"));
    EXPECT_TRUE(is_spent_with(429, R"("type":"insufficient_quota","code":null)"));
    EXPECT_TRUE(is_spent_with(429, R"("type":"exceeded_current_quota_error")"));
    EXPECT_TRUE(is_spent_with(429, R"("details":{"error_code":"contract_spend_limit_reached"})"));
    EXPECT_FALSE(is_spent_with(429, R"("code":"rate_limit_exceeded")"));
}

TEST(UpstreamError, KnowsThatTheConversationIsTooLong) {
    const auto code_of = [](int status) {
        return said(status, R"({"object":"error","message":"maximum context length is 10."})");
    };
    EXPECT_EQ(code_of(400).code, "context_length_exceeded");
    EXPECT_EQ(code_of(413).code, "context_length_exceeded");
    EXPECT_EQ(code_of(429).code, "");
    EXPECT_EQ(code_of(200).code, "context_length_exceeded");
    EXPECT_EQ(code_of(200).status, 400);
}

TEST(UpstreamError, TakesARefusedKeyForWhatItIs) {
    const auto error = said(
        400,
        R"([{"error":{"code":400,"message":"Some words.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}])");
    EXPECT_EQ(error.status, 401);
    EXPECT_EQ(error.code, "API_KEY_INVALID");
    EXPECT_EQ(said(400, in_error(R"("message":"API key expired. Renew it.")")).status, 401);
}

}  // namespace
}  // namespace router::dialects
