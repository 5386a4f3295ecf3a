#include "config/base_url.hpp"

#include <gtest/gtest.h>

namespace router::config {
namespace {

TEST(BaseUrl, GetsTheUsualPathWhereItHasNone) {
    const auto* usual = "https://api.openai.com/v1";
    EXPECT_EQ(completed_base_url("https://api.openai.com", usual).text,
              "https://api.openai.com/v1");
    EXPECT_EQ(completed_base_url("https://api.openai.com/", usual).text,
              "https://api.openai.com/v1");
    EXPECT_EQ(completed_base_url("https://api.openai.com/v1", usual).text,
              "https://api.openai.com/v1");
    EXPECT_EQ(completed_base_url("https://api.openai.com/v1/", usual).text,
              "https://api.openai.com/v1");
    EXPECT_EQ(completed_base_url("http://localhost:8000", "").text, "http://localhost:8000/v1");
    EXPECT_EQ(completed_base_url("http://10.0.0.1:8000", "https://api.groq.com/openai/v1").text,
              "http://10.0.0.1:8000/openai/v1");
    EXPECT_EQ(completed_base_url("https://gateway", "https://api.perplexity.ai").text,
              "https://gateway");
}

TEST(BaseUrl, LosesTheEndpoint) {
    EXPECT_EQ(completed_base_url("https://h/v1/chat/completions", "").text, "https://h/v1");
    EXPECT_EQ(completed_base_url("https://h/v1/completions/", "").text, "https://h/v1");
    EXPECT_EQ(completed_base_url("https://h/v1/embeddings", "").text, "https://h/v1");
    EXPECT_EQ(completed_base_url("https://h/chat/completions", "").text, "https://h");
}

TEST(BaseUrl, KeepsAPathOfItsOwn) {
    EXPECT_EQ(completed_base_url("https://h/a/b", "https://x/v1").text, "https://h/a/b");
    EXPECT_EQ(completed_base_url("HTTPS://Host.Example:8443/A", "").text,
              "https://host.example:8443/A");
    EXPECT_EQ(completed_base_url("http://[::1]:8000/v1", "").text, "http://[::1]:8000/v1");
}

TEST(BaseUrl, SaysWhatIsWrongWithoutRepeatingIt) {
    for (const auto* wrong :
         {"api.openai.com", "ftp://h", "https://", "https://h:0", "https://h:99999", "https://h:x",
          "https://user:secret@h/v1", "https://h/v1?key=secret", "https://h/v1#secret",
          "https://h /", "http://[::1", "https://:80", "https://h\\v1", "https://h:80:90",
          "https:///v1"}) {
        const auto url = completed_base_url(wrong, "");
        EXPECT_FALSE(url.problem.empty()) << wrong;
        EXPECT_EQ(url.problem.find("secret"), std::string::npos);
    }
    EXPECT_NE(checked_base_url("https://u:p@h").problem.find("api_key"), std::string::npos);
}

}  // namespace
}  // namespace router::config
