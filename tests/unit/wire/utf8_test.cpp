#include "wire/utf8.hpp"

#include <gtest/gtest.h>

namespace router::wire {
namespace {

using namespace std::string_view_literals;

TEST(Utf8, KnowsTheFirstAndLastCharacterOfEachLength) {
    for (const auto text : {""sv, "\0"sv, "\x7F"sv, "\xC2\x80"sv, "\xDF\xBF"sv, "\xE0\xA0\x80"sv,
                            "\xED\x9F\xBF"sv, "\xEE\x80\x80"sv, "\xEF\xBF\xBF"sv,
                            "\xF0\x90\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv, "aä€😀z"sv}) {
        EXPECT_TRUE(is_utf8(text)) << text;
        EXPECT_EQ(repaired_utf8(text), text);
    }
}

TEST(Utf8, RefusesOverlongFormsSurrogatesAndWhatLiesBeyondUnicode) {
    for (const auto text :
         {"\xC0\x80"sv, "\xC1\xBF"sv, "\xE0\x9F\xBF"sv, "\xED\xA0\x80"sv, "\xED\xBF\xBF"sv,
          "\xF0\x8F\xBF\xBF"sv, "\xF4\x90\x80\x80"sv, "\xF5\x80\x80\x80"sv, "\xFE"sv, "\xFF"sv}) {
        EXPECT_FALSE(is_utf8(text)) << text;
        EXPECT_TRUE(is_utf8(repaired_utf8(text))) << text;
    }
}

TEST(Utf8, RefusesCutAndStraySequences) {
    for (const auto text : {"\x80"sv, "\xBF"sv, "\xC3"sv, "\xE2\x82"sv, "\xE2"sv, "\xF0\x9F\x98"sv,
                            "\xF0\x9F"sv, "\xC3z"sv, "\xE2\x82z"sv, "\xC3\xC3\xA4"sv, "\xC3\0"sv}) {
        EXPECT_FALSE(is_utf8("abc" + std::string(text))) << text;
        EXPECT_TRUE(is_utf8(repaired_utf8(text))) << text;
    }
}

TEST(Utf8, ReplacesEachStrayByteAndKeepsTheRest) {
    EXPECT_EQ(repaired_utf8("a\xFF\xC3\xA4"), "a\xEF\xBF\xBD\xC3\xA4");
    EXPECT_EQ(repaired_utf8("\xE2\x82z"), "\xEF\xBF\xBD\xEF\xBF\xBDz");
    EXPECT_EQ(repaired_utf8("\xC3\xC3\xA4"), "\xEF\xBF\xBD\xC3\xA4");
}

TEST(Utf8, IsNotFooledByWhereTheTextWasCut) {
    const std::string text = "aä€😀z";
    for (std::size_t at = 0; at <= text.size(); ++at) {
        const bool is_boundary = at == text.size() || (text[at] & 0xC0) != 0x80;
        EXPECT_EQ(is_utf8(text.substr(0, at)), is_boundary) << at;
        EXPECT_EQ(is_utf8(text.substr(at)), is_boundary) << at;
    }
}

}  // namespace
}  // namespace router::wire
