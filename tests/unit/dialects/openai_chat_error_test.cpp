#include "dialects/openai_chat/error.hpp"

#include <gtest/gtest.h>

#include "wire/json.hpp"
#include "wire/utf8.hpp"

namespace router::dialects::openai_chat {
namespace {

std::string message_of(std::string_view body, int status = 400) {
    return decode_error(status, body, "acme").message;
}

// Decoding: the many shapes of an upstream's error

TEST(DecodeError, ReadsOpenAisObject) {
    const auto error = decode_error(
        400,
        R"({"error":{"message":"max_tokens is not supported","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}})",
        "acme");
    EXPECT_EQ(error.kind, ErrorKind::upstream_refused);
    EXPECT_EQ(error.http_status(), 400);
    EXPECT_EQ(error.message, "max_tokens is not supported");
    EXPECT_EQ(error.type, "invalid_request_error");
    EXPECT_EQ(error.param, "max_tokens");
    EXPECT_EQ(error.code, "unsupported_parameter");
}

TEST(DecodeError, TakesNullsForAbsentAndNumbersForText) {
    const auto error = decode_error(
        429, R"({"error":{"message":"slow down","type":null,"param":null,"code":429}})", "acme");
    EXPECT_EQ(error.message, "slow down");
    EXPECT_EQ(error.type, "");
    EXPECT_EQ(error.param, "");
    EXPECT_EQ(error.code, "429");
}

TEST(DecodeError, ReadsAStringInPlaceOfTheObject) {
    EXPECT_EQ(message_of(R"({"error":"model not loaded"})"), "model not loaded");
    EXPECT_EQ(message_of(R"({"error":{"message":"inner"},"message":"outer"})"), "inner");
}

TEST(DecodeError, ReadsAMessageAtTheTop) {
    const auto error = decode_error(
        401, R"({"object":"error","message":"bad key","type":"auth","code":1000})", "acme");
    EXPECT_EQ(error.message, "bad key");
    EXPECT_EQ(error.type, "auth");
    EXPECT_EQ(error.code, "1000");
}

TEST(DecodeError, ReadsDetails) {
    EXPECT_EQ(message_of(R"({"detail":"Not Found"})", 404), "Not Found");
    EXPECT_EQ(
        message_of(
            R"({"detail":[{"loc":["body","model"],"msg":"field required","type":"value_error"}]})",
            422),
        "field required");
    EXPECT_EQ(message_of(R"({"detail":{"error":"deep"}})"), "deep");
    EXPECT_EQ(message_of(R"({"detail":"less","message":"more"})"), "more");
}

TEST(DecodeError, ReadsGeminisList) {
    const auto error = decode_error(
        429,
        R"([{"error":{"code":429,"message":"You exceeded your quota.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"x","retryDelay":"34s"}]}}])",
        "gemini");
    EXPECT_EQ(error.message, "You exceeded your quota.");
    EXPECT_EQ(error.code, "429");
    EXPECT_EQ(error.http_status(), 429);
}

TEST(DecodeError, ReadsMessagesThatHoldObjects) {
    EXPECT_EQ(message_of(R"({"error":{"message":{"message":"two deep"}}})"), "two deep");
    EXPECT_EQ(message_of(R"({"errors":[{"message":"first"},{"message":"second"}]})"), "first");
}

TEST(DecodeError, DecodesEscapesInMessages) {
    EXPECT_EQ(message_of(R"({"error":{"message":"a\n\"b\" \u00e4"}})"), "a\n\"b\" \xC3\xA4");
}

TEST(DecodeError, TakesTheTitleOfAPage) {
    EXPECT_EQ(message_of("<!DOCTYPE html>\n<html><head><TITLE>502 Bad\n  "
                         "Gateway</TITLE></head><body>nginx</body></html>",
                         502),
              "acme answered with status 502: 502 Bad Gateway");
    EXPECT_EQ(message_of("<html><body><h1>Sorry</h1><p>try\r\nlater</p></body></html>", 503),
              "acme answered with status 503: Sorry try later");
    EXPECT_EQ(message_of("<html><title>unended", 500), "acme answered with status 500: unended");
    EXPECT_EQ(message_of("<html><body></body></html>", 500),
              "acme answered with status 500 and said nothing more.");
}

TEST(DecodeError, PassesPlainTextOn) {
    EXPECT_EQ(message_of("upstream connect error", 503),
              "acme answered with status 503: upstream connect error");
    EXPECT_EQ(message_of("{\"error\":", 500), "acme answered with status 500: {\"error\":");
}

TEST(DecodeError, SaysThatNothingWasSaid) {
    for (const std::string_view body : {"", " \r\n\t "}) {
        EXPECT_EQ(message_of(body, 500), "acme answered with status 500 and said nothing more.");
    }
}

TEST(DecodeError, AlwaysHasAMessage) {
    for (const std::string_view body :
         {"null", "{}", "[]", "\"\"", "1", R"({"error":null})", R"({"error":{}})",
          R"({"error":""})", R"({"error":{"message":""}})", R"({"error":[]})",
          R"([[[[[[[[["deep"]]]]]]]]])", "\xFF\xFE", "<html>"}) {
        const auto message = message_of(body);
        EXPECT_NE(message, "") << body;
        EXPECT_TRUE(wire::is_utf8(message)) << body;
    }
}

TEST(DecodeError, CutsLongTextShort) {
    const auto plain = message_of(std::string(100'000, 'x'), 500);
    EXPECT_LT(plain.size(), 2100U);
    EXPECT_TRUE(plain.ends_with("x…"));
    std::string text = "x";
    for (int i = 0; i < 2000; ++i) text += "ä";
    const auto cut = message_of(R"({"error":{"message":")" + text + "\"}}");
    EXPECT_LT(cut.size(), 2100U);
    EXPECT_TRUE(wire::is_utf8(cut));
}

TEST(DecodeError, FindsAStatusForAnErrorThatCameWithSuccess) {
    EXPECT_EQ(decode_error(200, R"({"error":{"message":"busy","code":429}})", "acme").http_status(),
              429);
    EXPECT_EQ(
        decode_error(200, R"({"error":{"message":"busy","code":"503"}})", "acme").http_status(),
        503);
    EXPECT_EQ(decode_error(200, R"({"error":{"message":"busy","code":"rate_limited"}})", "acme")
                  .http_status(),
              502);
    EXPECT_EQ(decode_error(200, R"({"error":{"message":"busy","code":200}})", "acme").http_status(),
              502);
    EXPECT_EQ(
        decode_error(200, R"({"error":{"message":"busy","code":1000}})", "acme").http_status(),
        502);
    EXPECT_EQ(decode_error(200, "oops", "acme").http_status(), 502);
}

TEST(DecodeError, KeepsTheCodeBesideABareText) {
    const auto error = decode_error(400, R"({"code":"bad_thing","error":"it is bad"})", "xai");
    EXPECT_EQ(error.message, "it is bad");
    EXPECT_EQ(error.code, "bad_thing");
}

TEST(DecodeError, NamesTheFieldOfADetail) {
    EXPECT_EQ(
        decode_error(
            422, R"({"detail":[{"loc":["body","messages",0,"role"],"msg":"wrong","type":"enum"}]})",
            "mistral")
            .param,
        "messages.0.role");
}

TEST(DecodeError, SaysWhatOpenRoutersProviderSaid) {
    const auto error = decode_error(
        429,
        R"({"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"{\"error\":{\"message\":\"slow down\"}}","provider_name":"X","error_type":"rate_limit_exceeded"}},"user_id":"u"})",
        "openrouter");
    EXPECT_EQ(error.message, "Provider returned error: slow down");
    EXPECT_EQ(error.type, "rate_limit_exceeded");
}

TEST(DecodeError, FindsHowLongToWait) {
    const auto wait = [](std::string_view body) {
        return decode_error(429, body, "acme").retry_after;
    };
    EXPECT_EQ(wait(R"({"error":{"message":"Rate limit reached. Please try again in 7.66s. Bye"}})"),
              "8");
    EXPECT_EQ(wait(R"({"error":{"message":"Please try again in 1m2.5s."}})"), "63");
    EXPECT_EQ(wait(R"({"error":{"message":"try again in 250ms"}})"), "1");
    EXPECT_EQ(wait(R"({"error":{"message":"Please retry after 26 seconds."}})"), "26");
    EXPECT_EQ(wait(R"([{"error":{"message":"m","details":[{"retryDelay":"34.2s"}]}}])"), "35");
    EXPECT_EQ(wait(R"({"error":{"message":"m","retry_after":5}})"), "5");
    EXPECT_EQ(wait(R"({"error":{"message":"try again in a while"}})"), "");
    EXPECT_EQ(wait(R"({"error":{"message":"try again in 5 apples"}})"), "");
    EXPECT_EQ(wait(R"({"error":{"message":"try again in 1e300s"}})"), "");
}

TEST(DecodeError, SaysThatTheContextIsTooLong) {
    EXPECT_EQ(
        decode_error(
            400,
            R"({"object":"error","message":"This model's maximum context length is 10 tokens.","code":400})",
            "vllm")
            .code,
        "context_length_exceeded");
}

// Encoding

TEST(EncodeError, SpeaksOfOtherDialectsErrorsInOpenAisWords) {
    Error error{.kind = ErrorKind::upstream_refused, .message = "m"};
    error.type = "overloaded_error";
    error.status = 529;
    EXPECT_EQ(error_status(error), 503);
    EXPECT_EQ(
        encode_error(error),
        R"({"error":{"message":"m","type":"overloaded_error","param":null,"code":"overloaded"}})");
    error.type = "their_type";
    EXPECT_EQ(error_status(error), 529);
    error.type = "RESOURCE_EXHAUSTED";
    error.code = "own";
    EXPECT_EQ(encode_error(error),
              R"({"error":{"message":"m","type":"rate_limit_error","param":null,"code":"own"}})");
}

TEST(EncodeError, WritesEveryMemberAndNullForWhatIsMissing) {
    Error error{.kind = ErrorKind::not_found, .message = "no \"such\" model\n"};
    EXPECT_EQ(
        encode_error(error),
        R"({"error":{"message":"no \"such\" model\n","type":"invalid_request_error","param":null,"code":null}})");
    error.param = "model";
    error.code = "model_not_found";
    error.type = "custom";
    EXPECT_EQ(
        encode_error(error),
        R"({"error":{"message":"no \"such\" model\n","type":"custom","param":"model","code":"model_not_found"}})");
}

TEST(EncodeError, KeepsTheDetailForTheLog) {
    Error error{.kind = ErrorKind::internal, .message = "sorry"};
    error.detail = "secret";
    EXPECT_EQ(encode_error(error).find("secret"), std::string::npos);
}

TEST(EncodeError, IsReadBackTheSame) {
    Error error{.kind = ErrorKind::unauthorized, .message = "no\xFF key \xF0\x9F\x94\x91"};
    const auto text = encode_error(error);
    ASSERT_TRUE(wire::json::is_valid(text)) << text;
    const auto read = decode_error(401, text, "acme");
    EXPECT_EQ(read.message, "no\xEF\xBF\xBD key \xF0\x9F\x94\x91");
    EXPECT_EQ(read.type, "authentication_error");
}

}  // namespace
}  // namespace router::dialects::openai_chat
