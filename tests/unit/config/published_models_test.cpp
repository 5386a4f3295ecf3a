#include "config/published_models.hpp"

#include <gtest/gtest.h>

namespace router::config {
namespace {

ModelFacts learned(std::string provider, std::string kind, std::string body,
                   std::string_view model) {
    auto catalogue = ModelCatalogue::embedded();
    catalogue.extend_published(published_rows({provider, kind, std::move(body)}, catalogue));
    return catalogue.facts_for(provider, kind, model);
}

TEST(PublishedModels, SayWhatClaudeCanDo) {
    const auto facts = learned("anthropic", "anthropic_messages", R"({"data":[{"type":"model",
        "id":"claude-next-7","max_input_tokens":500000,"max_tokens":96000,"capabilities":{
        "thinking":{"supported":true,"types":{"adaptive":{"supported":true},
            "enabled":{"supported":false},"disabled":{"supported":true}}},
        "effort":{"low":{"supported":true},"high":{"supported":true},"max":{"supported":false}},
        "image_input":{"supported":true},"pdf_input":{"supported":false},
        "structured_outputs":{"supported":true}}}],"has_more":false})",
                               "claude-next-7");
    EXPECT_EQ(facts.context_tokens, 500'000U);
    EXPECT_EQ(facts.max_output_tokens, 96'000U);
    EXPECT_EQ(facts.thinking, ThinkingKind::adaptive);
    EXPECT_FALSE(facts.takes_budget);
    EXPECT_EQ(facts.thinking_off, ThinkingOff::disabled);
    EXPECT_EQ(facts.efforts, (std::vector{Effort::low, Effort::high}));
    EXPECT_TRUE(facts.takes_images);
    EXPECT_FALSE(facts.takes_documents);
    EXPECT_EQ(facts.sampling, SamplingRule::none);  // of the newest Claude: it is not said
}

TEST(PublishedModels, MayThinkByBudgetOrNotAtAll) {
    const auto kind = [](std::string adaptive, std::string enabled) {
        return learned(
            "anthropic", "anthropic_messages",
            R"({"data":[{"id":"claude-x","capabilities":{"thinking":{"types":{"adaptive":)" +
                adaptive + R"(,"enabled":)" + enabled + R"(,"disabled":false}}}}]})",
            "claude-x");
    };
    EXPECT_EQ(kind("false", "true").thinking, ThinkingKind::budget);
    EXPECT_EQ(kind("false", "false").thinking, ThinkingKind::none);
    EXPECT_EQ(kind("true", "true").thinking, ThinkingKind::adaptive);
    EXPECT_TRUE(kind("true", "true").takes_budget);
    EXPECT_EQ(kind("true", "true").thinking_off, ThinkingOff::never);
}

TEST(PublishedModels, OfGeminiHaveLimits) {
    const auto facts = learned("gemini", "gemini", R"({"models":[{"name":"models/gemini-9-nano",
        "inputTokenLimit":32768,"outputTokenLimit":2048,"thinking":false}]})",
                               "gemini-9-nano");
    EXPECT_EQ(facts.context_tokens, 32'768U);
    EXPECT_EQ(facts.max_output_tokens, 2048U);
    EXPECT_EQ(facts.thinking, ThinkingKind::none);
}

TEST(PublishedModels, OfOpenRouterHavePricesAndMedia) {
    const auto facts = learned("openrouter", "openai_chat", R"({"data":[{"id":"vendor/model",
        "context_length":128000,"top_provider":{"max_completion_tokens":8192},
        "architecture":{"input_modalities":["text","image","file"]},
        "supported_parameters":["max_tokens","reasoning"],
        "pricing":{"prompt":"0.000003","completion":"1.5e-05","request":"0","internal_reasoning":"0",
                   "input_cache_read":"0.0000003","image":"-1"}}]})",
                               "vendor/model");
    EXPECT_EQ(facts.context_tokens, 128'000U);
    EXPECT_EQ(facts.max_output_tokens, 8192U);
    EXPECT_TRUE(facts.takes_images);
    EXPECT_TRUE(facts.takes_documents);
    EXPECT_FALSE(facts.takes_audio);
    EXPECT_FALSE(facts.takes_tools);
    EXPECT_DOUBLE_EQ(facts.prices.at("input_cost_per_token"), 3e-6);
    EXPECT_DOUBLE_EQ(facts.prices.at("output_cost_per_token"), 15e-6);
    EXPECT_DOUBLE_EQ(facts.prices.at("cache_read_input_token_cost"), 3e-7);
    EXPECT_FALSE(facts.prices.contains("output_cost_per_reasoning_token"));
    EXPECT_EQ(facts.thoughts_field, "reasoning_details");  // as of every model there
}

TEST(PublishedModels, OfXaiNameTheirEfforts) {
    const auto facts = learned("xai", "openai_chat", R"({"data":[{"id":"grok-9",
        "capabilities":{"reasoning_effort":["low","high","later"]}}]})",
                               "grok-9");
    EXPECT_EQ(facts.thinking, ThinkingKind::effort);
    EXPECT_EQ(facts.efforts, (std::vector{Effort::low, Effort::high}));
}

TEST(PublishedModels, ChangeNothingWhereNothingIsSaid) {
    const auto known = ModelCatalogue::embedded().facts_for("anthropic", "anthropic_messages",
                                                            "claude-sonnet-4-5");
    for (const auto* body :
         {"", "null", "[]", "{}", R"({"data":{}})", R"({"data":[1,null,{}]})",
          R"({"data":[{"id":"claude-sonnet-4-5","max_tokens":null,"capabilities":null}]})",
          R"({"data":[{"id":"claude-sonnet-4-5","type":"model","max_tokens":-1,"pricing":[],
              "capabilities":{"thinking":7,"effort":[],"image_input":"yes"}}]})"}) {
        const auto facts = learned("anthropic", "anthropic_messages", body, "claude-sonnet-4-5");
        EXPECT_EQ(facts.max_output_tokens, known.max_output_tokens) << body;
        EXPECT_EQ(facts.thinking, known.thinking) << body;
        EXPECT_EQ(facts.efforts, known.efforts) << body;
        EXPECT_EQ(facts.takes_images, known.takes_images) << body;
    }
}

// A name is a name: not a pattern for others.
TEST(PublishedModels, SpeakForThemselvesAlone) {
    EXPECT_EQ(learned("gemini", "gemini",
                      R"({"models":[{"name":"models/*","outputTokenLimit":1}]})", "gemini-2.5-pro")
                  .max_output_tokens,
              65'536U);
}

}  // namespace
}  // namespace router::config
