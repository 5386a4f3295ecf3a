#include "fit_fixture.hpp"

namespace router::dialects {
namespace {

TEST(FitThinking, GivesAClaudeOfBudgetsTokensForAnEffort) {
    const auto budget = [](Effort effort) {
        const auto out = fitted(with_effort(effort), claude("claude-sonnet-4-5"));
        EXPECT_EQ(out.request.reasoning.mode, ThinkingMode::budget);
        EXPECT_FALSE(out.request.reasoning.effort);
        return out.request.reasoning.budget.value_or(0);
    };
    EXPECT_EQ(budget(Effort::minimal), 1024);
    EXPECT_EQ(budget(Effort::low), 2048);
    EXPECT_EQ(budget(Effort::medium), 8192);
    EXPECT_EQ(budget(Effort::high), 16384);
    EXPECT_EQ(budget(Effort::xhigh), 32768);
    EXPECT_EQ(budget(Effort::max), 63999);
    const auto none = fitted(with_effort(Effort::none), claude("claude-sonnet-4-5"));
    EXPECT_EQ(none.request.reasoning.mode, ThinkingMode::off);
}

TEST(FitThinking, KeepsTheBudgetBelowMaxTokens) {
    auto request = with_effort(Effort::high);
    request.max_tokens = 8000;
    EXPECT_EQ(fitted(request, claude("claude-haiku-4-5")).request.reasoning.budget, 7999);
    request.max_tokens = 1024;
    const auto out = fitted(request, claude("claude-haiku-4-5"));
    EXPECT_EQ(out.request.reasoning.mode, ThinkingMode::off);
    EXPECT_EQ(fields_lost(out), "reasoning_effort");
    request = asked(DialectId::anthropic_messages);
    request.max_tokens = 8000;
    request.reasoning = {.mode = ThinkingMode::budget, .budget = 32000};
    EXPECT_EQ(fitted(request, claude("claude-sonnet-4-5")).request.reasoning.budget, 7999);
}

TEST(FitThinking, TurnsItOffWhereTheCallBeforeHasNoSignedThoughts) {
    auto request = with_effort(Effort::high);
    request.turns.push_back(turn(Role::assistant, {called("a", "f")}));
    request.turns.push_back(turn(Role::tool, {result_of("a", "ok")}));
    const auto out = fitted(request, claude("claude-sonnet-4-5"));
    EXPECT_EQ(out.request.reasoning.mode, ThinkingMode::off);
    EXPECT_EQ(fields_lost(out), "reasoning_effort");
    EXPECT_EQ(fitted(request, claude("claude-opus-5")).request.reasoning.mode,
              ThinkingMode::adaptive);
    auto& blocks = request.turns[1].blocks;
    blocks.insert(blocks.begin(), ThinkingBlock{.text = {"hm"},
                                                .signature = {.origin = Origin::anthropic,
                                                              .issuer = "acct#1",
                                                              .value = {"sig"}}});
    EXPECT_EQ(fitted(request, claude("claude-sonnet-4-5")).request.reasoning.mode,
              ThinkingMode::budget);
}

TEST(FitThinking, LetsAnAdaptiveClaudeDecideUnderAnEffort) {
    const auto of = [](Effort effort, std::string_view model) {
        return fitted(with_effort(effort), claude(model)).request.reasoning;
    };
    EXPECT_EQ(of(Effort::minimal, "claude-opus-4-7").effort, Effort::low);
    EXPECT_EQ(of(Effort::minimal, "claude-opus-4-7").mode, ThinkingMode::adaptive);
    EXPECT_EQ(of(Effort::minimal, "claude-opus-4-7").is_shown, true);
    EXPECT_EQ(of(Effort::xhigh, "claude-opus-4-7").effort, Effort::xhigh);
    EXPECT_EQ(of(Effort::xhigh, "claude-sonnet-4-6").effort, Effort::max);
}

TEST(FitThinking, TurnsAnAdaptiveClaudeOffAsFarAsItCanBe) {
    const auto of = [](std::string_view model) {
        return fitted(with_effort(Effort::none), claude(model));
    };
    EXPECT_EQ(of("claude-opus-4-8").request.reasoning.mode, ThinkingMode::off);
    EXPECT_EQ(of("claude-opus-5").request.reasoning.mode, ThinkingMode::off);
    EXPECT_FALSE(of("claude-opus-5").request.reasoning.effort);
    EXPECT_EQ(of("claude-sonnet-5-5").request.reasoning.mode, ThinkingMode::between_tools);
    const auto never = of("claude-opus-5-5");
    EXPECT_EQ(never.request.reasoning.mode, ThinkingMode::adaptive);
    EXPECT_EQ(never.request.reasoning.effort, Effort::low);
    EXPECT_EQ(fields_lost(never), "reasoning_effort");
    auto request = asked(DialectId::anthropic_messages);
    request.reasoning = {.mode = ThinkingMode::off, .effort = Effort::max};
    const auto capped = fitted(request, claude("claude-opus-5"));
    EXPECT_EQ(capped.request.reasoning.effort, Effort::high);
    EXPECT_EQ(fields_lost(capped), "output_config.effort");
}

TEST(FitThinking, TurnsBudgetsIntoEffortsWhereThereAreNone) {
    auto request = asked(DialectId::anthropic_messages);
    request.reasoning = {.mode = ThinkingMode::budget, .budget = 8192};
    EXPECT_EQ(fitted(request, claude("claude-opus-5")).request.reasoning.effort, Effort::medium);
    EXPECT_EQ(fitted(request, claude("claude-opus-4-6")).request.reasoning.budget, 8192);
    EXPECT_EQ(fitted(request, responses("gpt-5.5")).request.reasoning.effort, Effort::medium);
    EXPECT_EQ(fitted(request, gemini("gemini-3-pro")).request.reasoning.effort, Effort::high);
    request.reasoning.budget = 31999;
    EXPECT_EQ(fitted(request, responses("gpt-5")).request.reasoning.effort, Effort::high);
    EXPECT_EQ(fitted(request, responses("gpt-6-sol")).request.reasoning.effort, Effort::xhigh);
}

TEST(FitThinking, SpeaksToEachGeminiInItsOwnWord) {
    const auto of = [](Effort effort, std::string_view model) {
        return fitted(with_effort(effort), gemini(model)).request.reasoning;
    };
    EXPECT_EQ(of(Effort::none, "gemini-2.5-flash").budget, 0);
    EXPECT_EQ(of(Effort::none, "gemini-2.5-pro").budget, 128);
    EXPECT_EQ(of(Effort::minimal, "gemini-2.5-flash").budget, 512);
    EXPECT_EQ(of(Effort::high, "gemini-2.5-pro").budget, 24576);
    EXPECT_EQ(of(Effort::max, "gemini-2.5-flash").budget, 24576);
    EXPECT_EQ(of(Effort::none, "gemini-3-flash-preview").effort, Effort::minimal);
    EXPECT_EQ(of(Effort::none, "gemini-3-pro-preview").effort, Effort::low);
    EXPECT_EQ(of(Effort::medium, "gemini-3-pro-preview").effort, Effort::high);
    EXPECT_EQ(of(Effort::xhigh, "gemini-3.1-pro-preview").effort, Effort::high);
    EXPECT_EQ(of(Effort::high, "gemini-3.1-pro-preview").is_shown, true);
    auto request = asked(DialectId::gemini);
    request.reasoning = {.mode = ThinkingMode::budget, .budget = -1};
    EXPECT_EQ(fitted(request, gemini("gemini-2.5-flash")).request.reasoning.budget, -1);
    EXPECT_FALSE(fitted(request, gemini("gemini-3-flash")).request.reasoning.budget);
}

TEST(FitThinking, TakesTheEffortsThatAModelHas) {
    const auto of = [](Effort effort, const To& to) {
        return fitted(with_effort(effort), to).request.reasoning.effort;
    };
    EXPECT_EQ(of(Effort::minimal, chat("openai", "gpt-5.6")), Effort::low);
    EXPECT_EQ(of(Effort::xhigh, chat("openai", "o3")), Effort::high);
    EXPECT_EQ(of(Effort::none, chat("openai", "o3")), Effort::low);
    EXPECT_EQ(of(Effort::none, chat("groq", "qwen/qwen3-32b")), Effort::none);
    EXPECT_EQ(of(Effort::high, chat("groq", "qwen/qwen3-32b")), std::nullopt);
    EXPECT_EQ(of(Effort::high, chat("groq", "llama-3.3-70b-versatile")), std::nullopt);
    EXPECT_EQ(of(Effort::medium, chat("deepseek", "deepseek-chat")), Effort::low);
    EXPECT_EQ(
        fitted(with_effort(Effort::none), chat("deepseek", "deepseek-chat")).request.reasoning.mode,
        ThinkingMode::off);
    EXPECT_EQ(of(Effort::high, chat("acme", "unknown")), Effort::high);
}

TEST(FitThinking, SaysNothingOfItToAModelThatNobodyKnows) {
    auto request = asked(DialectId::anthropic_messages);
    request.reasoning = {.mode = ThinkingMode::adaptive, .effort = Effort::high};
    const auto out = fitted(request, chat("acme", "unknown"));
    EXPECT_FALSE(out.request.reasoning.effort);
    EXPECT_EQ(fields_lost(out), "thinking");
}

TEST(FitThinking, LeavesAloneWhatWasNotSaid) {
    for (const auto& to : {claude("claude-opus-5"), gemini("gemini-2.5-pro"),
                           chat("openai", "gpt-5"), chat("groq", "llama")}) {
        const auto out = fitted(asked(), to);
        EXPECT_EQ(out.request.reasoning.mode, ThinkingMode::automatic);
        EXPECT_FALSE(out.request.reasoning.effort || out.request.reasoning.budget);
        EXPECT_EQ(fields_lost(out), "");
    }
}

}  // namespace
}  // namespace router::dialects
