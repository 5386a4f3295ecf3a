#include "dialects/fit.hpp"

#include <gtest/gtest.h>

#include <array>
#include <variant>

namespace router::dialects {
namespace {

using namespace canonical;

Block said(std::string_view text) { return TextBlock{.text = {text}}; }
Block called(std::string id, std::string name) {
    return ToolCallBlock{.id = std::move(id), .name = std::move(name), .arguments = "{}"};
}
Block result_of(std::string id, std::string_view text) {
    ToolResultBlock result{.call_id = std::move(id)};
    result.parts.emplace_back(TextBlock{.text = {text}});
    return result;
}
Turn turn(Role role, std::vector<Block> blocks) {
    return {.role = role, .blocks = std::move(blocks)};
}

Request asked(DialectId dialect = DialectId::openai_chat) {
    Request request{.dialect = dialect, .model = "m"};
    request.turns.push_back(turn(Role::user, {said("Hello")}));
    return request;
}

struct To {
    DialectId dialect = DialectId::anthropic_messages;
    config::ModelFacts facts{};
};

To claude(std::string_view model) {
    return {DialectId::anthropic_messages,
            config::facts_for("anthropic", "anthropic_messages", model)};
}
To gemini(std::string_view model) {
    return {DialectId::gemini, config::facts_for("gemini", "gemini", model)};
}
To chat(std::string_view provider, std::string_view model) {
    return {DialectId::openai_chat, config::facts_for(provider, "openai_chat", model)};
}
To responses(std::string_view model) {
    return {DialectId::openai_responses, config::facts_for("openai", "openai_responses", model)};
}

Fitted fitted(const Request& request, const To& to, const FitSettings& settings = {}) {
    auto out = fit(request, to.facts, to.dialect, "acct#1", settings);
    EXPECT_TRUE(out) << (out ? "" : out.error().message);
    return out ? std::move(*out) : Fitted{};
}

Error refused(const Request& request, const To& to) {
    auto out = fit(request, to.facts, to.dialect, "acct#1", {});
    EXPECT_FALSE(out);
    return out ? Error{} : out.error();
}

std::string fields_lost(const Fitted& fitted) {
    std::string out;
    for (const auto& loss : fitted.losses) out += (out.empty() ? "" : " ") + loss.field;
    return out;
}

// "user: Hello | assistant: call(a) | tool: a=ok"
std::string told(const Request& request) {
    constexpr std::array<const char*, 5> roles{"system", "developer", "user", "assistant", "tool"};
    std::string out;
    for (const auto& one : request.turns) {
        out += (out.empty() ? "" : " | ") + std::string(roles[static_cast<std::size_t>(one.role)]) +
               ':';
        for (const auto& block : one.blocks) {
            if (const auto* text = std::get_if<TextBlock>(&block))
                out += ' ' + std::string(text->text.escaped);
            if (const auto* call = std::get_if<ToolCallBlock>(&block))
                out += ' ' + call->name + '(' + call->id + ')';
            if (const auto* thinking = std::get_if<ThinkingBlock>(&block))
                out += " <" + std::string(thinking->text.escaped) + '#' +
                       std::string(thinking->signature.value.escaped) + '>';
            if (const auto* result = std::get_if<ToolResultBlock>(&block))
                out += ' ' + result->call_id + '=' + (result->is_error ? "!" : "") +
                       std::string(std::get<TextBlock>(result->parts.at(0)).text.escaped);
        }
    }
    return out;
}

Request with_effort(Effort effort) {
    auto request = asked();
    request.reasoning.effort = effort;
    return request;
}

// --- thinking ---------------------------------------------------------------------------------

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
    blocks.insert(blocks.begin(),
                  ThinkingBlock{.text = {"hm"},
                                .signature = {.origin = Origin::anthropic, .value = {"sig"}}});
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

// --- tools ------------------------------------------------------------------------------------

Request with_tools(std::vector<Tool> tools, DialectId dialect = DialectId::openai_chat) {
    auto request = asked(dialect);
    request.tools = std::move(tools);
    return request;
}

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

// --- turns ------------------------------------------------------------------------------------

TEST(FitTurns, PutResultsBehindTheirCallsInTheirOrder) {
    auto request = asked();
    request.turns.push_back(
        turn(Role::assistant, {called("a", "f"), called("b", "g"), called("c", "h")}));
    request.turns.push_back(turn(Role::tool, {result_of("b", "B")}));
    request.turns.push_back(turn(Role::user, {said("and")}));
    request.turns.push_back(turn(Role::tool, {result_of("a", "A")}));
    request.turns.push_back(turn(Role::tool, {result_of("z", "Z")}));
    const auto out = fitted(request, claude("claude-opus-4-1"));
    EXPECT_EQ(told(out.request),
              "user: Hello | assistant: f(a) g(b) h(c) | tool: a=A b=B c=!The tool gave no result. "
              "| user: and | user: Result of a tool: Z");
    EXPECT_EQ(fields_lost(out), "messages messages");
    EXPECT_EQ(std::get<ToolResultBlock>(out.request.turns[2].blocks[2]).name, "h");
}

TEST(FitTurns, GiveARepeatedIdToTheCallBeforeIt) {
    auto request = asked();
    for (const auto* text : {"one", "two"}) {
        request.turns.push_back(turn(Role::assistant, {called("call.0", "f")}));
        request.turns.push_back(turn(Role::tool, {result_of("call.0", text)}));
    }
    EXPECT_EQ(told(fitted(request, claude("claude-opus-4-1")).request),
              "user: Hello | assistant: f(call_0) | tool: call_0=one | assistant: f(call_0) | "
              "tool: call_0=two");
    EXPECT_EQ(told(fitted(request, gemini("gemini-2.5-pro")).request),
              "user: Hello | assistant: f(call.0) | tool: call.0=one | assistant: f(call.0) | "
              "tool: call.0=two");
}

TEST(FitTurns, KeepNoIdLongerThanOpenAiTakes) {
    auto request = asked(DialectId::anthropic_messages);
    const std::string id = "toolu_" + std::string(60, 'x');
    request.turns.push_back(turn(Role::assistant, {called(id, "f")}));
    request.turns.push_back(turn(Role::tool, {result_of(id, "ok")}));
    const auto out = fitted(request, chat("openai", "gpt-4o"));
    const auto& call = std::get<ToolCallBlock>(out.request.turns[1].blocks[0]);
    EXPECT_EQ(call.id.size(), 40U);
    EXPECT_EQ(std::get<ToolResultBlock>(out.request.turns[2].blocks[0]).call_id, call.id);
}

TEST(FitTurns, SendNoSignatureToAnotherProvider) {
    auto request = asked();
    const auto thought = [](Origin origin, std::string issuer, std::string_view text) {
        return ThinkingBlock{
            .text = {text},
            .signature = {.origin = origin, .issuer = std::move(issuer), .value = {"S"}}};
    };
    auto redacted = thought(Origin::anthropic, "", "");
    redacted.is_redacted = true;
    request.turns.push_back(
        turn(Role::assistant,
             {thought(Origin::anthropic, "acct#1", "own"),
              thought(Origin::anthropic, "acct#2", "other"), thought(Origin::gemini, "", "google"),
              thought(Origin::openai, "", ""), redacted, said("x")}));
    request.turns.push_back(turn(Role::user, {said("y")}));
    EXPECT_EQ(told(fitted(request, claude("claude-opus-5")).request),
              "user: Hello | assistant: <own#S> <other#> <google#> <#S> x | user: y");
    EXPECT_EQ(told(fitted(request, gemini("gemini-3-pro")).request),
              "user: Hello | assistant: <own#> <other#> <google#S> x | user: y");
    EXPECT_EQ(told(fitted(request, responses("gpt-5")).request),
              "user: Hello | assistant: <own#> <other#> <google#> <#S> x | user: y");
    EXPECT_EQ(told(fitted(request, chat("deepseek", "deepseek-chat")).request),
              "user: Hello | assistant: <own#> <other#> <google#> x | user: y");
}

TEST(FitTurns, MarkSystemMessagesThatMayNotStandWhereTheyStand) {
    auto request = asked();
    request.turns.insert(request.turns.begin(), turn(Role::system, {said("first")}));
    request.turns.push_back(turn(Role::developer, {said("later")}));
    const auto marked = "system: first | user: Hello | user: <system>\\nlater\\n</system>";
    const auto as_is = "system: first | user: Hello | developer: later";
    EXPECT_EQ(told(fitted(request, claude("claude-sonnet-4-5")).request), marked);
    EXPECT_EQ(told(fitted(request, gemini("gemini-3-pro")).request), marked);
    EXPECT_EQ(told(fitted(request, claude("claude-opus-5")).request), as_is);
    EXPECT_EQ(told(fitted(request, chat("openai", "gpt-4o")).request), as_is);
    EXPECT_EQ(fields_lost(fitted(request, claude("claude-sonnet-4-5"))), "messages");
    request.turns.push_back(turn(Role::user, {said("more")}));  // no longer before the assistant
    EXPECT_EQ(told(fitted(request, claude("claude-opus-5")).request),
              std::string(marked) + " | user: more");
}

TEST(FitTurns, HaveAUserWhoSpeaksFirst) {
    auto request = asked();
    request.turns[0].role = Role::system;
    EXPECT_EQ(told(fitted(request, claude("claude-opus-5")).request), "system: Hello | user: .");
    EXPECT_EQ(told(fitted(request, chat("openai", "gpt-4o")).request), "system: Hello");
    request.turns.push_back(turn(Role::assistant, {said("Hi")}));
    request.turns.push_back(turn(Role::user, {said("Bye")}));
    EXPECT_EQ(told(fitted(request, gemini("gemini-2.5-pro")).request),
              "system: Hello | user: . | assistant: Hi | user: Bye");
    request.turns.erase(request.turns.begin() + 1, request.turns.end());
    EXPECT_EQ(told(fitted(request, chat("openai", "o1-mini")).request),
              "user: <system>\\nHello\\n</system>");
}

TEST(FitTurns, EndWithTheUserWhereTheModelCannotGoOn) {
    auto request = asked();
    request.turns.push_back(turn(Role::assistant, {said("Once upon \\n ")}));
    const auto old = fitted(request, claude("claude-sonnet-4-5"));
    EXPECT_EQ(told(old.request), "user: Hello | assistant: Once upon");
    const auto out = fitted(request, claude("claude-opus-5"));
    EXPECT_EQ(told(out.request), "user: Hello | assistant: Once upon \\n  | user: Continue.");
    EXPECT_EQ(fields_lost(out), "messages");
    request.reasoning.effort = Effort::low;
    EXPECT_TRUE(told(fitted(request, claude("claude-sonnet-4-5")).request).ends_with("Continue."));
}

TEST(FitTurns, SayNoEmptyTexts) {
    auto request = asked();
    request.turns.push_back(turn(Role::assistant, {said("")}));
    request.turns.push_back(turn(Role::user, {said(""), said(" \\n"), said("x")}));
    EXPECT_EQ(told(fitted(request, claude("claude-opus-5")).request), "user: Hello | user: x");
    EXPECT_EQ(told(fitted(request, chat("openai", "gpt-4o")).request),
              "user: Hello | user:  \\n x");
}

TEST(FitTurns, NameTheMediaThatAModelDoesNotTake) {
    auto request = asked();
    request.turns[0].blocks.push_back(
        MediaBlock{.kind = MediaKind::audio, .mime = "audio/wav", .data = {"AA"}});
    const auto error = refused(request, claude("claude-opus-5"));
    EXPECT_EQ(error.kind, ErrorKind::bad_request);
    EXPECT_EQ(error.param, "messages[0]");
    EXPECT_EQ(error.message, "The model does not take audio.");
    EXPECT_EQ(fitted(request, gemini("gemini-2.5-pro")).request.turns[0].blocks.size(), 2U);
    const auto dropped = fitted(request, claude("claude-opus-5"), {.drop_params = true});
    EXPECT_EQ(dropped.request.turns[0].blocks.size(), 1U);
    EXPECT_EQ(fields_lost(dropped), "messages[0]");
    request.turns[0].blocks[1] = MediaBlock{.mime = "image/bmp", .data = {"AA"}};
    EXPECT_EQ(refused(request, claude("claude-opus-5")).message,
              "The model takes images as JPEG, PNG, GIF and WebP, not image/bmp.");
    request.turns[0].blocks[1] = MediaBlock{.source = MediaSource::file_id, .data = {"file-1"}};
    EXPECT_EQ(refused(request, gemini("gemini-2.5-pro")).param, "messages[0]");
    EXPECT_EQ(fitted(request, responses("gpt-4o")).losses.size(), 0U);
}

// --- sampling, limits, output -------------------------------------------------------------------

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
