#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "../wire/feeding.hpp"
#include "canonical/answer.hpp"
#include "dialects/registry.hpp"
#include "golden.hpp"

// What a client is told of an upstream's error, whichever dialects the two speak: before an answer
// has begun, and within a stream.
namespace router::dialects {
namespace {

using enum DialectId;

class Deaf : public canonical::EventSink {
 public:
    void take(const canonical::Event&) override {}
};

// An error as an event of an upstream's stream.
struct Sent {
    DialectId dialect;
    std::string_view name, data;
};

Error error_in_stream(const Sent& sent) {
    const auto decoder = dialect(sent.dialect).stream_decoder();
    const Padded data(sent.data);
    Deaf deaf;
    const auto decoded = decoder->decode({.name = sent.name, .data = data, .has_data = true}, deaf);
    EXPECT_FALSE(decoded) << sent.data;
    return decoded ? Error{} : decoded.error();
}

std::string told_in_stream(DialectId client, const Error& error) {
    std::string out;
    dialect(client).stream_encoder({.model = "m", .id = "x"})->fail(error, out);
    return out;
}

// What stands in the error that a client gets: its status, and a part of its body.
struct Told {
    int status;
    std::string_view part;
};
struct Row {
    int status;
    std::string_view body;
    Told openai, anthropic, gemini;
};

TEST(ErrorsBetweenDialects, HaveTheStatusAndTheWordOfTheClientsDialect) {
    constexpr std::string_view empty;
    const std::vector<Row> rows{
        {400,
         R"({"message":"Malformed input","__type":"ValidationException"})",
         {400, R"("type":"invalid_request_error")"},
         {400, R"("type":"invalid_request_error")"},
         {400, R"("status":"INVALID_ARGUMENT")"}},
        {400,
         R"({"error":{"message":"maximum context length is 4000 tokens, you asked for 5000"}})",
         {400, R"("code":"context_length_exceeded")"},
         {400, "prompt is too long: 5000 tokens > 4000 maximum"},
         {400, R"("status":"INVALID_ARGUMENT")"}},
        {401,
         empty,
         {401, R"("type":"authentication_error")"},
         {500, R"("type":"api_error")"},
         {500, R"("status":"INTERNAL")"}},
        {403,
         R"({"error":{"status":"PERMISSION_DENIED","message":"m"}})",
         {403, R"("type":"permission_error")"},
         {500, R"("type":"api_error")"},
         {500, R"("status":"INTERNAL")"}},
        {402,
         R"({"error":{"message":"Insufficient Balance","type":"unknown_error"}})",
         {429, R"("code":"insufficient_quota")"},
         {402, R"("type":"billing_error")"},
         {429, R"("status":"RESOURCE_EXHAUSTED")"}},
        {429,
         R"({"error":{"message":"m","type":"insufficient_quota","code":"insufficient_quota"}})",
         {429, R"("code":"insufficient_quota")"},
         {402, R"("type":"billing_error")"},
         {429, R"("status":"RESOURCE_EXHAUSTED")"}},
        {404,
         R"({"type":"error","error":{"type":"not_found_error","message":"model: X"}})",
         {404, R"("code":"model_not_found")"},
         {404, R"("type":"not_found_error")"},
         {404, R"("status":"NOT_FOUND")"}},
        {408,
         empty,
         {504, R"("type":"timeout_error")"},
         {504, R"("type":"timeout_error")"},
         {504, R"("status":"DEADLINE_EXCEEDED")"}},
        {504,
         R"([{"error":{"code":504,"status":"DEADLINE_EXCEEDED","message":"m"}}])",
         {504, R"("type":"timeout_error")"},
         {504, R"("type":"timeout_error")"},
         {504, R"("status":"DEADLINE_EXCEEDED")"}},
        {413,
         R"({"error":{"type":"request_too_large","message":"m"}})",
         {413, R"("type":"invalid_request_error")"},
         {413, R"("type":"request_too_large")"},
         {400, R"("status":"INVALID_ARGUMENT")"}},
        {429,
         R"({"error":{"message":"try again in 7.66s"}})",
         {429, R"("code":"rate_limit_exceeded")"},
         {429, R"("type":"rate_limit_error")"},
         {429, R"("retryDelay":"8s")"}},
        {503,
         R"({"error":"busy"})",
         {503, R"("type":"server_error")"},
         {529, R"("type":"overloaded_error")"},
         {503, R"("status":"UNAVAILABLE")"}},
        {529,
         R"({"type":"error","error":{"type":"overloaded_error","message":"m"}})",
         {503, R"("code":"overloaded")"},
         {529, R"("type":"overloaded_error")"},
         {503, R"("status":"UNAVAILABLE")"}},
        {500,
         "<html><title>Oops</title></html>",
         {500, R"("type":"server_error")"},
         {500, R"("type":"api_error")"},
         {500, R"("status":"INTERNAL")"}},
        {502,
         empty,
         {502, R"("type":"server_error")"},
         {500, R"("type":"api_error")"},
         {500, R"("status":"INTERNAL")"}},
    };
    for (const auto& row : rows) {
        const auto error = decode_upstream_error(row.status, row.body, "acme");
        for (const auto client : all_dialects) {
            SCOPED_TRACE(std::string(name_of(client)) + " " + std::to_string(row.status) + " " +
                         std::string(row.body));
            const auto& told = client == anthropic_messages  ? row.anthropic
                               : client == DialectId::gemini ? row.gemini
                                                             : row.openai;
            EXPECT_EQ(dialect(client).error_status(error), told.status);
            const auto body = dialect(client).encode_error(error);
            EXPECT_TRUE(body.contains(told.part)) << body;
        }
    }
}

// The wait stands in the text, in a member, or in Google's details.
TEST(ErrorsBetweenDialects, KeepTheirMeaningAndTheWaitWithinAStream) {
    const std::vector<Sent> limits{
        {openai_chat, "",
         R"({"error":{"message":"Try again in 7.66s.","type":"tokens","code":"rate_limit_exceeded"}})"},
        {openai_chat, "",
         R"({"id":"1","error":{"message":"m","code":429,"metadata":{"retry_after_seconds":8}},"choices":[]})"},
        {openai_chat, "",
         R"([{"error":{"code":429,"message":"m","details":[{"retryDelay":"8s"}]}}])"},
        {openai_chat, "error",
         R"({"error":{"message":"try again in 8s","type":"rate_limit_error"}})"},
        {openai_responses, "error",
         R"({"type":"error","sequence_number":2,"error":{"type":"tokens","code":"rate_limit_exceeded","message":"Please try again in 7.66s."}})"},
        {openai_responses, "error",
         R"({"type":"error","code":"rate_limit_exceeded","message":"Please try again in 8s.","param":null})"},
        {openai_responses, "error",
         R"({"type":"error","code":"rate_limit_exceeded","error":"Please try again in 8s."})"},
        {openai_responses, "response.failed",
         R"({"type":"response.failed","response":{"status":"failed","error":{"code":"rate_limit_exceeded","message":"Please try again in 8s."}}})"},
        {anthropic_messages, "error",
         R"({"type":"error","error":{"type":"rate_limit_error","message":"Try again in 8 seconds"}})"},
        {DialectId::gemini, "",
         R"({"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"@type":"x/google.rpc.RetryInfo","retryDelay":"7.2s"}]}})"},
        {bedrock_converse, "error",
         R"({"type":"error","error":{"type":"rate_limit_error","message":"try again in 8s"}})"},
    };
    for (const auto& sent : limits) {
        SCOPED_TRACE(sent.data);
        const auto error = error_in_stream(sent);
        EXPECT_EQ(error.status, 429);
        EXPECT_EQ(error.retry_after, "8");
        EXPECT_TRUE(told_in_stream(openai_chat, error).contains(R"("code":"rate_limit_exceeded")"));
        const auto response = told_in_stream(openai_responses, error);
        EXPECT_TRUE(response.contains(R"("code":"rate_limit_exceeded")")) << response;
        EXPECT_TRUE(response.contains("ry again in ")) << response;
        EXPECT_TRUE(
            told_in_stream(anthropic_messages, error).contains(R"("type":"rate_limit_error")"));
        const auto response_of_google = told_in_stream(DialectId::gemini, error);
        EXPECT_TRUE(response_of_google.contains(R"("retryDelay":"8s")")) << response_of_google;
    }
}

TEST(ErrorsBetweenDialects, SayThatAnUpstreamIsOverloadedWithinAStream) {
    const std::vector<Sent> overloads{
        {openai_chat, "", R"({"error":{"message":"m","type":"overloaded_error"}})"},
        {openai_chat, "", R"({"error":{"message":"m","code":503}})"},
        {openai_responses, "error",
         R"({"type":"error","error":{"code":"server_is_overloaded","message":"m"}})"},
        {anthropic_messages, "error",
         R"({"type":"error","error":{"type":"overloaded_error","message":"m"}})"},
        {DialectId::gemini, "", R"({"error":{"code":503,"message":"m","status":"UNAVAILABLE"}})"},
        {bedrock_converse, "error",
         R"({"type":"error","error":{"type":"overloaded_error","message":"m"}})"},
    };
    for (const auto& sent : overloads) {
        SCOPED_TRACE(sent.data);
        const auto error = error_in_stream(sent);
        EXPECT_TRUE(
            told_in_stream(anthropic_messages, error).contains(R"("type":"overloaded_error")"));
        EXPECT_TRUE(told_in_stream(DialectId::gemini, error).contains(R"("status":"UNAVAILABLE")"));
        EXPECT_EQ(dialect(openai_chat).error_status(error), 503);
    }
}

}  // namespace
}  // namespace router::dialects
