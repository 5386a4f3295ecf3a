#include "dialects/error_words.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "wire/utf8.hpp"

namespace router::dialects {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(ErrorWords, FindATimeHoweverItIsTold) {
    const Pairs waits{
        {"Rate limit reached. Please try again in 7.66s. Visit https://x", "8"},
        {"Please try again in 1m2.5s.", "63"},
        {"Try again in 1m30.5s.", "91"},
        {"try again in 6m0s", "360"},
        {"try again in 1h2m3s", "3723"},
        {"try again in 250ms", "1"},
        {"try again in 20 milliseconds", "1"},
        {"Please try again in 20 seconds.", "20"},
        {"try again in 5 minutes.", "300"},
        {"try again in 2 mins", "120"},
        {"try again in 1 day", "86400"},
        {"Please retry after 26 seconds.", "26"},
        {"Please retry in 34.4s.", "35"},
        {"Please retry in 80.1ms.", "1"},
        {"Please wait 24 seconds before retrying.", "24"},
        {"try again in 5", "5"},
        {"try again in a moment, or retry after 3s", "3"},
    };
    for (const auto& [text, seconds] : waits) EXPECT_EQ(wait_in_words(text), seconds) << text;
}

TEST(ErrorWords, SayHowLongToWaitOnce) {
    EXPECT_EQ(with_wait({.message = "Slow down.", .retry_after = "7"}),
              "Slow down. Please try again in 7s.");
    EXPECT_EQ(with_wait({.message = "Try again in 9s.", .retry_after = "9"}), "Try again in 9s.");
    EXPECT_EQ(with_wait({.message = "slow down", .retry_after = "7"}),
              "slow down. Please try again in 7s.");
    EXPECT_EQ(with_wait({.message = "Slow down.", .retry_after = "0"}), "Slow down.");
    EXPECT_EQ(with_wait({.message = "No."}), "No.");
    EXPECT_EQ(with_wait({.message = "No.", .retry_after = "Wed, 21 Oct"}), "No.");
}

TEST(ErrorWords, FindNoTimeWhereNoneIsTold) {
    for (const std::string text :
         {"", "You exceeded your quota", "try again later", "try again in a while",
          "try again in 5 apples", "try again in 2 months", "try again in 1e300s",
          "try again in inf", "try again in nan", "try again in -5s", "try again in 0s",
          "try again in 900 days", "retry in ", "in 5s"}) {
        EXPECT_EQ(wait_in_words(text), "") << text;
    }
}

TEST(ErrorWords, TakeASpanAndLeaveTheRest) {
    std::string_view text = "6m0s, then";
    EXPECT_EQ(take_span(text), 360);
    EXPECT_EQ(text, ", then");
    text = "12ms";
    EXPECT_EQ(take_span(text), 0.012);
    EXPECT_EQ(text, "");
    text = "7.5";
    EXPECT_EQ(take_span(text), 7.5);
    text = "soon";
    EXPECT_EQ(take_span(text), std::nullopt);
    EXPECT_EQ(text, "soon");
}

TEST(ErrorWords, ReadAPageForItsTitleElseItsText) {
    const Pairs pages{
        {"<!DOCTYPE html>\n<html><head><TITLE>502 Bad\n  Gateway</TITLE></head><body>nginx</body>",
         "502 Bad Gateway"},
        {"<html><body><h1>Sorry</h1><p>try\r\nlater</p></body></html>", "Sorry try later"},
        {"<html><title>unended", "unended"},
        {"<html><body></body></html>", ""},
        {"upstream connect error", "upstream connect error"},
        {"{\"error\":", "{\"error\":"},
        {" \r\n\t ", ""},
        {"", ""},
    };
    for (const auto& [body, text] : pages) EXPECT_EQ(readable_text(body), text) << body;
}

TEST(ErrorWords, CutALongTextBetweenTwoCharacters) {
    EXPECT_EQ(shortened("short"), "short");
    EXPECT_EQ(shortened(std::string(2000, 'x')), std::string(2000, 'x'));
    EXPECT_EQ(shortened(std::string(2001, 'x')), std::string(2000, 'x') + "…");
    std::string umlauts = "x";
    for (int i = 0; i < 2000; ++i) umlauts += "ä";
    EXPECT_EQ(shortened(umlauts), umlauts.substr(0, 1999) + "…");
    EXPECT_EQ(shortened("a\xFF"), "a\xEF\xBF\xBD");
    EXPECT_TRUE(wire::is_utf8(shortened(std::string(5000, '\x80'))));
}

TEST(ErrorWords, KnowThatAPromptIsTooLongInEveryProvidersWords) {
    for (const std::string text :
         {"This model's maximum context length is 128000 tokens. However, you requested 130123.",
          "prompt is too long: 5 tokens > 4 maximum", "Input is too long for requested model.",
          "The input token count (9) exceeds the maximum number of tokens allowed (8).",
          "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
          "Your input exceeds the context window of this model.",
          "the request exceeds the available context size. try increasing the context size",
          "Context length exceeded", "context_length_exceeded: too much"}) {
        EXPECT_TRUE(is_context_overflow(text)) << text;
    }
    for (const std::string text : {"", "max_tokens is too large", "Your input is long"})
        EXPECT_FALSE(is_context_overflow(text)) << text;
}

}  // namespace
}  // namespace router::dialects
