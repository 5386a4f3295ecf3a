#include "dialects/effort_words.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace router::dialects {
namespace {

using canonical::Effort;

TEST(EffortWords, AreReadBackTheSame) {
    for (const std::string_view word :
         {"none", "minimal", "low", "medium", "high", "xhigh", "max"}) {
        const auto effort = effort_of(word);
        ASSERT_TRUE(effort) << word;
        EXPECT_EQ(effort_word(*effort), word);
    }
    EXPECT_FALSE(effort_of(""));
    EXPECT_FALSE(effort_of("High"));
}

TEST(EffortWords, OfClaudeBeginWithLow) {
    EXPECT_EQ(claude_effort_word(std::nullopt), "");
    EXPECT_EQ(claude_effort_word(Effort::none), "");
    EXPECT_EQ(claude_effort_word(Effort::minimal), "low");
    EXPECT_EQ(claude_effort_word(Effort::low), "low");
    EXPECT_EQ(claude_effort_word(Effort::max), "max");
}

}  // namespace
}  // namespace router::dialects
