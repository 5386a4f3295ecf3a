#include "gateway/retry_after.hpp"

#include <gtest/gtest.h>

namespace router::gateway {
namespace {

constexpr std::int64_t now = 1'792'004'800;  // 2026-10-14T19:06:40Z

std::string wait_of(int status, std::vector<http::Header> headers) {
    http::ResponseHead head;
    head.status = status;
    head.headers = std::move(headers);
    return retry_after(head, now);
}

TEST(RetryAfter, ReadsSecondsMillisecondsAndDates) {
    EXPECT_EQ(wait_of(429, {{"Retry-After", "7"}}), "7");
    EXPECT_EQ(wait_of(503, {{"retry-after", "1.2"}}), "2");
    EXPECT_EQ(wait_of(429, {{"retry-after-ms", "2500"}, {"retry-after", "9"}}), "3");
    EXPECT_EQ(wait_of(429, {{"retry-after", "Wed, 14 Oct 2026 19:06:50 GMT"}}), "10");
    EXPECT_EQ(wait_of(429, {{"retry-after", "Wed, 14 Oct 2026 19:06:00 GMT"}}), "0");
}

TEST(RetryAfter, ReadsTheLimitsThatAreUsedUp) {
    EXPECT_EQ(wait_of(429, {{"anthropic-ratelimit-requests-remaining", "0"},
                            {"anthropic-ratelimit-requests-reset", "2026-10-14T19:06:52Z"},
                            {"anthropic-ratelimit-tokens-remaining", "9000"},
                            {"anthropic-ratelimit-tokens-reset", "2026-10-14T20:06:52Z"}}),
              "12");
    EXPECT_EQ(wait_of(429, {{"x-ratelimit-remaining-tokens", "0"},
                            {"x-ratelimit-reset-tokens", "1m0.5s"},
                            {"x-ratelimit-reset-requests", "12ms"}}),
              "61");
}

TEST(RetryAfter, ReadsTheMomentOfOneLimit) {
    const auto wait = [](const std::string& reset) {
        return wait_of(429, {{"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset", reset}});
    };
    EXPECT_EQ(wait("1792004820000"), "20");
    EXPECT_EQ(wait("1792004820"), "20");
    EXPECT_EQ(wait("1792004700"), "0");
    EXPECT_EQ(wait("30"), "30");
    EXPECT_EQ(wait("1m"), "60");
    EXPECT_EQ(wait("soon"), "");
    EXPECT_EQ(wait_of(429, {{"x-ratelimit-remaining", "3"}, {"x-ratelimit-reset", "30"}}), "");
}

TEST(RetryAfter, IsEmptyWhereNothingIsSaid) {
    EXPECT_EQ(wait_of(429, {}), "");
    EXPECT_EQ(wait_of(429, {{"retry-after", "soon"}}), "");
    EXPECT_EQ(wait_of(500, {{"x-ratelimit-reset-tokens", "6m0s"}}), "");
}

Error refusal(int status, std::string wait = {}, std::string code = {}) {
    Error error{.kind = ErrorKind::upstream_refused, .message = "no"};
    error.status = status;
    error.retry_after = std::move(wait);
    error.code = std::move(code);
    return error;
}

TEST(RetryHeaders, TellWhetherCallingAgainIsWorthIt) {
    EXPECT_EQ(retry_headers(refusal(400)), "x-should-retry: false\r\n");
    EXPECT_EQ(retry_headers(refusal(401)), "x-should-retry: false\r\n");
    EXPECT_EQ(retry_headers(refusal(503)), "x-should-retry: true\r\n");
    EXPECT_EQ(retry_headers(refusal(429, "7")), "x-should-retry: true\r\nretry-after: 7\r\n");
}

TEST(RetryHeaders, GiveARateLimitAWaitWhereTheProviderGaveNone) {
    EXPECT_EQ(retry_headers(refusal(429)), "x-should-retry: true\r\nretry-after: 5\r\n");
}

TEST(RetryHeaders, SayThatWaitingIsInVain) {
    EXPECT_EQ(retry_headers(refusal(429, "3600")),
              "x-should-retry: false\r\nretry-after: 3600\r\n");
    EXPECT_EQ(retry_headers(refusal(429, "", "insufficient_quota")), "x-should-retry: false\r\n");
    EXPECT_EQ(retry_headers(refusal(429, "9", "insufficient_quota")), "x-should-retry: false\r\n");
    EXPECT_EQ(retry_headers(refusal(402, "9")), "x-should-retry: false\r\n");
}

}  // namespace
}  // namespace router::gateway
