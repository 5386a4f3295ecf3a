#include "fit_fixture.hpp"

namespace router::dialects {
namespace {

TEST(FitTools, AsksForResponsesWhereChatRefusesTools) {
    auto request = with_tools({{.name = "f"}});
    const auto wants = [&](std::string_view model) {
        return wants_responses(request, chat("openai", model).facts);
    };
    EXPECT_FALSE(wants("gpt-5") || wants("gpt-5.5"));
    EXPECT_TRUE(wants("gpt-5.6") && wants("gpt-6.2-sol"));
    request.reasoning.effort = Effort::none;
    EXPECT_FALSE(wants("gpt-5.6"));
    EXPECT_TRUE(wants("gpt-5.5") && wants("gpt-6.2-sol"));
    request.tools.clear();
    EXPECT_FALSE(wants("gpt-5.5") || wants("gpt-6.2-sol"));
    EXPECT_TRUE(wants("gpt-5.3-codex"));
}

TEST(FitTools, DropTheEffortOrAreRefusedOnChatWhereTheyMustBe) {
    auto request = with_tools({{.name = "f"}});
    EXPECT_EQ(fitted(request, chat("openai", "gpt-5.6")).request.reasoning.effort, Effort::none);
    EXPECT_EQ(refused(request, chat("openai", "gpt-6.2-sol")).param, "tools");
    request.reasoning.effort = Effort::high;
    const auto out = fitted(request, chat("openai", "gpt-5.4"));
    EXPECT_FALSE(out.request.reasoning.effort);
    EXPECT_EQ(fields_lost(out), "reasoning_effort");
}

TEST(FitTools, GetNamesThatTheTargetAllowsAndTheirOwnBack) {
    auto request = with_tools({{.name = "a.b"}, {.name = "a_b"}, {.name = std::string(70, 'x')}});
    request.turns.push_back(turn(Role::assistant, {called("1", "a.b")}));
    request.tool_choice = ToolChoice{.mode = ToolMode::named, .name = "a.b"};
    const auto out = fitted(request, chat("openai", "gpt-4o"));
    const auto& tools = out.request.tools;
    EXPECT_EQ(tools[0].name, "a_b");
    EXPECT_TRUE(tools[1].name.starts_with("a_b_")) << tools[1].name;
    EXPECT_EQ(tools[2].name.size(), 64U);
    EXPECT_EQ(out.request.tool_choice->name, "a_b");
    EXPECT_EQ(std::get<ToolCallBlock>(out.request.turns[1].blocks[0]).name, "a_b");
    Answer answer;
    answer.choices.resize(1);
    answer.choices[0].blocks = {called("1", "a_b"), called("2", tools[1].name),
                                called("3", tools[2].name), called("4", "unheard_of")};
    out.names.restore(answer);
    const auto name = [&](std::size_t at) {
        return std::get<ToolCallBlock>(answer.choices[0].blocks[at]).name;
    };
    EXPECT_EQ(name(0), "a.b");
    EXPECT_EQ(name(1), "a_b");
    EXPECT_EQ(name(2), std::string(70, 'x'));
    EXPECT_EQ(name(3), "unheard_of");
    EXPECT_EQ(fitted(request, gemini("gemini-2.5-pro")).request.tools[0].name, "a.b");
    EXPECT_TRUE(fitted(with_tools({{.name = "fine"}}), claude("claude-opus-5")).names.is_empty());
}

TEST(FitTools, OfCodexBecomeFunctions) {
    auto request =
        with_tools({{.kind = ToolKind::custom,
                     .name = "exec",
                     .description = {"Run it."},
                     .format = R"({"type":"grammar","syntax":"lark","definition":"start: \"x\""})"},
                    {.name = "wait", .name_space = "collaboration"},
                    {.name = "wait"}},
                   DialectId::openai_responses);
    request.turns.push_back(
        turn(Role::assistant,
             {ToolCallBlock{
                  .id = "1", .name = "exec", .kind = ToolKind::custom, .arguments = R"(a\n\"b\")"},
              ToolCallBlock{
                  .id = "2", .name = "wait", .name_space = "collaboration", .arguments = "{}"}}));
    const auto out = fitted(request, claude("claude-opus-5"));
    const auto& exec = out.request.tools[0];
    EXPECT_EQ(exec.kind, ToolKind::function);
    EXPECT_NE(exec.parameters.find("\"input\""), std::string_view::npos);
    EXPECT_EQ(exec.description.escaped,
              R"(Run it.\n\nThe input follows this lark grammar:\nstart: \"x\")");
    EXPECT_EQ(out.request.tools[1].name, "collaboration__wait");
    EXPECT_EQ(out.request.tools[1].name_space, "");
    EXPECT_EQ(out.request.tools[2].name, "wait");
    const auto& calls = out.request.turns[1].blocks;
    EXPECT_EQ(std::get<ToolCallBlock>(calls[0]).arguments, R"({"input":"a\n\"b\""})");
    EXPECT_EQ(std::get<ToolCallBlock>(calls[1]).name, "collaboration__wait");
    EXPECT_EQ(fitted(request, responses("gpt-5.5")).request.tools[0].kind, ToolKind::custom);
    EXPECT_EQ(fitted(request, responses("gpt-5.5")).request.tools[1].name_space, "collaboration");
}

TEST(FitTools, RunByAProviderGoWhereTheyAreKnownOrAreDropped) {
    auto request = with_tools({{.kind = ToolKind::web_search, .name = "web_search"}, {.name = "f"}},
                              DialectId::openai_responses);
    EXPECT_EQ(fitted(request, claude("claude-opus-5")).request.tools.size(), 2U);
    const auto to_gemini = fitted(request, gemini("gemini-2.5-pro"));
    EXPECT_EQ(to_gemini.request.tools.size(), 1U);
    EXPECT_EQ(fields_lost(to_gemini), "tools");
    EXPECT_EQ(fitted(request, chat("groq", "llama")).request.tools.size(), 1U);
    request.tools.pop_back();
    EXPECT_EQ(fitted(request, gemini("gemini-2.5-pro")).request.tools.size(), 1U);
    const auto error = refused(request, chat("groq", "llama"));
    EXPECT_EQ(error.kind, ErrorKind::bad_request);
    EXPECT_EQ(error.param, "tools");
    EXPECT_NE(error.message.find("web_search"), std::string::npos);
}

TEST(FitTools, AreNotForcedOnAModelThatRefuses) {
    auto request = with_tools({{.name = "f"}});
    request.tool_choice = ToolChoice{.mode = ToolMode::named, .name = "f"};
    const auto out = fitted(request, claude("claude-opus-5-5"));
    EXPECT_EQ(out.request.tool_choice->mode, ToolMode::automatic);
    EXPECT_EQ(fields_lost(out), "tool_choice");
    EXPECT_EQ(fitted(request, claude("claude-opus-5")).request.tool_choice->mode, ToolMode::named);
    request.reasoning.effort = Effort::high;
    const auto budget = fitted(request, claude("claude-sonnet-4-5"));
    EXPECT_EQ(budget.request.tool_choice->mode, ToolMode::named);
    EXPECT_EQ(budget.request.reasoning.mode, ThinkingMode::off);
    EXPECT_EQ(fields_lost(budget), "reasoning_effort");
}

TEST(FitTools, AllowedOnesAloneAreOfferedWhereThatCannotBeSaid) {
    auto request = with_tools({{.name = "f"}, {.name = "g"}, {.name = "h"}});
    request.tool_choice = ToolChoice{.mode = ToolMode::required, .allowed = {"f", "h"}};
    const auto out = fitted(request, claude("claude-opus-5"));
    ASSERT_EQ(out.request.tools.size(), 2U);
    EXPECT_EQ(out.request.tools[1].name, "h");
    EXPECT_TRUE(out.request.tool_choice->allowed.empty());
    EXPECT_EQ(fitted(request, gemini("gemini-2.5-pro")).request.tool_choice->allowed.size(), 2U);
    EXPECT_EQ(fitted(request, chat("openai", "gpt-5")).request.tools.size(), 3U);
}

TEST(FitTools, ThatWaitAreOfferedOnceFound) {
    auto request = with_tools({{.name = "ToolSearch"},
                               {.name = "found", .is_deferred = true},
                               {.name = "hidden", .is_deferred = true}},
                              DialectId::anthropic_messages);
    request.turns.push_back(turn(Role::assistant, {called("1", "ToolSearch")}));
    ToolResultBlock result{.call_id = "1"};
    result.parts.emplace_back(OpaqueBlock{
        .type = "tool_reference", .json = R"({"type":"tool_reference","tool_name":"found"})"});
    request.turns.push_back(turn(Role::tool, {result}));
    const auto out = fitted(request, responses("gpt-5.5"));
    ASSERT_EQ(out.request.tools.size(), 2U);
    EXPECT_EQ(out.request.tools[1].name, "found");
    EXPECT_FALSE(out.request.tools[1].is_deferred);
    request.tools[0] = {.kind = ToolKind::opaque,
                        .declaration = R"({"type":"tool_search_tool_bm25_20251119"})"};
    EXPECT_EQ(fitted(request, responses("gpt-5.5")).request.tools.size(), 2U);
}

TEST(FitTools, ThatWereCalledWithBrokenArgumentsDoNotEndTheConversation) {
    auto request = asked();
    auto call = ToolCallBlock{.id = "1", .name = "f", .arguments = R"({"a":"b)"};
    request.turns.push_back(turn(Role::assistant, {call}));
    const auto arguments = [&](const To& to) {
        const auto out = fitted(request, to);
        return std::string(std::get<ToolCallBlock>(out.request.turns[1].blocks[0]).arguments);
    };
    EXPECT_EQ(arguments(claude("claude-opus-5")), R"({"_raw":"{\"a\":\"b"})");
    EXPECT_EQ(arguments(gemini("gemini-2.5-pro")), R"({"_raw":"{\"a\":\"b"})");
    EXPECT_EQ(arguments(responses("gpt-5")), R"({"a":"b)");
    std::get<ToolCallBlock>(request.turns[1].blocks[0]).arguments = " ";
    EXPECT_EQ(arguments(claude("claude-opus-5")), "{}");
}

TEST(FitTools, ThatWereCalledAreDeclaredToAnthropic) {
    auto request = asked();
    request.turns.push_back(turn(Role::assistant, {called("1", "f")}));
    const auto out = fitted(request, claude("claude-opus-5"));
    ASSERT_EQ(out.request.tools.size(), 1U);
    EXPECT_EQ(out.request.tools[0].name, "f");
    EXPECT_EQ(out.request.tool_choice->mode, ToolMode::none);
    EXPECT_TRUE(fitted(request, gemini("gemini-2.5-pro")).request.tools.empty());
}

}  // namespace
}  // namespace router::dialects
