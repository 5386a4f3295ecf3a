#include "fit_fixture.hpp"

namespace router::dialects {
namespace {

TEST(FitSampling, DropsWhatTheModelRefusesAndTellsIt) {
    auto request = asked();
    request.sampling = {.temperature = 0.2, .top_p = 0.9, .presence_penalty = 0.5};
    request.stop = {{"END"}};
    auto out = fitted(request, claude("claude-opus-4-7"));
    EXPECT_EQ(fields_lost(out), "temperature top_p");
    EXPECT_FALSE(out.request.sampling.temperature || out.request.sampling.top_p);
    out = fitted(request, claude("claude-sonnet-4-5"));
    EXPECT_EQ(fields_lost(out), "top_p");
    EXPECT_EQ(out.request.sampling.temperature, 0.2);
    out = fitted(request, chat("openai", "o3"));
    EXPECT_EQ(fields_lost(out), "temperature top_p presence_penalty stop");
    EXPECT_TRUE(out.request.stop.empty());
    request.sampling = {.temperature = 1, .top_p = 1, .presence_penalty = 0};
    request.stop.clear();
    out = fitted(request, chat("openai", "o3"));
    EXPECT_EQ(fields_lost(out), "");
    EXPECT_FALSE(out.request.sampling.temperature);
}

TEST(FitSampling, KeepsClaudesTemperatureInItsBounds) {
    auto request = asked();
    request.sampling.temperature = 1.7;
    auto out = fitted(request, claude("claude-3-5-sonnet-latest"));
    EXPECT_EQ(out.request.sampling.temperature, 1.0);
    EXPECT_EQ(fields_lost(out), "temperature");
    EXPECT_EQ(fitted(request, gemini("gemini-2.5-pro")).request.sampling.temperature, 1.7);
    request.reasoning.effort = Effort::low;
    request.sampling = {.temperature = 0.3, .top_p = 0.97, .top_k = 5};
    out = fitted(request, claude("claude-3-7-sonnet"));
    EXPECT_EQ(fields_lost(out), "temperature top_k");
    EXPECT_EQ(out.request.sampling.top_p, 0.97);
}

TEST(FitSampling, KeepsToLimits) {
    auto request = asked(DialectId::gemini);
    request.max_tokens = 1'000'000;
    request.stop = {{"a"}, {"b"}, {"c"}, {"d"}, {"e"}, {"f"}, {" \\n"}};
    auto out = fitted(request, claude("claude-haiku-4-5"));
    EXPECT_EQ(out.request.max_tokens, 64000);
    EXPECT_EQ(out.request.stop.size(), 6U);
    EXPECT_EQ(fields_lost(out), "generationConfig.stopSequences generationConfig.maxOutputTokens");
    EXPECT_EQ(fitted(request, chat("openai", "gpt-4o")).request.stop.size(), 4U);
    request.max_tokens = 1;
    EXPECT_EQ(fitted(request, responses("gpt-4o")).request.max_tokens, 16);
}

TEST(FitSampling, RefusesSeveralAnswersOfAProviderThatGivesOne) {
    auto request = asked();
    request.choices = 3;
    EXPECT_EQ(refused(request, claude("claude-opus-5")).param, "n");
    EXPECT_EQ(refused(request, responses("gpt-5")).param, "n");
    EXPECT_EQ(fitted(request, gemini("gemini-2.5-pro")).request.choices, 3);
    const auto dropped = fitted(request, claude("claude-opus-5"), {.drop_params = true});
    EXPECT_EQ(dropped.request.choices, 1);
    EXPECT_EQ(fields_lost(dropped), "n");
}

TEST(FitSampling, DropsTheFieldsThatTheTargetsEntryNames) {
    auto request = asked();
    request.sampling = {.temperature = 0.5, .seed = 7};
    request.stop = {{"x"}};
    request.extras.emplace_back("top_a", "1");
    const std::vector<std::string> names{"seed", "stop_sequences", "top_a"};
    const auto out = fitted(request, claude("claude-sonnet-4-5"), {.dropped_params = names});
    EXPECT_FALSE(out.request.sampling.seed);
    EXPECT_TRUE(out.request.stop.empty() && out.request.extras.empty());
    EXPECT_EQ(out.request.sampling.temperature, 0.5);
}

TEST(FitOutput, AsksInWordsForWhatCannotBeDemanded) {
    auto request = asked();
    request.output = {
        .kind = OutputKind::json_schema, .name = "n", .schema = R"({"type":"object"})"};
    auto out = fitted(request, claude("claude-3-5-haiku"));
    EXPECT_EQ(out.request.output.kind, OutputKind::text);
    EXPECT_NE(told(out.request).find(R"({\"type\":\"object\"})"), std::string::npos);
    EXPECT_EQ(out.request.turns[0].role, Role::system);
    EXPECT_EQ(fields_lost(out), "response_format");
    EXPECT_EQ(fitted(request, claude("claude-opus-5")).request.output.kind,
              OutputKind::json_schema);
    EXPECT_EQ(fitted(request, chat("deepseek", "deepseek-chat")).request.output.kind,
              OutputKind::json_object);
    request.output = {.kind = OutputKind::json_object};
    EXPECT_EQ(fitted(request, claude("claude-opus-5")).request.output.kind, OutputKind::text);
    EXPECT_EQ(fitted(request, gemini("gemini-2.5-pro")).request.output.kind,
              OutputKind::json_object);
    request.tools = {{.name = "f"}};
    EXPECT_EQ(fitted(request, gemini("gemini-2.5-pro")).request.output.kind, OutputKind::text);
    EXPECT_EQ(fitted(request, gemini("gemini-3-pro")).request.output.kind, OutputKind::json_object);
}

TEST(Fit, LeavesTheClientsRequestAsItIs) {
    auto request = with_tools({{.name = "a b"}});
    request.turns.push_back(turn(Role::assistant, {called("1", "a b")}));
    const auto before = told(request);
    fitted(request, claude("claude-opus-5"));
    EXPECT_EQ(told(request), before);
    EXPECT_EQ(request.tools[0].name, "a b");
}

}  // namespace
}  // namespace router::dialects
