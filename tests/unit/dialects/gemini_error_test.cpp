#include "gemini_fixture.hpp"

namespace router::dialects::gemini {
namespace {

Error refused(int status, std::string retry_after = {}) {
    Error error{.kind = ErrorKind::upstream_refused, .message = "m"};
    error.status = status;
    error.retry_after = std::move(retry_after);
    return error;
}

TEST(GeminiError, WritesGooglesStatusForEveryUpstreams) {
    const std::vector<std::pair<int, int>> pairs{{400, 400}, {401, 500}, {402, 429}, {403, 500},
                                                 {404, 404}, {408, 504}, {413, 400}, {422, 400},
                                                 {424, 500}, {429, 429}, {498, 503}, {500, 500},
                                                 {502, 500}, {503, 503}, {504, 504}, {529, 503}};
    for (const auto& [upstream, ours] : pairs)
        EXPECT_EQ(dialect().error_status(refused(upstream)), ours) << upstream;
    EXPECT_EQ(dialect().error_status({.kind = ErrorKind::unauthorized, .message = "m"}), 401);
    EXPECT_EQ(dialect().error_status({.kind = ErrorKind::upstream_broken, .message = "m"}), 500);
}

TEST(GeminiError, WritesHowLongToWait) {
    EXPECT_EQ(
        dialect().encode_error(refused(429, "34")),
        R"({"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}})");
    auto spent = refused(429, "34");
    spent.code = "insufficient_quota";
    EXPECT_EQ(dialect().encode_error(spent),
              R"({"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}})");
    EXPECT_EQ(dialect().encode_error(refused(404)),
              R"({"error":{"code":404,"message":"m","status":"NOT_FOUND"}})");
    EXPECT_EQ(dialect().encode_error(refused(429, "Wed, 21 Oct 2026 07:28:00 GMT")),
              R"({"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}})");
}

TEST(GeminiError, KeepsWhichLimitWasMet) {
    const Padded body(
        R"({"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[)"
        "{\n"
        R"("@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"PerDay"}]},)"
        R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}})");
    const auto error = dialect().decode_error(429, body, "gemini");
    EXPECT_EQ(error.retry_after, "34");
    EXPECT_EQ(
        dialect().encode_error(error),
        R"({"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{ "@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"PerDay"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}})");
}

}  // namespace
}  // namespace router::dialects::gemini
