#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "given.hpp"

namespace router::config {
namespace {

class DotEnvFile : public testing::Test {
 protected:
    void SetUp() override {
        path_ = std::filesystem::temp_directory_path() /
                ("router-dot-env-" + std::to_string(::getpid()));
    }
    void TearDown() override { std::filesystem::remove(path_); }

    DotEnv read(std::string_view text, Texts variables = {}) {
        std::ofstream(path_) << text;
        return read_dot_env(path_.string(), environment_of(std::move(variables)));
    }
    std::string value(std::string_view text, Texts variables = {}) {
        const auto read_text = read(text, std::move(variables));
        return read_text.variables.empty() ? "(none)" : read_text.variables.back().second;
    }

    std::filesystem::path path_;
};

TEST_F(DotEnvFile, HoldsNamesAndValues) {
    const auto dot_env =
        read("# comment\n\nA=1\n  export B = two words  # comment\r\nC=\nD=a#b\nE=#c\nA=3\n");
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(dot_env.variables,
              (Pairs{{"A", "3"}, {"B", "two words"}, {"C", ""}, {"D", "a#b"}, {"E", ""}}));
    EXPECT_TRUE(dot_env.diagnostics.empty());
}

TEST_F(DotEnvFile, KeepsWhatIsInQuotes) {
    EXPECT_EQ(value("A='x # ${B} \\n'"), "x # ${B} \\n");
    EXPECT_EQ(value("A=\"x # \\\"y\\\" \\n\\t\\\\z\" # comment"), "x # \"y\" \n\t\\z");
    EXPECT_EQ(value("A=\"one\ntwo\"\n"), "one\ntwo");
    EXPECT_EQ(value("A=\"\\${B}\""), "${B}");
}

TEST_F(DotEnvFile, FillsInVariablesOfLinesAboveAndOfTheEnvironment) {
    EXPECT_EQ(value("A=1\nB=${A}-${C}", {{"C", "2"}, {"A", "outside"}}), "1-2");
    EXPECT_EQ(value("B=\"${X:-y}\""), "y");
}

TEST_F(DotEnvFile, LocatesLinesThatAreWrongWithoutRepeatingThem) {
    const auto dot_env = read("A=1\nsecret stuff\nB=\"never\nclosed\nC='x");
    ASSERT_EQ(dot_env.diagnostics.size(), 2U);
    EXPECT_EQ(dot_env.diagnostics[0].place.line, 2);
    EXPECT_EQ(dot_env.diagnostics[1].place.line, 3);
    EXPECT_EQ(told(dot_env.diagnostics).find("secret"), std::string::npos);
}

TEST_F(DotEnvFile, NamesAVariableThatIsNowhere) {
    const auto dot_env = read("\nA=x${NOWHERE}\n");
    EXPECT_EQ(dot_env.variables[0].second, "x");
    EXPECT_NE(told(dot_env.diagnostics).find(":2:1: warning: the variable NOWHERE is not set"),
              std::string::npos);
}

TEST(DotEnv, ThatIsMissingIsNoVariablesAndNoProblem) {
    const auto dot_env = read_dot_env("/nowhere/.env", environment_of({}));
    EXPECT_TRUE(dot_env.variables.empty());
    EXPECT_TRUE(dot_env.diagnostics.empty());
}

}  // namespace
}  // namespace router::config
