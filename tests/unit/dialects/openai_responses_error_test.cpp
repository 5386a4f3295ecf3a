#include "openai_responses_fixture.hpp"

namespace router::dialects::openai_responses {
namespace {

Error decoded(int status, std::string_view body) {
    return dialect().decode_error(status, body, "acme");
}

TEST(ResponsesError, IsReadInEveryShape) {
    const auto openai =
        decoded(400, R"({"error":{"message":"m","type":"t","param":"p","code":"c"}})");
    EXPECT_EQ(openai.message, "m");
    EXPECT_EQ(openai.type, "t");
    EXPECT_EQ(openai.param, "p");
    EXPECT_EQ(openai.code, "c");
    EXPECT_EQ(openai.status, 400);
    const auto xai = decoded(
        400,
        R"({"code":"Client specified an invalid argument","error":"Model does not support it"})");
    EXPECT_EQ(xai.message, "Model does not support it");
    EXPECT_EQ(xai.code, "Client specified an invalid argument");
    EXPECT_EQ(decoded(422, R"({"detail":[{"loc":["body"],"msg":"field required"}]})").message,
              "field required");
    EXPECT_EQ(decoded(500, R"([{"error":{"message":"in a list"}}])").message, "in a list");
    EXPECT_EQ(decoded(400, R"({"error":{"code":400,"message":"m"}})").code, "400");
    EXPECT_EQ(decoded(502, "<html><title>Bad gateway</title></html>").message,
              "acme answered with status 502: Bad gateway");
    EXPECT_EQ(decoded(503, "").message, "acme answered with status 503 and said nothing more.");
    EXPECT_EQ(decoded(400, "No tool output found for tool call").message,
              "acme answered with status 400: No tool output found for tool call");
}

TEST(ResponsesError, SaysHowLongToWait) {
    const auto wait = [](std::string_view text) {
        return decoded(429, R"({"error":{"message":")" + std::string(text) + "\"}}").retry_after;
    };
    EXPECT_EQ(wait("Please try again in 7.66s."), "8");
    EXPECT_EQ(wait("Please try again in 120ms."), "1");
    EXPECT_EQ(wait("Please try again in 6m0s."), "360");
    EXPECT_EQ(wait("Please try again in 20 seconds."), "20");
    EXPECT_EQ(wait("Please try again in a while"), "");
    EXPECT_EQ(wait("You exceeded your quota"), "");
}

TEST(ResponsesError, TakesItsStatusFromTheCodeWhereTheAnswerHasNone) {
    EXPECT_EQ(decoded(200, R"({"error":{"message":"m","code":"rate_limit_exceeded"}})").status,
              429);
    EXPECT_EQ(decoded(200, R"({"error":{"message":"m","code":"insufficient_quota"}})").status, 429);
    EXPECT_EQ(decoded(200, R"({"error":{"message":"m","code":529}})").status, 529);
    EXPECT_EQ(decoded(200, R"({"error":{"message":"m"}})").status, 502);
}

TEST(ResponsesError, IsWrittenAsOpenAIWritesIt) {
    EXPECT_EQ(
        dialect().encode_error(
            {.kind = ErrorKind::bad_request, .message = "a \"b\"", .param = "input"}),
        R"({"error":{"message":"a \"b\"","type":"invalid_request_error","param":"input","code":null}})");
    EXPECT_EQ(dialect().error_status({.message = {}, .status = 529}), 503);
    EXPECT_EQ(dialect().error_status({.message = {}, .status = 402}), 429);
    EXPECT_EQ(dialect().error_status({.kind = ErrorKind::bad_request, .message = {}}), 400);
}

}  // namespace
}  // namespace router::dialects::openai_responses
