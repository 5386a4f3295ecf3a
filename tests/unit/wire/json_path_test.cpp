#include "wire/json_path.hpp"

#include <gtest/gtest.h>

namespace router::wire {
namespace {

std::string without(std::string_view path) {
    auto tree =
        *parse_json(R"({"a":{"b":1,"c":[1,2]},"tools":[{"x":1,"f":{"s":true,"n":"t"}},{"x":2}]})");
    return erase_path(tree, path) ? json_text(tree) : "nothing";
}

TEST(JsonPath, LeadsToMembersAndElements) {
    EXPECT_EQ(without("a"), R"({"tools":[{"x":1,"f":{"s":true,"n":"t"}},{"x":2}]})");
    EXPECT_EQ(without("a.b"),
              R"({"a":{"c":[1,2]},"tools":[{"x":1,"f":{"s":true,"n":"t"}},{"x":2}]})");
    EXPECT_EQ(without("a.c[0]"),
              R"({"a":{"b":1,"c":[2]},"tools":[{"x":1,"f":{"s":true,"n":"t"}},{"x":2}]})");
    EXPECT_EQ(without("tools[*].x"),
              R"({"a":{"b":1,"c":[1,2]},"tools":[{"f":{"s":true,"n":"t"}},{}]})");
    EXPECT_EQ(without("tools[*].f.s"),
              R"({"a":{"b":1,"c":[1,2]},"tools":[{"x":1,"f":{"n":"t"}},{"x":2}]})");
    EXPECT_EQ(without("tools[1]"),
              R"({"a":{"b":1,"c":[1,2]},"tools":[{"x":1,"f":{"s":true,"n":"t"}}]})");
    EXPECT_EQ(without("a.c[*]"),
              R"({"a":{"b":1,"c":[]},"tools":[{"x":1,"f":{"s":true,"n":"t"}},{"x":2}]})");
}

TEST(JsonPath, LeadsToNothingWhereNothingIs) {
    for (const auto* path : {"d", "a.d", "a.b.c", "tools[2]", "a[*].b", "tools.x", "a.c[9]"})
        EXPECT_EQ(without(path), "nothing") << path;
}

TEST(JsonPath, IsToldFromOtherText) {
    EXPECT_TRUE(is_json_path("a.b[*].c[0]"));
    for (const auto* text : {"a..b", "a[", "a[x]", "a[]", "."})
        EXPECT_FALSE(is_json_path(text)) << text;
}

}  // namespace
}  // namespace router::wire
