#include <gtest/gtest.h>

#include "http/client.hpp"

namespace router::http {
namespace {

Origin at(const char* host, std::uint16_t port = 443, bool is_tls = true) {
    return wire::origin_of(is_tls, host, port);
}

// Whether NO_PROXY exempts the origin.
bool is_exempt(const char* no_proxy, const Origin& origin) {
    const ProxyRules rules("proxy:1", "proxy:2", no_proxy);
    return rules.proxy_for(origin) == nullptr;
}

TEST(ProxyRules, HaveNoProxyByDefault) {
    EXPECT_EQ(ProxyRules().proxy_for(at("a")), nullptr);
    EXPECT_EQ(ProxyRules("", "", "").proxy_for(at("a")), nullptr);
}

TEST(ProxyRules, ChooseTheProxyByTheScheme) {
    const ProxyRules rules("http://plain:3128", "http://tls:3129", "");
    ASSERT_NE(rules.proxy_for(at("a", 80, false)), nullptr);
    EXPECT_EQ(rules.proxy_for(at("a", 80, false))->origin.key, "http://plain:3128");
    ASSERT_NE(rules.proxy_for(at("a")), nullptr);
    EXPECT_EQ(rules.proxy_for(at("a"))->origin.key, "http://tls:3129");
    const ProxyRules tls_only("", "http://tls:3129", "");
    EXPECT_EQ(tls_only.proxy_for(at("a", 80, false)), nullptr);
}

TEST(ProxyRules, TakeAProxyWithoutAScheme) {
    const ProxyRules rules("", "proxy.local:3128", "");
    ASSERT_NE(rules.proxy_for(at("a")), nullptr);
    EXPECT_EQ(rules.proxy_for(at("a"))->origin.key, "http://proxy.local:3128");
}

TEST(ProxyRules, MayReachTheProxyOverTls) {
    const ProxyRules rules("", "https://proxy.local", "");
    ASSERT_NE(rules.proxy_for(at("a")), nullptr);
    EXPECT_TRUE(rules.proxy_for(at("a"))->origin.is_tls);
    EXPECT_EQ(rules.proxy_for(at("a"))->origin.port, 443);
}

TEST(ProxyRules, SendTheCredentialsOfTheProxysUrl) {
    const ProxyRules rules("http://proxy:1", "http://user:p%40ss@proxy:1", "");
    ASSERT_NE(rules.proxy_for(at("a")), nullptr);
    EXPECT_EQ(rules.proxy_for(at("a"))->authorization, "Basic dXNlcjpwQHNz");
    EXPECT_EQ(rules.proxy_for(at("a", 80, false))->authorization, "");
}

TEST(ProxyRules, ExemptAHostAndAllBeneathIt) {
    for (const char* rule : {"example.com", ".example.com"}) {
        EXPECT_TRUE(is_exempt(rule, at("example.com"))) << rule;
        EXPECT_TRUE(is_exempt(rule, at("api.example.com"))) << rule;
        EXPECT_TRUE(is_exempt(rule, at("a.b.example.com"))) << rule;
        EXPECT_FALSE(is_exempt(rule, at("notexample.com"))) << rule;
        EXPECT_FALSE(is_exempt(rule, at("example.com.evil"))) << rule;
        EXPECT_FALSE(is_exempt(rule, at("com"))) << rule;
    }
}

TEST(ProxyRules, ExemptEverythingForAStar) {
    EXPECT_TRUE(is_exempt("*", at("a")));
    EXPECT_TRUE(is_exempt("b, *", at("a")));
}

TEST(ProxyRules, TakeAListWithCommasAndSpacesInAnyCase) {
    for (const char* list :
         {"a,LOCALHOST,b", "a, localhost, b", "a localhost b", ",,localhost,,", " localhost "}) {
        EXPECT_TRUE(is_exempt(list, at("localhost"))) << list;
        EXPECT_FALSE(is_exempt(list, at("elsewhere"))) << list;
    }
    EXPECT_FALSE(is_exempt("", at("localhost")));
    EXPECT_FALSE(is_exempt(",", at("localhost")));
    EXPECT_FALSE(is_exempt(".", at("localhost")));
}

TEST(ProxyRules, ExemptOnePortOfAHost) {
    EXPECT_TRUE(is_exempt("a:8080", at("a", 8080)));
    EXPECT_FALSE(is_exempt("a:8080", at("a", 443)));
    EXPECT_TRUE(is_exempt("127.0.0.1", at("127.0.0.1", 11434, false)));
}

TEST(ProxyRules, ExemptAnAddressOfVersionSix) {
    EXPECT_TRUE(is_exempt("::1", at("::1")));
    EXPECT_FALSE(is_exempt("::1", at("::2")));
}

TEST(ProxyRules, DoNotExemptLoopbackUnasked) {
    EXPECT_FALSE(is_exempt("", at("127.0.0.1", 11434, false)));
}

}  // namespace
}  // namespace router::http
