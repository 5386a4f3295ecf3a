#include "config/yaml_document.hpp"

#include <gtest/gtest.h>

#include "given.hpp"

namespace router::config {
namespace {

std::string json_of(std::string_view text) {
    Report report;
    const auto value = parse_yaml(text, "f.yml", report);
    return report.has_error() || !value ? told(report.sorted()) : json_text(*value);
}

TEST(YamlDocument, ReadsScalarsAsPyYamlDoes) {
    EXPECT_EQ(
        json_of("a: yes\nb: Off\nc: 5\nd: '5'\ne: ~\nf:\ng: 1e-6\nh: .5\ni: 0x10\nj: 007\nk: "
                "text\nl: -3"),
        R"({"a":true,"b":false,"c":5,"d":"5","e":null,"f":null,"g":1e-6,"h":0.5,"i":16,"j":"007","k":"text","l":-3})");
}

TEST(YamlDocument, RemembersWhereEachValueStands) {
    Report report;
    const auto value = parse_yaml("a: 1\nb:\n  - x\n  - y\n", "f.yml", report);
    ASSERT_TRUE(value);
    EXPECT_EQ(value->members[1].place.line, 2);
    EXPECT_EQ(value->find("b")->items[1].place.line, 4);
    EXPECT_EQ(value->find("b")->items[1].place.column, 5);
}

TEST(YamlDocument, ResolvesAnchorsAndMergesMaps) {
    EXPECT_EQ(json_of("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n"),
              R"({"base":{"x":1,"y":2},"use":{"y":3,"x":1}})");
    EXPECT_EQ(json_of("a: &a {x: 1}\nb: &b {x: 2, z: 3}\nuse:\n  <<: [*a, *b]\n"),
              R"({"a":{"x":1},"b":{"x":2,"z":3},"use":{"x":1,"z":3}})");
}

TEST(YamlDocument, RefusesToMergeWhatIsNoMap) {
    EXPECT_EQ(json_of("a: &a 5\nb:\n  <<: *a\n"),
              "f.yml:1:4: error: << takes a map or a list of maps, such as *defaults; this is a "
              "number\n");
}

TEST(YamlDocument, NamesBothLinesOfADuplicateKey) {
    EXPECT_EQ(json_of("a: 1\nb: 2\na: 3\n"),
              "f.yml:3:1: error: \"a\" stands here a second time, the first is in line 1; keep one "
              "of them\n");
}

TEST(YamlDocument, SaysThatATabIndentsALine) {
    EXPECT_EQ(json_of("a:\n  b: 1\n\tc: 2\n"),
              "f.yml:3:1: error: a tab indents this line; use spaces\n");
    EXPECT_EQ(json_of("a:\n\tb: 1\n"), "f.yml:2:1: error: a tab indents this line; use spaces\n");
    EXPECT_EQ(json_of("a:\n\t- b: 1\n\t  c: 2\n"),
              "f.yml:2:1: error: a tab indents this line; use spaces\n");
}

TEST(YamlDocument, SaysInPlainWordsWhatIsWrong) {
    EXPECT_NE(json_of("a: [1, 2\nb: 3\n").find("has no closing ]"), std::string::npos);
    EXPECT_NE(
        json_of("a: b: c\n").find("f.yml:1:5: error: a \": \" stands where no value may begin"),
        std::string::npos);
    for (const auto* unclosed : {"a: \"x\nb: 1\n", "a: 'x\nb: ''1''\n"}) {
        EXPECT_NE(json_of(unclosed).find("error: a quote is opened here and never closed"),
                  std::string::npos);
    }
    EXPECT_EQ(json_of("a: 'it''s'"), R"({"a":"it's"})");
    EXPECT_NE(json_of("a: *nowhere\n").find("names an anchor"), std::string::npos);
    EXPECT_NE(json_of("name: *\n").find("must stand in quotes"), std::string::npos);
    EXPECT_NE(json_of("a: 1\n  b: 2\n").find("f.yml:2:"), std::string::npos);
}

TEST(YamlDocument, RefusesASecondDocument) {
    EXPECT_EQ(json_of("a: 1\n---\nb: 2\n"),
              "f.yml:3:1: error: a second document (---) begins; a file holds one\n");
    EXPECT_EQ(json_of("---\na: 1\n"), R"({"a":1})");
}

TEST(YamlDocument, RefusesWhatAliasesMultiplyWithoutEnd) {
    std::string text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
    for (char name = 'b'; name < 'k'; ++name) {
        const std::string before(1, static_cast<char>(name - 1));
        text += std::string(1, name) + ": &" + name + " [";
        for (int i = 0; i < 10; ++i) text += (i > 0 ? ", *" : "*") + before;
        text += "]\n";
    }
    EXPECT_NE(json_of(text).find("aliases make the file too large"), std::string::npos);
    EXPECT_NE(json_of("a: &a [*a]\n").find("inside the value that it names"), std::string::npos);
}

TEST(YamlDocument, RefusesNestingWithoutEnd) {
    EXPECT_NE(json_of(std::string(5000, '[')).find("error"), std::string::npos);
    EXPECT_NE(json_of(std::string(150, '[') + std::string(150, ']')).find("nested too deeply"),
              std::string::npos);
}

TEST(YamlDocument, RefusesKeysThatAreNoWords) {
    EXPECT_NE(json_of("? [a, b]\n: 1\n").find("a key must be a word"), std::string::npos);
}

}  // namespace
}  // namespace router::config
