#include "config/model_facts.hpp"

#include <gtest/gtest.h>

#include <set>

#include "config/model_catalogue.hpp"
#include "config/plain_yaml.hpp"
#include "config/yaml_document.hpp"
#include "given.hpp"

namespace router::config {
namespace {

std::string row_of(std::string_view provider, std::string_view kind, std::string_view model) {
    return facts_for(provider, kind, model).row;
}

std::string claude(std::string_view model) {
    return row_of("anthropic", "anthropic_messages", model);
}

TEST(ModelFacts, AreReadAsYamlCppReadsThem) {
    const auto text = *read_from_disk(std::string(ROUTER_ROOT) + "/src/config/models.yml");
    Report report;
    const auto document = parse_yaml(text, "models.yml", report);
    ASSERT_TRUE(document);
    EXPECT_EQ(told(report.sorted()), "");
    EXPECT_EQ(json_text(parse_plain_yaml(text)), json_text(*document));
}

TEST(ModelFacts, HaveRowsOfDifferentNamesAndPatterns) {
    std::set<std::string> seen;
    for (const auto& row : ModelCatalogue::embedded().rows()) {
        EXPECT_TRUE(seen.insert(row.name).second) << row.name;
        for (const auto& pattern : row.names) {
            std::string key = pattern;
            for (const auto& provider : row.providers) key += "|" + provider;
            EXPECT_TRUE(seen.insert(key).second) << row.name << ' ' << key;
        }
    }
}

TEST(ModelFacts, KnowEveryClaudeByItsFamily) {
    EXPECT_EQ(claude("claude-3-haiku-20240307"), "claude-3");
    EXPECT_EQ(claude("claude-3-5-sonnet-latest"), "claude-3.5");
    EXPECT_EQ(claude("claude-3-7-sonnet-20250219"), "claude-3.7");
    EXPECT_EQ(claude("claude-opus-4-20250514"), "claude-opus-4");
    EXPECT_EQ(claude("claude-opus-4-1-20250805"), "claude-opus-4");
    EXPECT_EQ(claude("claude-sonnet-4-20250514"), "claude-sonnet-4");
    EXPECT_EQ(claude("claude-sonnet-4-5-20250929"), "claude-4.5");
    EXPECT_EQ(claude("claude-haiku-4-5"), "claude-4.5");
    EXPECT_EQ(claude("claude-opus-4-5-20251101"), "claude-opus-4.5");
    EXPECT_EQ(claude("claude-sonnet-4-6"), "claude-4.6");
    EXPECT_EQ(claude("claude-opus-4-7"), "claude-opus-4.7");
    EXPECT_EQ(claude("claude-opus-4-8"), "claude-opus-4.8");
    EXPECT_EQ(claude("claude-opus-5"), "claude-opus-5");
    EXPECT_EQ(claude("claude-opus-5-5"), "claude-newest");
    EXPECT_EQ(claude("claude-sonnet-5"), "claude-sonnet-5");
    EXPECT_EQ(claude("claude-sonnet-5-5"), "claude-sonnet-5.5");
    EXPECT_EQ(claude("claude-haiku-5-5"), "claude-haiku-5");
    EXPECT_EQ(claude("claude-fable-5-2"), "claude-newest");
    EXPECT_EQ(claude("claude-nobody-knows-9"), "claude-newest");
    EXPECT_EQ(claude("something-else"), "anthropic");
}

TEST(ModelFacts, KnowAModelUnderTheNamesOfItsSellers) {
    EXPECT_EQ(row_of("bedrock", "bedrock_converse", "us.anthropic.claude-opus-4-5-20251101-v1:0"),
              "claude-opus-4.5");
    EXPECT_EQ(row_of("bedrock", "anthropic_messages",
                     "arn:aws:bedrock:us-east-1:1:inference-profile/"
                     "us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0"),
              "claude-4.5");
    EXPECT_EQ(row_of("vertex_ai", "anthropic_messages", "claude-sonnet-4@20250514"),
              "claude-sonnet-4");
    EXPECT_EQ(row_of("vertex_ai", "gemini", "publishers/google/models/gemini-2.5-pro"),
              "gemini-2.5-pro");
    EXPECT_EQ(row_of("vercel_ai_gateway", "openai_chat", "anthropic/claude-opus-4.7"),
              "claude-opus-4.7");
    EXPECT_EQ(row_of("azure", "openai_chat", "GPT-5.4-mini"), "gpt-5.4");
    EXPECT_EQ(row_of("openai", "openai_chat", "ft:gpt-4o-2024-08-06:acme::1"), "gpt-4o");
    EXPECT_EQ(known_names("us.anthropic.claude-opus-4-5-20251101-v1:0"),
              (std::vector<std::string>{"us.anthropic.claude-opus-4-5-20251101-v1:0",
                                        "claude-opus-4-5-20251101-v1:0", "claude-opus-4-5"}));
    EXPECT_EQ(known_names("gpt-5.4-2026-03-05").back(), "gpt-5.4");
    EXPECT_EQ(known_names("gemini-2.5-flash-latest").back(), "gemini-2.5-flash");
    EXPECT_EQ(known_names("-"), std::vector<std::string>{"-"});
}

TEST(ModelFacts, KnowGptAndOSeries) {
    const auto openai = [](std::string_view model) {
        return row_of("openai", "openai_chat", model);
    };
    EXPECT_EQ(openai("gpt-3.5-turbo"), "gpt-3.5");
    EXPECT_EQ(openai("gpt-4-0613"), "gpt-4");
    EXPECT_EQ(openai("gpt-4o-mini"), "gpt-4o");
    EXPECT_EQ(openai("gpt-4.1-nano-2025-04-14"), "gpt-4.1");
    EXPECT_EQ(openai("o1-mini"), "o1-first");
    EXPECT_EQ(openai("o4-mini"), "o-series");
    EXPECT_EQ(openai("gpt-5-mini"), "gpt-5");
    EXPECT_EQ(openai("gpt-5-2025-08-07"), "gpt-5");
    EXPECT_EQ(openai("gpt-5-chat-latest"), "gpt-5-chat");
    EXPECT_EQ(openai("gpt-5.3-codex"), "gpt-5-codex");
    EXPECT_EQ(openai("gpt-5.5"), "gpt-5.4");
    EXPECT_EQ(openai("gpt-6-sol"), "gpt-6-sol");
    EXPECT_EQ(openai("gpt-6.2-sol"), "gpt-newest");
    EXPECT_EQ(openai("gpt-7"), "gpt-newest");
    EXPECT_EQ(openai("my-own-model"), "compatible");
    EXPECT_EQ(facts_for("openai", "openai_chat", "gpt-5.6").chat_tools,
              ChatTools::with_effort_none);
    EXPECT_FALSE(facts_for("openai", "openai_chat", "gpt-5.6").takes(Effort::minimal));
    EXPECT_TRUE(facts_for("openai", "openai_responses", "gpt-6.2-sol").takes(Effort::max));
    EXPECT_FALSE(facts_for("openai", "openai_responses", "gpt-6.2-sol").takes(Effort::none));
}

TEST(ModelFacts, KnowGemini) {
    const auto gemini = [](std::string_view model) { return row_of("gemini", "gemini", model); };
    EXPECT_EQ(gemini("gemini-2.0-flash"), "gemini-2");
    EXPECT_EQ(gemini("gemini-2.5-flash-lite"), "gemini-2.5-flash-lite");
    EXPECT_EQ(gemini("gemini-2.5-pro"), "gemini-2.5-pro");
    EXPECT_EQ(gemini("gemini-3-pro-preview"), "gemini-3-pro");
    EXPECT_EQ(gemini("gemini-3.1-pro-preview"), "gemini-newest");
    EXPECT_EQ(gemini("gemini-3.8-flash"), "gemini-newest");
    EXPECT_EQ(gemini("gemini-3-flash-preview"), "gemini-flash");
    EXPECT_EQ(gemini("gemini-3-pro-image-preview"), "gemini-3-image");
    EXPECT_EQ(gemini("models/gemma-3-27b-it"), "gemma");
    EXPECT_EQ(gemini("banana"), "gemini");
    EXPECT_TRUE(facts_for("gemini", "gemini", "gemini-3.1-pro-preview").wants_call_signatures);
    EXPECT_EQ(facts_for("gemini", "gemini", "gemini-2.5-flash").max_budget, 24576);
}

TEST(ModelFacts, KnowWhatProvidersDoOtherwise) {
    EXPECT_EQ(row_of("openrouter", "openai_chat", "anthropic/claude-opus-5"), "openrouter");
    EXPECT_EQ(row_of("groq", "openai_chat", "openai/gpt-oss-120b"), "groq-gpt-oss");
    EXPECT_EQ(row_of("groq", "openai_chat", "llama-3.3-70b-versatile"), "groq");
    EXPECT_EQ(row_of("cerebras", "openai_chat", "gpt-oss-120b"), "cerebras-gpt-oss");
    EXPECT_EQ(row_of("together_ai", "openai_chat", "openai/gpt-oss-20b"), "gpt-oss");
    EXPECT_EQ(row_of("xai", "openai_chat", "grok-3-mini"), "grok-3-mini");
    EXPECT_EQ(row_of("xai", "openai_chat", "grok-4"), "grok");
    const auto mistral = facts_for("mistral", "openai_chat", "mistral-large-latest");
    EXPECT_EQ(mistral.required_choice, "any");
    EXPECT_EQ(mistral.seed_field, "random_seed");
    EXPECT_EQ(mistral.max_tokens_field, "max_tokens");
    EXPECT_FALSE(mistral.takes_developer_role);
    const auto deepseek = facts_for("deepseek", "openai_chat", "deepseek-chat");
    EXPECT_EQ(deepseek.thoughts_field, "reasoning_content");
    EXPECT_EQ(deepseek.thinking_off, ThinkingOff::disabled);
}

TEST(ModelFacts, AllowWhatNobodyKnows) {
    const auto facts = facts_for("", "openai_responses", "a-model");
    EXPECT_EQ(facts.row, "");
    EXPECT_EQ(facts.thinking, ThinkingKind::unknown);
    EXPECT_TRUE(facts.takes_images && facts.takes_tools && facts.takes_prefill);
}

TEST(ModelFacts, AreExtendedByTheUsersRows) {
    auto catalogue = ModelCatalogue::embedded();
    Report report;
    const auto document = parse_yaml(
        "gemma: {takes_tools: true}\n"
        "mine:\n  like: gpt-5\n  names: ['*house-model*']\n  efforts: [low]\n  context: 1000\n"
        "  input_cost_per_token: 0.5\n",
        "models.yml", report);
    catalogue.extend(*document, report);
    EXPECT_EQ(told(report.sorted()), "");
    const auto mine = catalogue.facts_for("acme", "openai_chat", "acme/our-house-model-2");
    EXPECT_EQ(mine.row, "mine");
    EXPECT_EQ(mine.efforts, std::vector<Effort>{Effort::low});
    EXPECT_EQ(mine.sampling, SamplingRule::default_only);
    EXPECT_EQ(mine.context_tokens, 1000U);
    EXPECT_EQ(mine.prices.at("input_cost_per_token"), 0.5);
    const auto gemma = catalogue.facts_for("gemini", "gemini", "gemma-3");
    EXPECT_TRUE(gemma.takes_tools);
    EXPECT_FALSE(gemma.takes_system_role);
}

TEST(ModelFacts, LocateTheMistakesOfTheUsersRows) {
    auto catalogue = ModelCatalogue::embedded();
    Report report;
    report.begin_file("models.yml");
    const auto document =
        parse_yaml("a: {like: nobody, thinking: hard, effort: [low]}\nb: {efforts: [lots]}\nc: 5\n",
                   "models.yml", report);
    catalogue.extend(*document, report);
    const auto said = told(report.sorted());
    EXPECT_NE(said.find("models.yml:1:1: error: a.like names no row above it: \"nobody\""),
              std::string::npos)
        << said;
    EXPECT_NE(said.find("a.thinking must be one of unknown, none, fixed"), std::string::npos)
        << said;
    EXPECT_NE(said.find("a model has no field \"effort\" (did you mean \"efforts\"?)"),
              std::string::npos)
        << said;
    EXPECT_NE(said.find("b.efforts must be a list of none, minimal"), std::string::npos) << said;
    EXPECT_NE(said.find("the row \"c\" must be a map of fields"), std::string::npos) << said;
}

TEST(ModelFacts, AreExtendedByAnEntrysModelInfo) {
    const auto with = [](std::string_view info) {
        Report report;
        auto facts = facts_for("", "openai_chat", "unknown");
        add_model_info(facts, *parse_yaml(info, "x", report), report);
        EXPECT_EQ(told(report.sorted()), "") << info;
        return facts;
    };
    EXPECT_EQ(with("{max_tokens: 100}").max_output_tokens, 100U);
    EXPECT_EQ(with("{max_tokens: 100, max_output_tokens: 50}").max_output_tokens, 50U);
    EXPECT_FALSE(with("{supports_vision: false}").takes_images);
    EXPECT_EQ(with("{supports_tool_choice: false}").forced_tools, ForcedTools::no);
    EXPECT_EQ(with("{supports_reasoning: false}").thinking, ThinkingKind::none);
    const auto thinks = with("{supports_reasoning: true, supports_xhigh_reasoning_effort: true}");
    EXPECT_EQ(thinks.thinking, ThinkingKind::effort);
    EXPECT_TRUE(thinks.takes(Effort::xhigh));
    EXPECT_EQ(with("{thinking: budget, min_budget: 7, id: x}").min_budget, 7);
}

}  // namespace
}  // namespace router::config
