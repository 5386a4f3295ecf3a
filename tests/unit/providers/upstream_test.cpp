#include "providers/upstream.hpp"

#include <gtest/gtest.h>

#include <regex>

namespace router::providers {
namespace {

config::Target target_at(std::string base_url, std::string key = {}) {
    config::Target target;
    target.provider.base_url = std::move(base_url);
    target.api_key = Secret(std::move(key));
    return target;
}

// The head of a request, our own version left out of it.
std::string head_of(const config::Target& target, std::string_view endpoint = "/chat/completions") {
    const auto head =
        Upstream(target).request_head(endpoint, "application/json", 42, "text/event-stream");
    return std::regex_replace(head, std::regex("open-llm-router/[^\r]+"), "open-llm-router/V");
}

// The message of an error whose other words are the same text: all of them come out alike.
std::string cleaned(const Upstream& upstream, const std::string& text) {
    Error error{.kind = ErrorKind::upstream_refused, .message = text};
    error.code = error.type = error.param = text;
    upstream.take_secrets_out(error);
    EXPECT_EQ(error.code, error.message);
    EXPECT_EQ(error.type, error.message);
    EXPECT_EQ(error.param, error.message);
    return error.message;
}

TEST(Upstream, WritesTheHeadOfARequest) {
    EXPECT_EQ(head_of(target_at("https://api.example.com/v1", "sk-1")),
              "POST /v1/chat/completions HTTP/1.1\r\n"
              "host: api.example.com\r\n"
              "user-agent: open-llm-router/V\r\n"
              "authorization: Bearer sk-1\r\n"
              "content-type: application/json\r\n"
              "accept: text/event-stream\r\n"
              "content-length: 42\r\n"
              "\r\n");
}

TEST(Upstream, SendsNoKeyWhereThereIsNone) {
    EXPECT_EQ(head_of(target_at("http://localhost:11434/v1")).find("authorization"),
              std::string::npos);
}

TEST(Upstream, NamesThePortOfItsHostWhereItIsNotTheSchemesOwn) {
    EXPECT_NE(head_of(target_at("http://localhost:11434/v1")).find("\r\nhost: localhost:11434\r\n"),
              std::string::npos);
    EXPECT_NE(head_of(target_at("http://localhost:80/v1")).find("\r\nhost: localhost\r\n"),
              std::string::npos);
    EXPECT_NE(head_of(target_at("http://[::1]:8080")).find("\r\nhost: [::1]:8080\r\n"),
              std::string::npos);
}

TEST(Upstream, PutsTheEndpointBehindTheBaseUrlAndBeforeItsQuery) {
    const auto line = [](const std::string& base_url) {
        const auto head = head_of(target_at(base_url));
        return head.substr(0, head.find('\r'));
    };
    EXPECT_EQ(line("https://a"), "POST /chat/completions HTTP/1.1");
    EXPECT_EQ(line("https://a/"), "POST /chat/completions HTTP/1.1");
    EXPECT_EQ(line("https://a/v1//"), "POST /v1/chat/completions HTTP/1.1");
    EXPECT_EQ(line("https://a/openai/v1?api-version=2026-01-01"),
              "POST /openai/v1/chat/completions?api-version=2026-01-01 HTTP/1.1");
    EXPECT_EQ(line("https://a/v1/?x=1&y"), "POST /v1/chat/completions?x=1&y HTTP/1.1");
    EXPECT_EQ(line("https://a/v1#part"), "POST /v1/chat/completions HTTP/1.1");
}

TEST(Upstream, KnowsItsOriginAndItsUrlForPeople) {
    const auto target = target_at("https://user:secret@API.example.com:8443/v1/?key=hidden");
    const Upstream upstream(target);
    EXPECT_EQ(upstream.origin().key, "https://api.example.com:8443");
    EXPECT_EQ(upstream.api_base(), "https://api.example.com:8443/v1");
    EXPECT_EQ(&upstream.target(), &target);
}

TEST(Upstream, SendsWhatProviderAndTargetAdd) {
    auto target = target_at("https://a/v1", "sk-1");
    target.organization = "org-1";
    target.provider.headers = {{"x-provider", "p"}, {"x-both", "provider"}};
    target.headers = {{"x-target", "t"}, {"x-both", "target"}};
    EXPECT_EQ(head_of(target),
              "POST /v1/chat/completions HTTP/1.1\r\n"
              "host: a\r\n"
              "user-agent: open-llm-router/V\r\n"
              "authorization: Bearer sk-1\r\n"
              "openai-organization: org-1\r\n"
              "x-provider: p\r\n"
              "x-target: t\r\n"
              "x-both: target\r\n"
              "content-type: application/json\r\n"
              "accept: text/event-stream\r\n"
              "content-length: 42\r\n"
              "\r\n");
}

TEST(Upstream, LetsATargetsHeadersStandInPlaceOfItsOwn) {
    auto target = target_at("https://a/v1", "sk-1");
    target.headers = {{"authorization", "Custom abc"}, {"user-agent", "mine"}};
    const auto head = head_of(target);
    EXPECT_EQ(head.find("sk-1"), std::string::npos);
    EXPECT_EQ(head.find("open-llm-router"), std::string::npos);
    EXPECT_NE(head.find("\r\nauthorization: Custom abc\r\nuser-agent: mine\r\n"),
              std::string::npos);
}

TEST(Upstream, TakesItsSecretsOutOfText) {
    const auto target = target_at("https://api.example.com:8443/v1", "sk-secret");
    const Upstream upstream(target);
    EXPECT_EQ(cleaned(upstream, "Incorrect key sk-secret (sk-secret)."),
              "Incorrect key [key] ([key]).");
    EXPECT_EQ(cleaned(upstream, "cannot reach https://api.example.com:8443/v1 or api.example.com"),
              "cannot reach https://[provider]/v1 or [provider]");
    EXPECT_EQ(cleaned(upstream, "nothing here"), "nothing here");
    EXPECT_EQ(cleaned(upstream, ""), "");
}

TEST(Upstream, LeavesTextAloneWhereThereIsNoKey) {
    const auto target = target_at("https://a.example/v1");
    EXPECT_EQ(cleaned(Upstream(target), "a text"), "a text");
}

}  // namespace
}  // namespace router::providers
