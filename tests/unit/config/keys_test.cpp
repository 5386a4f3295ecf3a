#include "config/keys.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "given.hpp"

namespace router::config {
namespace {

using Row = std::pair<std::string, std::string>;  // section and key

std::map<Row, std::string> rows_of_document() {
    std::istringstream document(
        *read_from_disk(std::string(ROUTER_ROOT) + "/LITELLM_COMPATIBILITY.md"));
    std::map<Row, std::string> out;
    std::string section;
    for (std::string line; std::getline(document, line);) {
        if (line.starts_with("### ")) section = line.substr(4);
        if (!line.starts_with("| `")) continue;
        const auto end = line.find("` | ");
        const auto state = line.substr(end + 4, line.find(" |", end + 4) - end - 4);
        EXPECT_TRUE(out.emplace(Row{section, line.substr(3, end - 3)}, state).second) << line;
    }
    return out;
}

std::map<Row, std::string> rows_of_table() {
    std::map<Row, std::string> out;
    for (const auto& key : keys()) {
        const Row row{std::string(key.section), std::string(key.name)};
        EXPECT_TRUE(out.emplace(row, to_string(key.state)).second)
            << row.first << "." << row.second << " stands twice";
    }
    return out;
}

TEST(Keys, StandInTheCompatibilityDocumentWithTheSameState) {
    const auto document = rows_of_document();
    for (const auto& [row, state] : rows_of_table()) {
        const auto found = document.find(row);
        ASSERT_NE(found, document.end())
            << row.first << "." << row.second << " is missing in LITELLM_COMPATIBILITY.md";
        EXPECT_EQ(found->second, state) << row.first << "." << row.second;
    }
}

TEST(Keys, AreAllThatTheCompatibilityDocumentLists) {
    const auto table = rows_of_table();
    for (const auto& [row, state] : rows_of_document()) {
        EXPECT_TRUE(table.contains(row))
            << row.first << "." << row.second << " is not in the table of keys.cpp";
    }
}

TEST(Keys, MayBePatterns) {
    EXPECT_EQ(find_key(section::model_info, "supports_vision")->name, "supports_*");
    EXPECT_EQ(find_key(section::litellm_params, "input_cost_per_token_above_128k_tokens")->name,
              "*cost*");
    EXPECT_EQ(find_key(section::litellm_params, "max_tokens"), nullptr);
}

TEST(Keys, WarnOfWhatHasNoEffectYet) {
    EXPECT_EQ(told("model_list: [{model_name: m, litellm_params: {model: openai/x, mock_response: "
                   "hi, itpm: 5}}]\n"
                   "guardrails: []\n"
                   "router_settings: {redis_url: 2}\n"
                   "litellm_settings: {cache: true, telemetry: false}\n"
                   "general_settings: {allowed_ips: []}\n"),
              "main.yml:1:83: warning: \"itpm\" is known, but has no effect yet\n"
              "main.yml:2:1: warning: \"guardrails\" is known, but has no effect yet\n"
              "main.yml:3:19: warning: \"redis_url\" is known, but has no effect yet\n"
              "main.yml:4:20: warning: \"cache\" is known, but has no effect yet\n"
              "main.yml:5:20: warning: \"allowed_ips\" is known, but has no effect yet\n");
}

TEST(Keys, ThatNobodyKnowsGetTheNearestName) {
    EXPECT_EQ(told("model_list: [{model_name: m, modelinfo: {}, litellm_params: {model: openai/x, "
                   "mock_response: hi}}]\n"
                   "general_setings: {}\n"
                   "router_settings: {fallback: []}\n"
                   "litellm_settings: {drop_param: true}\n"
                   "general_settings: {masterkey: x, potr: 80, zzzzzz: 1}\n"),
              "main.yml:1:30: warning: nobody knows a key \"modelinfo\" in model_list (did you "
              "mean \"model_info\"?); it is ignored\n"
              "main.yml:2:1: warning: nobody knows a key \"general_setings\" in the file (did you "
              "mean \"general_settings\"?); it is ignored\n"
              "main.yml:3:19: warning: nobody knows a key \"fallback\" in router_settings (did you "
              "mean \"fallbacks\"?); it is ignored\n"
              "main.yml:4:20: warning: nobody knows a key \"drop_param\" in litellm_settings (did "
              "you mean \"drop_params\"?); it is ignored\n"
              "main.yml:5:20: warning: nobody knows a key \"masterkey\" in general_settings (did "
              "you mean \"master_key\"?); it is ignored\n"
              "main.yml:5:34: warning: nobody knows a key \"potr\" in general_settings (did you "
              "mean \"port\"?); it is ignored\n"
              "main.yml:5:44: warning: nobody knows a key \"zzzzzz\" in general_settings; it is "
              "ignored\n");
}

TEST(Keys, OfManyEntriesBecomeOneWarning) {
    EXPECT_EQ(
        told("model_list:\n"
             "- {model_name: a, litellm_params: {model: openai/x, mock_response: hi, itpm: 5}}\n"
             "- {model_name: b, litellm_params: {model: openai/x, mock_response: hi, itpm: 5}}\n"
             "- {model_name: c, litellm_params: {model: openai/x, mock_response: hi, itpm: 5}}\n"),
        "main.yml:2:72: warning: \"itpm\" is known, but has no effect yet (also in line 3, 4)\n");
}

TEST(Matches, TakesAStarForAnyText) {
    EXPECT_TRUE(matches("*", ""));
    EXPECT_TRUE(matches("gpt-*", "gpt-4o"));
    EXPECT_TRUE(matches("a*b*c", "a-b-b-c"));
    EXPECT_TRUE(matches("*cost*", "cost"));
    EXPECT_FALSE(matches("gpt-*", "xgpt-4"));
    EXPECT_FALSE(matches("a*b", "a-c"));
    EXPECT_FALSE(matches("", "a"));
}

}  // namespace
}  // namespace router::config
