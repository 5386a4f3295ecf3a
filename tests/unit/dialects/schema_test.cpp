#include "dialects/schema.hpp"

#include <gtest/gtest.h>

#include "wire/json_tree.hpp"

namespace router::dialects {
namespace {

// The same JSON, whatever the order of members.
void expect_json(const std::string& found, std::string_view wanted) {
    const auto left = wire::parse_json(found);
    const auto right = wire::parse_json(wanted);
    ASSERT_TRUE(left && right) << found;
    EXPECT_TRUE(left->equals(*right)) << found << "\nnot\n" << wanted;
}

TEST(ObjectSchema, StaysAsItIsWhenItIsOfAnObject) {
    const std::string schema = R"({ "type":"object", "properties":{ "a":{"const":1} } })";
    EXPECT_EQ(object_schema(schema), schema);
    EXPECT_EQ(object_schema(""), R"({"type":"object","properties":{}})");
    expect_json(object_schema(R"({"properties":{"a":{}}})"),
                R"({"properties":{"a":{}},"type":"object"})");
    expect_json(object_schema(R"({"type":"object"})"), R"({"type":"object","properties":{}})");
}

TEST(ObjectSchema, DoesNotBranchAtItsRoot) {
    expect_json(object_schema(R"({"allOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},
                                           {"$ref":"#/$defs/B"}],
                                  "$defs":{"B":{"properties":{"b":{"type":"integer"}}}}})"),
                R"({"$defs":{"B":{"properties":{"b":{"type":"integer"}}}},
                    "properties":{"a":{"type":"string"},"b":{"type":"integer"}},
                    "required":["a"],"type":"object"})");
    const auto any = object_schema(R"({"anyOf":[{"properties":{"a":{}},"required":["a"]}]})");
    EXPECT_NE(any.find(R"("properties":{"a":{}})"), std::string::npos) << any;
    EXPECT_NE(any.find("\"description\":\"anyOf: "), std::string::npos) << any;
    EXPECT_EQ(any.find("\"required\":["), std::string::npos) << any;
}

TEST(AnthropicSchema, ClosesObjectsAndTellsBoundsInWords) {
    expect_json(anthropic_schema(R"({"$schema":"x","type":"object","properties":{
            "n":{"type":"integer","minimum":1,"maximum":5,"description":"How many"},
            "s":{"type":"string","pattern":"^a","format":"color"},
            "d":{"type":"string","format":"date"},
            "l":{"type":"array","items":{"oneOf":[{"type":"string"},{"type":"null"}]},"minItems":3},
            "m":{"type":"array","items":{"type":"string"},"minItems":1},
            "x":{}},"required":["n"],"additionalProperties":true})"),
                R"({"type":"object","properties":{
            "n":{"type":"integer","description":"How many\nminimum: 1\nmaximum: 5"},
            "s":{"type":"string","description":"pattern: \"^a\"\nformat: \"color\""},
            "d":{"type":"string","format":"date"},
            "l":{"type":"array","items":{"anyOf":[{"type":"string"},{"type":"null"}]},
                 "description":"minItems: 3"},
            "m":{"type":"array","items":{"type":"string"},"minItems":1},
            "x":{"anyOf":[{"type":"string"},{"type":"number"},{"type":"boolean"},{"type":"null"}]}},
            "required":["n"],"additionalProperties":false})");
}

TEST(AnthropicSchema, KeepsReferencesAlone) {
    expect_json(anthropic_schema(R"({"type":"object","properties":{
                    "a":{"$ref":"#/$defs/A","description":"gone"}},
                    "$defs":{"A":{"type":"object","properties":{}}}})"),
                R"({"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},
                    "$defs":{"A":{"type":"object","properties":{},"additionalProperties":false}},
                    "additionalProperties":false})");
    EXPECT_EQ(anthropic_schema("nonsense"), "{}");
}

TEST(AnthropicSchema, TakesAPropertyNamedLikeAKeywordForAProperty) {
    expect_json(
        anthropic_schema(R"({"type":"object","properties":{"pattern":{"type":"string"},
                             "oneOf":{"type":"string"},"$ref":{"type":"string"}}})"),
        R"({"type":"object","properties":{"pattern":{"type":"string"},"oneOf":{"type":"string"},
            "$ref":{"type":"string"}},"additionalProperties":false})");
}

TEST(GeminiSchema, WritesOutReferencesAndStopsAtItself) {
    expect_json(gemini_schema(R"({"type":"object","properties":{
                    "a":{"$ref":"#/$defs/A","description":"mine"},"n":{"$ref":"#/$defs/N"}},
                    "$defs":{"A":{"type":"string","title":"T","description":"its"},
                             "N":{"type":"object","properties":{"next":{"$ref":"#/$defs/N"}}}}})"),
                R"({"type":"object","properties":{
                    "a":{"type":"string","description":"mine"},
                    "n":{"type":"object","properties":{
                        "next":{"type":"object","description":"as: \"#/$defs/N\""}}}}})");
}

TEST(GeminiSchema, TurnsValuesTypesAndAlternativesIntoItsOwn) {
    expect_json(gemini_schema(R"({"type":"object","additionalProperties":false,"properties":{
                    "c":{"const":"x"},
                    "e":{"enum":[1,2]},
                    "f":{"enum":["a",null]},
                    "t":{"type":["integer","null"]},
                    "u":{"type":["integer","string"]},
                    "o":{"oneOf":[{"type":"string"},{"type":"null"}]},
                    "v":{"anyOf":[{"type":"string"},{"type":"integer"}]},
                    "x":{"type":"number","exclusiveMinimum":0},
                    "y":{"type":"string","format":"uri"},
                    "z":{"type":"array"},
                    "w":{"allOf":[{"type":"object","properties":{"a":{"type":"string"}}},
                                  {"properties":{"b":{"type":"string"}},"required":["b","q"]}]}},
                    "required":["c","nothing"]})"),
                R"({"type":"object","properties":{
                    "c":{"type":"string","enum":["x"]},
                    "e":{"type":"integer","description":"one of: [1,2]"},
                    "f":{"type":"string","enum":["a"],"nullable":true},
                    "t":{"type":"integer","nullable":true},
                    "u":{"anyOf":[{"type":"integer"},{"type":"string"}]},
                    "o":{"type":"string","nullable":true},
                    "v":{"anyOf":[{"type":"string"},{"type":"integer"}]},
                    "x":{"type":"number","minimum":0,"description":"exclusiveMinimum: 0"},
                    "y":{"type":"string","description":"format: \"uri\""},
                    "z":{"type":"array","items":{"type":"string"}},
                    "w":{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},
                         "required":["b"]}},
                    "required":["c"]})");
}

TEST(GeminiSchema, EndsWhateverItIsGiven) {
    std::string doubling = R"({"$ref":"#/$defs/0","$defs":{)";
    for (int level = 0; level < 40; ++level) {
        const auto next = std::to_string(level + 1);
        doubling += '"' + std::to_string(level) +
                    R"(":{"type":"object","properties":{"a":{"$ref":"#/$defs/)" + next +
                    R"("},"b":{"$ref":"#/$defs/)" + next + R"("}}},)";
    }
    doubling += R"("40":{"type":"string"}}})";
    EXPECT_LT(gemini_schema(doubling).size(), 1'000'000U);
    EXPECT_EQ(gemini_schema("[1]"), "{}");
    expect_json(gemini_schema(R"({"items":1})"), R"({"items":{"type":"string"},"type":"array"})");
    expect_json(gemini_schema(R"({"allOf":[{"$ref":"#"}]})"), R"({"type":"string"})");
}

TEST(SchemaFromGemini, BecomesJsonSchema) {
    expect_json(
        json_schema_from_gemini(R"({"type":"OBJECT","propertyOrdering":["type"],"properties":{
                    "type":{"type":"STRING","nullable":true,"format":"enum","enum":["A"]},
                    "l":{"type":"ARRAY","minItems":"2","items":{"type":"INTEGER","format":"int32"}},
                    "u":{"any_of":[{"type":"NUMBER"}],"nullable":true},
                    "e":{"type":"TYPE_UNSPECIFIED","example":"x"}}})"),
        R"({"type":"object","properties":{
                    "type":{"type":["string","null"],"enum":["A",null]},
                    "l":{"type":"array","minItems":2,"items":{"type":"integer","format":"int32"}},
                    "u":{"anyOf":[{"type":"number"},{"type":"null"}]},
                    "e":{"examples":["x"]}}})");
    const auto plain =
        R"({"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"string"}}})";
    expect_json(json_schema_from_gemini(plain), plain);
}

TEST(StrictSchema, NeedsEveryObjectClosedAndEveryPropertyRequired) {
    EXPECT_TRUE(is_strict_ready(
        R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false})"));
    EXPECT_TRUE(
        is_strict_ready(R"({"type":"object","properties":{},"additionalProperties":false})"));
    EXPECT_FALSE(is_strict_ready(
        R"({"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false})"));
    EXPECT_FALSE(is_strict_ready(
        R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"]})"));
    EXPECT_FALSE(is_strict_ready(
        R"({"type":"object","properties":{"a":{"type":"array","items":{"type":"object"}}},"required":["a"],"additionalProperties":false})"));
    EXPECT_FALSE(is_strict_ready(R"({"type":"string"})"));
    EXPECT_FALSE(is_strict_ready(""));
}

}  // namespace
}  // namespace router::dialects
