#include "auth/end_user.hpp"

#include <gtest/gtest.h>

#include "wire/base64.hpp"
#include "wire/digest.hpp"

namespace router::auth {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

const system_clock::time_point now{seconds(1'700'000'000)};
constexpr std::string_view head = R"({"alg":"HS256","typ":"JWT"})";
constexpr std::string_view claims =
    R"({"sub":"u-1","email":"a@b","name":"A","role":"user","iss":"open-webui","exp":1700000100})";

config::UserSettings with_secret(std::string secret = "s3cret") {
    config::UserSettings settings;
    settings.jwt_secret = Secret(std::move(secret));
    return settings;
}

std::string url_safe(std::string text) {
    while (text.ends_with('=')) text.pop_back();
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text;
}

std::string token(std::string_view of_head = head, std::string_view of_claims = claims,
                  std::string_view secret = "s3cret") {
    const auto both = url_safe(wire::base64(of_head)) + "." + url_safe(wire::base64(of_claims));
    return both + "." + url_safe(wire::base64(wire::hmac_sha256(secret, both)));
}

std::string code_for(const std::string& text, system_clock::time_point at = now) {
    const auto user = identify_user({.token = text}, with_secret(), at);
    return user ? "taken" : user.error().code;
}

TEST(EndUser, IsWhoTheTokenSays) {
    const auto text = token();
    const auto user = identify_user({.token = text, .id = "somebody else"}, with_secret(), now);
    ASSERT_TRUE(user);
    EXPECT_TRUE(user->is_signed);
    EXPECT_EQ(user->id, "u-1");
    EXPECT_EQ(user->email, "a@b");
    EXPECT_EQ(user->name, "A");
    EXPECT_EQ(user->role, "user");
}

TEST(EndUser, IsNobodyWhoseTokenIsForged) {
    EXPECT_EQ(code_for(token()), "taken");
    EXPECT_EQ(code_for(token(head, claims, "other")), "invalid_user_token");
    EXPECT_EQ(code_for(token(R"({"alg":"none"})")), "invalid_user_token");
    EXPECT_EQ(code_for(token(R"({"alg":"HS512"})")), "invalid_user_token");
    EXPECT_EQ(code_for(token(head, R"({"sub":"u","exp":1700000100})")), "invalid_user_token");
    EXPECT_EQ(code_for(token(head, R"({"iss":"open-webui","exp":1700000100})")),
              "invalid_user_token");
    EXPECT_EQ(code_for(token(head, "[]")), "invalid_user_token");
    for (const auto* text : {"", ".", "..", "a.b", "a.b.c.d", "%%%.%%%.%%%"}) {
        EXPECT_NE(code_for(text), "taken") << text;
    }
}

// Every single character counts.
TEST(EndUser, IsNobodyWhoseTokenWasChangedAnywhere) {
    const auto good = token();
    for (std::size_t at = 0; at + 1 < good.size(); ++at) {  // of the last one, two bits are unused
        auto changed = good;
        changed[at] = changed[at] == 'A' ? 'B' : 'A';
        EXPECT_NE(code_for(changed), "taken") << at;
    }
}

TEST(EndUser, IsForgottenWhenTheTokenEnds) {
    EXPECT_EQ(code_for(token(), now + seconds(150)), "taken");
    EXPECT_EQ(code_for(token(), now + seconds(161)), "expired_user_token");
    EXPECT_EQ(code_for(token(head, R"({"sub":"u","iss":"open-webui"})")), "expired_user_token");
}

TEST(EndUser, MustBeSignedWhereThereIsASecret) {
    const auto user = identify_user({.id = "u-2"}, with_secret(), now);
    ASSERT_FALSE(user);
    EXPECT_EQ(user.error().kind, ErrorKind::unauthorized);
    EXPECT_EQ(user.error().code, "missing_user_token");
    auto lenient = with_secret();
    lenient.requires_jwt = false;
    const auto unknown = identify_user({.id = "u-2"}, lenient, now);
    ASSERT_TRUE(unknown);
    EXPECT_EQ(unknown->id, "");
}

TEST(EndUser, IsWhoTheHeadersSayWhereThereIsNone) {
    const auto user =
        identify_user({.token = "ignored", .id = "u%2D2", .name = "Ada%20L%C3%B6we"}, {}, now);
    ASSERT_TRUE(user);
    EXPECT_EQ(user->id, "u-2");
    EXPECT_EQ(user->name, "Ada Löwe");
    EXPECT_FALSE(user->is_signed);
    EXPECT_EQ(identify_user({.email = "a@b"}, {}, now)->id, "a@b");
    EXPECT_EQ(identify_user({.id = "u-2", .given = "c-1"}, {}, now)->id, "c-1");
}

TEST(EndUser, IsUtf8AndShort) {
    EXPECT_EQ(identify_user({.id = "\xff"}, {}, now)->id, "\xEF\xBF\xBD");
    const std::string longer(1000, 'x');
    EXPECT_LE(identify_user({.id = longer}, {}, now)->id.size(), 256U);
}

}  // namespace
}  // namespace router::auth
