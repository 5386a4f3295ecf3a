#include "gemini_fixture.hpp"

namespace router::dialects::gemini {
namespace {

Error decoded(int status, std::string_view body) {
    return dialect().decode_error(status, body, "Acme");
}

TEST(GeminiError, ReadsHowLongToWaitFromTheDetails) {
    const auto error = decoded(429, R"({"error":{"code":429,"message":"Quota exceeded.",
        "status":"RESOURCE_EXHAUSTED","details":[
        {"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"PerMinute"}]},
        {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7.2s"}]}})");
    EXPECT_EQ(error.status, 429);
    EXPECT_EQ(error.message, "Quota exceeded.");
    EXPECT_EQ(error.type, "RESOURCE_EXHAUSTED");
    EXPECT_EQ(error.retry_after, "8");
    EXPECT_EQ(error.kind, ErrorKind::upstream_refused);
}

TEST(GeminiError, ReadsHowLongToWaitInEveryForm) {
    EXPECT_EQ(
        decoded(429,
                R"({"error":{"message":"m","details":[{"retryDelay":{"seconds":"3","nanos":1}}]}})")
            .retry_after,
        "4");
    EXPECT_EQ(decoded(429, R"({"error":{"message":"Please retry in 12.5s."}})").retry_after, "13");
    EXPECT_EQ(decoded(429, R"({"error":{"message":"Please retry in 80.1ms."}})").retry_after, "1");
    EXPECT_EQ(decoded(429, R"({"error":{"message":"Please retry in a while."}})").retry_after, "");
}

TEST(GeminiError, TakesARefusedKeyForWhatItIs) {
    const auto error = decoded(
        400, R"([{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.",
        "status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}])");
    EXPECT_EQ(error.status, 401);
    EXPECT_EQ(error.code, "API_KEY_INVALID");
    EXPECT_EQ(dialect().error_status(error), 500);  // our key is not the client's fault
}

TEST(GeminiError, KnowsThatTheConversationIsTooLong) {
    EXPECT_EQ(
        decoded(
            400,
            R"({"error":{"code":400,"message":"The input token count (9) exceeds the maximum number of tokens allowed (8)."}})")
            .code,
        "context_length_exceeded");
}

TEST(GeminiError, TakesTheStatusOfAnErrorThatCameAsAnAnswer) {
    EXPECT_EQ(
        decoded(200, R"({"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}})")
            .status,
        503);
    EXPECT_EQ(decoded(200, R"({"error":{"message":"odd"}})").status, 502);
}

TEST(GeminiError, NamesTheFieldAtFault) {
    EXPECT_EQ(
        decoded(
            400,
            R"({"error":{"message":"bad","details":[{"fieldViolations":[{"field":"contents[0].role","description":"x"}]}]}})")
            .param,
        "contents[0].role");
}

TEST(GeminiError, ReadsWhatIsNoneOfGooglesForms) {
    EXPECT_EQ(decoded(401, R"({"error":"invalid_grant","error_description":"Bad token"})").message,
              "Bad token");
    EXPECT_EQ(decoded(500, R"("just words")").message, "just words");
    EXPECT_EQ(decoded(502, "<html><head><title>502 Bad Gateway</title></head><body>x</body></html>")
                  .message,
              "Acme answered with status 502: 502 Bad Gateway");
    EXPECT_EQ(decoded(503, "no healthy upstream").message,
              "Acme answered with status 503: no healthy upstream");
    EXPECT_EQ(decoded(503, "").message, "Acme answered with status 503 and said nothing more.");
    EXPECT_EQ(decoded(503, "{}").message, "Acme answered with status 503: {}");
}

Error refused(int status, std::string retry_after = {}) {
    Error error{.kind = ErrorKind::upstream_refused, .message = "m"};
    error.status = status;
    error.retry_after = std::move(retry_after);
    return error;
}

TEST(GeminiError, WritesGooglesStatusForEveryUpstreams) {
    const std::vector<std::pair<int, int>> pairs{
        {400, 400}, {401, 500}, {402, 429}, {403, 500}, {404, 404}, {408, 504}, {413, 400},
        {422, 400}, {429, 429}, {500, 500}, {502, 500}, {503, 503}, {504, 504}, {529, 503}};
    for (const auto& [upstream, ours] : pairs)
        EXPECT_EQ(dialect().error_status(refused(upstream)), ours) << upstream;
    EXPECT_EQ(dialect().error_status({.kind = ErrorKind::unauthorized, .message = "m"}), 401);
    EXPECT_EQ(dialect().error_status({.kind = ErrorKind::upstream_broken, .message = "m"}), 500);
}

TEST(GeminiError, WritesHowLongToWait) {
    EXPECT_EQ(
        dialect().encode_error(refused(429, "34")),
        R"({"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}})");
    EXPECT_EQ(dialect().encode_error(refused(404)),
              R"({"error":{"code":404,"message":"m","status":"NOT_FOUND"}})");
    EXPECT_EQ(dialect().encode_error(refused(429, "Wed, 21 Oct 2026 07:28:00 GMT")),
              R"({"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}})");
}

}  // namespace
}  // namespace router::dialects::gemini
