#include "fit_fixture.hpp"

namespace router::dialects {
namespace {

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
              "user: Hello | assistant: <own#S> <other#> <google#> x | user: y");
    EXPECT_EQ(told(fitted(request, gemini("gemini-3-pro")).request),
              "user: Hello | assistant: <own#> <other#> <google#S> x | user: y");
    EXPECT_EQ(told(fitted(request, responses("gpt-5")).request),
              "user: Hello | assistant: <own#> <other#> <google#> x | user: y");
    EXPECT_EQ(told(fitted(request, chat("deepseek", "deepseek-chat")).request),
              "user: Hello | assistant: <own#> <other#> <google#> x | user: y");
}

// An answer that went on to its client as it came names no account; one of another dialect was
// sold by somebody else.
TEST(FitTurns, SendASignatureWithoutAnIssuerToTheClientsOwnDialectAlone) {
    struct Way {
        DialectId client;
        Origin origin;
        To to;
        bool is_kept;
    };
    const auto openrouter = chat("openrouter", "anthropic/claude-opus-5");
    const std::vector<Way> ways{
        {DialectId::anthropic_messages, Origin::anthropic, claude("claude-opus-5"), true},
        {DialectId::openai_chat, Origin::anthropic, claude("claude-opus-5"), false},
        {DialectId::gemini, Origin::gemini, gemini("gemini-3-pro"), true},
        {DialectId::openai_chat, Origin::gemini, gemini("gemini-3-pro"), true},  // extra_content
        {DialectId::anthropic_messages, Origin::gemini, gemini("gemini-3-pro"), false},
        {DialectId::openai_responses, Origin::openai, responses("gpt-5"), true},
        {DialectId::openai_chat, Origin::openai, responses("gpt-5"), false},
        {DialectId::openai_chat, Origin::openrouter, openrouter, true},
        {DialectId::openai_chat, Origin::anthropic, openrouter, false},
    };
    for (const auto& [client, origin, to, is_kept] : ways) {
        auto request = asked(client);
        request.turns.push_back(
            turn(Role::assistant,
                 {ThinkingBlock{.text = {"t"}, .signature = {.origin = origin, .value = {"S"}}},
                  said("x")}));
        request.turns.push_back(turn(Role::user, {said("y")}));
        EXPECT_EQ(told(fitted(request, to).request).contains("<t#S>"), is_kept)
            << static_cast<int>(client) << " " << static_cast<int>(origin);
    }
}

TEST(FitTurns, GiveASellerOfOthersModelsBackWhatItIssued) {
    auto request = asked();
    const auto thought = [](std::string issuer) {
        return ThinkingBlock{
            .text = {issuer == "acct#1" ? "own" : "other"},
            .signature = {
                .origin = Origin::anthropic, .issuer = std::move(issuer), .value = {"S"}}};
    };
    request.turns.push_back(
        turn(Role::assistant, {thought("acct#1"), thought("acct#2"), said("x")}));
    request.turns.push_back(turn(Role::user, {said("y")}));
    EXPECT_EQ(told(fitted(request, chat("openrouter", "anthropic/claude-opus-5")).request),
              "user: Hello | assistant: <own#S> <other#> x | user: y");
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

}  // namespace
}  // namespace router::dialects
