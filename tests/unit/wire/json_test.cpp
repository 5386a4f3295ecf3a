#include "wire/json.hpp"

#include <gtest/gtest.h>

#include "feeding.hpp"

namespace router::wire {
namespace {

// The value of the member "v" as `look` sees it.
template <class Look>
auto of_member(std::string_view text, Look look) {
    const Padded bytes(text);
    auto document = json::read(bytes);
    json::value value;
    EXPECT_EQ(document["v"].get(value), simdjson::SUCCESS) << text;
    return look(value);
}

std::string raw_of(std::string_view text) {
    return of_member(text, [](json::value& value) { return std::string(json::raw(value)); });
}

std::optional<std::uint64_t> number_of(std::string_view text) {
    return of_member("{\"v\":" + std::string(text) + "}",
                     [](json::value& value) { return json::whole_number(value); });
}

TEST(Json, PadsAsMuchAsTheServerSentEventsDo) { EXPECT_EQ(json::padding, 64U); }

TEST(Json, GivesAValueAsItStandsWithoutTheWhiteSpaceAroundIt) {
    EXPECT_EQ(raw_of(R"({"v" :  "a\u0062c" , "w":1})"), R"("a\u0062c")");
    EXPECT_EQ(raw_of("{\"v\":\n1.50e3\t\r\n}"), "1.50e3");
    EXPECT_EQ(raw_of(R"({"v": null ,"w":1})"), "null");
    EXPECT_EQ(raw_of(R"({"v": true})"), "true");
    EXPECT_EQ(raw_of(R"({"v": { "a" : [ 1 , 2 ] } , "w":1})"), R"({ "a" : [ 1 , 2 ] })");
    EXPECT_EQ(raw_of(R"({"v":[ ] })"), "[ ]");
}

TEST(Json, GivesNumbersAsTheyAreWritten) {
    EXPECT_EQ(raw_of(R"({"v":12345678901234567890123})"), "12345678901234567890123");
    EXPECT_EQ(raw_of(R"({"v":1.0})"), "1.0");
    EXPECT_EQ(raw_of(R"({"v":-0})"), "-0");
}

TEST(Json, ReadsTheTextOfStringsAndOfNothingElse) {
    const auto text = [](json::value& value) { return std::string(json::text_or_empty(value)); };
    EXPECT_EQ(of_member(R"({"v":"a\n\u00e4\ud83d\ude00"})", text), "a\n\xC3\xA4\xF0\x9F\x98\x80");
    EXPECT_EQ(of_member(R"({"v":12})", text), "");
    EXPECT_EQ(of_member(R"({"v":null})", text), "");
    EXPECT_EQ(of_member(R"({"v":["a"]})", text), "");
}

TEST(Json, CountsWholeNumbersAndFloatsButNothingNegative) {
    EXPECT_EQ(number_of("0"), 0U);
    EXPECT_EQ(number_of("42"), 42U);
    EXPECT_EQ(number_of("18446744073709551615"), 18446744073709551615U);
    EXPECT_EQ(number_of("12.0"), 12U);
    EXPECT_EQ(number_of("1.2e3"), 1200U);
    EXPECT_EQ(number_of("-1"), std::nullopt);
    EXPECT_EQ(number_of("-1.5"), std::nullopt);
    EXPECT_EQ(number_of("1e300"), std::nullopt);
    EXPECT_EQ(number_of("\"12\""), std::nullopt);
    EXPECT_EQ(number_of("null"), std::nullopt);
    EXPECT_EQ(number_of("{}"), std::nullopt);
}

TEST(Json, TellsWholeJsonFromAllElse) {
    for (const std::string_view text :
         {"{}", "[]", "1", "\"a\"", "null", " {\"a\":[1,2.5e-3,\"\\u00e4\",{}]} \r\n",
          "{\"a\":1,\"a\":2}"}) {
        EXPECT_TRUE(json::is_valid(text)) << text;
    }
    for (const std::string_view text :
         {"",           " ",        "{",     "}",       "{\"a\"}", "{\"a\":}",
          "{\"a\":1,}", "[1,]",     "{a:1}", "{'a':1}", "tru",     "01",
          "1.",         "+1",       ".5",    "NaN",     "\"\\x\"", "\"\\ud800\"x",
          "\"\n\"",     "\"\xFF\"", "{} {}", "{}x",     "[1 2]",   "{\"a\":1 \"b\":2}",
          "/**/{}"}) {
        EXPECT_FALSE(json::is_valid(text)) << text;
    }
}

}  // namespace
}  // namespace router::wire
