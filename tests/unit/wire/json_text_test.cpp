#include "wire/json_text.hpp"

#include <gtest/gtest.h>

#include "feeding.hpp"
#include "wire/json.hpp"

namespace router::wire {
namespace {

using namespace std::string_view_literals;

std::string read_back(std::string_view text) {
    const Padded bytes(text);
    auto document = json::read(bytes);
    std::string_view found;
    EXPECT_EQ(document.get_string().get(found), simdjson::SUCCESS) << text;
    return std::string(found);
}

TEST(JsonText, QuotesPlainText) {
    EXPECT_EQ(quoted(""), "\"\"");
    EXPECT_EQ(quoted("abc"), "\"abc\"");
    EXPECT_EQ(quoted("/ \x7f"), "\"/ \x7f\"");
}

TEST(JsonText, EscapesQuotesBackslashesAndControlCharacters) {
    EXPECT_EQ(quoted("a\"b\\c"), R"("a\"b\\c")");
    EXPECT_EQ(quoted("\n\r\t"), R"("\n\r\t")");
    EXPECT_EQ(quoted("\0\x01\x1f"sv), R"("\u0000\u0001\u001f")");
}

TEST(JsonText, LeavesOtherCharactersAsTheyAre) { EXPECT_EQ(quoted("ä€😀"), "\"ä€😀\""); }

TEST(JsonText, ReplacesBytesThatAreNoText) {
    EXPECT_EQ(quoted("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
    EXPECT_EQ(quoted("\xC3"), "\"\xEF\xBF\xBD\"");
    EXPECT_EQ(quoted("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(JsonText, AppendsBehindWhatIsThere) {
    std::string out = "{";
    append_quoted(out, "a");
    EXPECT_EQ(out, "{\"a\"");
}

TEST(JsonText, FindsWhatMustBeEscapedWhereverItStands) {
    for (const auto& [text, escaped] : {std::pair("\""sv, "\\\""sv),
                                        {"\\"sv, "\\\\"sv},
                                        {"\x01"sv, "\\u0001"sv},
                                        {"\xFF"sv, "\xEF\xBF\xBD"sv},
                                        {"\xC3\xA4"sv, "\xC3\xA4"sv}}) {
        for (std::size_t at = 0; at < 20; ++at) {
            const std::string before(at, 'a'), after(20 - at, 'b');
            EXPECT_EQ(wire::quoted(before + std::string(text) + after),
                      '"' + before + std::string(escaped) + after + '"')
                << at;
        }
    }
}

TEST(JsonText, WritesEveryByteSoThatItIsReadBackTheSame) {
    for (int c = 0; c < 0x80; ++c) {
        const std::string text{'<', static_cast<char>(c), '>'};
        EXPECT_TRUE(json::is_valid(wire::quoted(text))) << c;
        EXPECT_EQ(read_back(wire::quoted(text)), text) << c;
    }
    for (int c = 0x80; c < 0x100; ++c) {
        EXPECT_TRUE(json::is_valid(wire::quoted(std::string(1, static_cast<char>(c))))) << c;
    }
}

TEST(JsonText, UnescapesWhatItEscaped) {
    for (const std::string& text :
         {"", "plain", "a\"b\\c\n\t\r\b\f\x01", "\xc3\xa9 \xf0\x9f\x98\x80"})
        EXPECT_EQ(unescaped(escaped(text)), text);
}

TEST(JsonText, UnescapesCodePointsAndPairsOfSurrogates) {
    EXPECT_EQ(unescaped(R"(\u0041\u00e9\u20ac\ud83d\ude00\/)"),
              "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80/");
    EXPECT_EQ(unescaped(R"(\ud83d!)"), "\xef\xbf\xbd!");
    EXPECT_EQ(unescaped(R"(\ude00)"), "\xef\xbf\xbd");
}

TEST(JsonText, KnowsTheEscapesOfJson) {
    EXPECT_TRUE(has_good_escapes(R"(a\"\\\/\b\f\n\r\t\u00e9)"));
    for (const auto* text : {"\\", "\\x", "\\u12", "\\u12g4", "a\\\\\\"}) {
        EXPECT_FALSE(has_good_escapes(text)) << text;
    }
}

}  // namespace
}  // namespace router::wire
