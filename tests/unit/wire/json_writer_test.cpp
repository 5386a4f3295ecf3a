#include "wire/json_writer.hpp"

#include <gtest/gtest.h>

namespace router::wire {
namespace {

TEST(JsonWriter, SeesToTheCommas) {
    std::string out;
    JsonWriter(out)
        .begin_object()
        .text("a", "\"")
        .begin_array("b")
        .number(1)
        .number(2)
        .end_array()
        .null("c")
        .end_object();
    EXPECT_EQ(out, R"({"a":"\"","b":[1,2],"c":null})");
}

TEST(JsonWriter, LeavesLongTextsOutAndNotesTheirPlaces) {
    const std::string longest(LeftOut::shortest, 'x'), shorter(LeftOut::shortest - 1, 'y');
    std::string out;
    LeftOut left_out;
    JsonWriter(out, &left_out)
        .begin_object()
        .lasting("a", longest)
        .lasting("b", shorter)
        .lasting("c", longest)
        .lasting("d", longest)
        .end_object();
    ASSERT_EQ(left_out.count, 2U);
    for (auto i = left_out.count; i-- > 0;)
        out.insert(left_out.texts[i].at, left_out.texts[i].text);
    EXPECT_EQ(out, R"({"a":")" + longest + R"(","b":")" + shorter + R"(","c":")" + longest +
                       R"(","d":")" + longest + R"("})");
}

TEST(JsonWriter, WritesLongTextsWhereThereIsNoPlaceToNoteThem) {
    const std::string longest(LeftOut::shortest, 'x');
    std::string out;
    JsonWriter(out).begin_object().lasting("a", longest).end_object();
    EXPECT_EQ(out, R"({"a":")" + longest + R"("})");
}

}  // namespace
}  // namespace router::wire
