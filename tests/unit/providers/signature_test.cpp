#include "providers/bedrock/signature.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "wire/digest.hpp"

namespace router::providers::bedrock {
namespace {

constexpr std::string_view date = "20150830T123600Z";

Signer example_of(std::string_view service) {
    return {.key_id = "AKIDEXAMPLE",
            .secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            .region = "us-east-1",
            .service = service};
}

std::string signature(std::string_view method, std::string_view path, std::string_view query = {},
                      std::string_view content_type = {}, std::string_view body = {}) {
    const auto digest = wire::hex(wire::sha256(body));
    SignedRequest request{
        .method = method, .path = path, .query = query, .headers = {}, .body_digest = digest};
    if (!content_type.empty()) request.headers.emplace_back("content-type", content_type);
    request.headers.emplace_back("host", "example.amazonaws.com");
    request.headers.emplace_back("x-amz-date", date);
    const auto text = authorization(example_of("service"), request, date);
    return text.substr(text.rfind('=') + 1);
}

// Amazon's test suite for Signature Version 4: get-vanilla, post-vanilla,
// get-vanilla-query-order-key-case, get-utf8, post-x-www-form-urlencoded.
TEST(Signature, IsThatOfAmazonsTestSuite) {
    EXPECT_EQ(signature("GET", "/"),
              "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    EXPECT_EQ(signature("GET", ""), signature("GET", "/"));
    EXPECT_EQ(signature("POST", "/"),
              "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
    EXPECT_EQ(signature("GET", "/", "Param1=value1&Param2=value2"),
              "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
    EXPECT_EQ(signature("GET", "/\xe1\x88\xb4"),
              "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85");
    EXPECT_EQ(signature("POST", "/", "", "application/x-www-form-urlencoded", "Param1=value1"),
              "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
}

// The worked example of the documentation: IAM's ListUsers.
TEST(Signature, IsThatOfTheDocumentation) {
    const auto digest = wire::hex(wire::sha256(""));
    const SignedRequest request{
        .method = "GET",
        .path = "/",
        .query = "Action=ListUsers&Version=2010-05-08",
        .headers = {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"},
                    {"host", "iam.amazonaws.com"},
                    {"x-amz-date", date}},
        .body_digest = digest};
    EXPECT_EQ(authorization(example_of("iam"), request, date),
              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
              "SignedHeaders=content-type;host;x-amz-date, "
              "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

TEST(Signature, IsDatedToTheSecond) {
    using namespace std::chrono;
    EXPECT_EQ(amz_date(SystemTime(sys_days(year(2015) / 8 / 30)) + 12h + 36min + 999ms), date);
    EXPECT_EQ(amz_date(SystemTime(sys_days(year(2026) / 1 / 2)) + 3h + 4min + 5s),
              "20260102T030405Z");
}

}  // namespace
}  // namespace router::providers::bedrock
