#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <chrono>
#include <memory>
#include <string>

#include "providers/oauth.hpp"
#include "providers/vertex_ai/credentials.hpp"
#include "wire/base64.hpp"
#include "wire/json_text.hpp"
#include "wire/url.hpp"

namespace router::providers {
namespace {

using vertex_ai::CredentialsKind;
using vertex_ai::read_credentials;

const SystemTime now = SystemTime(std::chrono::seconds(1'800'000'000));

using PrivateKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

std::string pem_of(EVP_PKEY* key) {
    unsigned char* der = nullptr;
    const auto size = i2d_PrivateKey(key, &der);
    const std::string text(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return "-----BEGIN RSA PRIVATE KEY-----\n" + wire::base64(text) +
           "\n-----END RSA PRIVATE KEY-----\n";
}

bool verifies(EVP_PKEY* key, std::string_view text, std::string_view signature) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                          &EVP_MD_CTX_free);
    EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key);
    return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                            signature.size(), reinterpret_cast<const unsigned char*>(text.data()),
                            text.size()) == 1;
}

TEST(ServiceAccount, ShowsASignedStatement) {
    const PrivateKey key(EVP_RSA_gen(2048), &EVP_PKEY_free);
    const auto credentials = read_credentials(
        R"({"type":"service_account","project_id":"p","private_key_id":"kid","client_email":"a@b",)"
        R"("token_uri":"https://oauth2.example/token","private_key":)" +
        wire::quoted(pem_of(key.get())) + "}");
    EXPECT_EQ(credentials.kind, CredentialsKind::service_account);
    EXPECT_EQ(credentials.project, "p");
    const auto ask = vertex_ai::token_ask(credentials, now);
    ASSERT_TRUE(ask) << ask.error().message;
    EXPECT_EQ(ask->origin.key, "https://oauth2.example:443");
    EXPECT_NE(ask->head.find("content-length: " + std::to_string(ask->body.size()) + "\r\n"),
              std::string::npos);
    constexpr std::string_view start =
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
    ASSERT_TRUE(ask->body.starts_with(start));
    const auto statement = ask->body.substr(start.size());
    const auto first = statement.find('.');
    const auto last = statement.rfind('.');
    EXPECT_EQ(wire::from_base64(statement.substr(0, first)),
              R"({"alg":"RS256","typ":"JWT","kid":"kid"})");
    EXPECT_EQ(wire::from_base64(statement.substr(first + 1, last - first - 1)),
              R"({"iss":"a@b","scope":"https://www.googleapis.com/auth/cloud-platform",)"
              R"("aud":"https://oauth2.example/token","iat":1800000000,"exp":1800003600})");
    EXPECT_TRUE(verifies(key.get(), statement.substr(0, last),
                         *wire::from_base64(statement.substr(last + 1))));
}

TEST(ServiceAccount, WithoutAKeyIsAnError) {
    const auto ask = vertex_ai::token_ask(
        read_credentials(R"({"type":"service_account","private_key":"nonsense"})"), now);
    EXPECT_EQ(ask.error().kind, ErrorKind::unavailable);
}

TEST(GoogleUser, ShowsItsRefreshToken) {
    const auto credentials = read_credentials(
        R"({"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"1//r",)"
        R"("quota_project_id":"q"})");
    EXPECT_EQ(credentials.project, "q");
    const auto ask = vertex_ai::token_ask(credentials, now);
    EXPECT_EQ(ask->origin.key, "https://oauth2.googleapis.com:443");
    EXPECT_EQ(ask->body,
              "grant_type=refresh_token&client_id=c&client_secret=s&refresh_token=1%2F%2Fr");
}

TEST(GoogleMachine, IsAskedWhereNoCredentialsAreGiven) {
    const auto ask = vertex_ai::token_ask(read_credentials(""), now);
    EXPECT_EQ(ask->origin.key, "http://metadata.google.internal:80");
    EXPECT_NE(ask->head.find("metadata-flavor: Google\r\n"), std::string::npos);
    EXPECT_TRUE(ask->head.ends_with("\r\n\r\n"));
}

TEST(GoogleCredentials, ThatMakeNoSenseAreAnError) {
    for (const auto* text : {"{", "[]", "nonsense", "{}", R"({"type":"other"})", R"({"type":5})"}) {
        EXPECT_EQ(read_credentials(text).kind, CredentialsKind::unknown) << text;
        EXPECT_FALSE(vertex_ai::token_ask(read_credentials(text), now)) << text;
    }
}

TEST(AccessToken, IsReadWithItsTime) {
    const auto token =
        read_access_token(R"({"access_token":"ya29.x","expires_in":3599,"token_type":"B"})", now);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->text.reveal(), "ya29.x");
    EXPECT_EQ(token->expires, now + std::chrono::seconds(3599));
    EXPECT_EQ(read_access_token(R"({"access_token":"t","expires_in":"60"})", now)->expires,
              now + std::chrono::seconds(60));
    EXPECT_EQ(read_access_token(R"({"access_token":"t"})", now)->expires,
              now + std::chrono::hours(1));
}

TEST(AccessToken, ThatIsNotThereIsAnErrorForTheLog) {
    for (const auto* body :
         {"", "{}", "<html>", R"({"error":"invalid_grant"})", R"({"access_token":"a\r\nb: c"})"}) {
        const auto token = read_access_token(body, now);
        ASSERT_FALSE(token) << body;
        EXPECT_EQ(token.error().kind, ErrorKind::unavailable);
        EXPECT_EQ(token.error().detail, body);
    }
}

}  // namespace
}  // namespace router::providers
