#include "config/expand.hpp"

#include <gtest/gtest.h>

#include "config/yaml_document.hpp"
#include "given.hpp"

namespace router::config {
namespace {

std::string expanded(std::string_view text, Texts variables) {
    Report report;
    auto value = parse_yaml(text, "f.yml", report);
    expand(*value, environment_of(std::move(variables)), report);
    return json_text(*value) + told(report.sorted());
}

TEST(Expand, FillsInWholeReferencesInMapsAndLists) {
    EXPECT_EQ(expanded("a: os.environ/X\nb: [os.environ/X, text os.environ/X]", {{"X", "5"}}),
              R"({"a":"5","b":["5","text os.environ/X"]})");
}

TEST(Expand, FillsInReferencesInsideTexts) {
    EXPECT_EQ(expanded("a: http://${HOST}:${PORT:-80}/", {{"HOST", "h"}}),
              R"({"a":"http://h:80/"})");
    EXPECT_EQ(expanded("a: ${X:-none}", {{"X", ""}}), R"({"a":"none"})");
}

TEST(Expand, LeavesWhatIsNoReference) {
    EXPECT_EQ(expanded("a: $${X}\nb: ${}\nc: ${1x}\nd: ${x\ne: $x", {{"X", "1"}, {"x", "2"}}),
              R"({"a":"${X}","b":"${}","c":"${1x}","d":"${x","e":"$x"})");
}

TEST(Expand, DoesNotLookForReferencesInWhatItFilledIn) {
    EXPECT_EQ(expanded("a: os.environ/X\nb: ${X}", {{"X", "os.environ/Y ${Y}"}, {"Y", "no"}}),
              R"({"a":"os.environ/Y ${Y}","b":"os.environ/Y ${Y}"})");
}

TEST(Expand, WarnsOfAVariableThatIsNotSetAndLeavesItsKeyOut) {
    EXPECT_EQ(expanded("a: os.environ/X", {}),
              "{\"a\":null}f.yml:1:4: warning: the environment variable \"X\" is not set; what "
              "refers to it is left out\n");
}

TEST(Expand, LeavesKeysToTheirReaders) {
    EXPECT_EQ(expanded("api_key: os.environ/X\nmaster_key: ${X}", {}),
              R"({"api_key":null,"master_key":null})");
}

}  // namespace
}  // namespace router::config
