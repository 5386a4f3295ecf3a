#include "wire/url.hpp"

#include <gtest/gtest.h>

namespace router::wire {
namespace {

Url read(std::string_view text) {
    const auto url = parse_url(text);
    EXPECT_TRUE(url) << text;
    return url.value_or(Url());
}

TEST(Url, IsTakenApart) {
    const auto url = read("https://api.example.com:8443/v1/chat?version=2");
    EXPECT_TRUE(url.is_tls);
    EXPECT_EQ(url.host, "api.example.com");
    EXPECT_EQ(url.port, 8443);
    EXPECT_EQ(url.path, "/v1/chat?version=2");
    EXPECT_EQ(url.credentials, "");
    EXPECT_EQ(url.authority(), "api.example.com:8443");
}

TEST(Url, HasThePortOfItsScheme) {
    EXPECT_EQ(read("http://a").port, 80);
    EXPECT_EQ(read("https://a").port, 443);
    EXPECT_EQ(read("http://a:80").authority(), "a");
    EXPECT_EQ(read("https://a:443").authority(), "a");
    EXPECT_EQ(read("https://a:80").authority(), "a:80");
    EXPECT_EQ(read("http://a:443").authority(), "a:443");
    EXPECT_EQ(read("http://a:65535").port, 65535);
}

TEST(Url, HasSchemeAndHostInAnyCase) {
    const auto url = read("HTTPS://API.Example.COM/V1");
    EXPECT_TRUE(url.is_tls);
    EXPECT_EQ(url.host, "api.example.com");
    EXPECT_EQ(url.path, "/V1");
}

TEST(Url, KeepsItsPathAndQueryButNoFragment) {
    EXPECT_EQ(read("http://a").path, "");
    EXPECT_EQ(read("http://a/").path, "/");
    EXPECT_EQ(read("http://a?x=1").path, "/?x=1");
    EXPECT_EQ(read("http://a/b#c").path, "/b");
    EXPECT_EQ(read("http://a#c").path, "");
    EXPECT_EQ(read("http://a#c/d?e").path, "");
    EXPECT_EQ(read("http://a/b?x=http://c@d").path, "/b?x=http://c@d");
}

TEST(Url, TakesAnAddressOfVersionSix) {
    const auto url = read("http://[2001:DB8::1]:8080/v1");
    EXPECT_EQ(url.host, "2001:db8::1");
    EXPECT_EQ(url.port, 8080);
    EXPECT_EQ(url.authority(), "[2001:db8::1]:8080");
    EXPECT_EQ(read("http://[::1]").authority(), "[::1]");
}

TEST(Url, DecodesItsCredentials) {
    EXPECT_EQ(read("http://user:pass@a").credentials, "user:pass");
    EXPECT_EQ(read("http://us%65r:p%40ss%3A@a:1").credentials, "user:p@ss:");
    EXPECT_EQ(read("http://user:p@ss@a").credentials, "user:p@ss");
    EXPECT_EQ(read("http://user:p@ss@a").host, "a");
    EXPECT_EQ(read("http://@a").credentials, "");
}

TEST(Url, IsRefusedWhenItIsNone) {
    for (const std::string_view text : {"",
                                        "a",
                                        "a/b",
                                        "//a",
                                        "://a",
                                        "ftp://a",
                                        "file:///a",
                                        "http:/a",
                                        "http:a",
                                        "http://",
                                        "http:///a",
                                        "http://?a",
                                        "http://:80",
                                        "http://user@",
                                        "http://a b",
                                        "http://a\n",
                                        "http://a/b c",
                                        " http://a",
                                        "http://a ",
                                        "http://a\x7f",
                                        "http://a\"b",
                                        "http://a<b>"}) {
        EXPECT_FALSE(parse_url(text)) << text;
    }
    EXPECT_FALSE(parse_url(std::string_view("http://a\0b", 10)));
}

TEST(Url, IsRefusedForAPortThatIsNone) {
    for (const std::string_view text :
         {"http://a:", "http://a:/b", "http://a:0", "http://a:65536", "http://a:99999999999",
          "http://a:-1", "http://a:+1", "http://a:8o", "http://a:80:90", "http://[::1]80",
          "http://[::1]:", "http://[::1", "http://[]", "http://::1", "http://[g::1]"}) {
        EXPECT_FALSE(parse_url(text)) << text;
    }
}

TEST(Url, NamesItsOrigin) {
    EXPECT_EQ(origin_of(true, "a", 443).key, "https://a:443");
    EXPECT_EQ(origin_of(false, "a", 443).key, "http://a:443");
    EXPECT_NE(origin_of(false, "a", 443).key, origin_of(true, "a", 443).key);
}

TEST(PercentDecoded, DecodesEscapesAndLeavesTheRest) {
    EXPECT_EQ(percent_decoded(""), "");
    EXPECT_EQ(percent_decoded("a+b"), "a+b");
    EXPECT_EQ(percent_decoded("%41%62%2f%2F"), "Ab//");
    EXPECT_EQ(percent_decoded("%c3%A4"), "\xC3\xA4");
    EXPECT_EQ(percent_decoded("%00"), std::string(1, '\0'));
    EXPECT_EQ(percent_decoded("%2541"), "%41");
}

TEST(PercentDecoded, LeavesMalformedEscapesAsTheyAre) {
    for (const std::string_view text :
         {"%", "%%", "%4", "%4g", "%g4", "100%", "a%", "% 41", "%+1"}) {
        EXPECT_EQ(percent_decoded(text), text);
    }
    EXPECT_EQ(percent_decoded("%%41"), "%A");
}

}  // namespace
}  // namespace router::wire
