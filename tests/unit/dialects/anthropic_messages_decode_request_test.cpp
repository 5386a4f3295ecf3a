#include "dialects/anthropic_messages/decode_request.hpp"

#include <gtest/gtest.h>

#include <string>

#include "anthropic_messages_fixture.hpp"
#include "decoded.hpp"
#include "dialects/seal.hpp"

namespace router::dialects::anthropic_messages {
namespace {

using canonical::CacheMark;
using canonical::Effort;
using canonical::MediaBlock;
using canonical::MediaKind;
using canonical::MediaSource;
using canonical::OpaqueBlock;
using canonical::Origin;
using canonical::Role;
using canonical::TextBlock;
using canonical::ThinkingBlock;
using canonical::ThinkingMode;
using canonical::ToolCallBlock;
using canonical::ToolKind;
using canonical::ToolMode;
using canonical::ToolResultBlock;

struct Decoded : DecodedRequest {
    explicit Decoded(std::string_view text) : DecodedRequest(dialect(), text, {}) {}
    const canonical::Turn& turn(std::size_t at) const { return request->turns.at(at); }
    template <class Kind>
    const Kind& block(std::size_t at, std::size_t in_turn = 0) const {
        return std::get<Kind>(turn(in_turn).blocks.at(at));
    }
    std::string error() const { return request ? "" : request.error().message; }
};

std::string with(const std::string& members) {
    return R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}])" +
           (members.empty() ? "" : "," + members) + "}";
}

Decoded user(const std::string& blocks) {
    return Decoded(R"({"model":"m","messages":[{"role":"user","content":[)" + blocks + "]}]}");
}

Decoded assistant(const std::string& blocks) {
    return Decoded(R"({"model":"m","messages":[{"content":[)" + blocks +
                   R"(],"role":"assistant"}]})");
}

TEST(AnthropicRequest, ReadsTheLeastThereIs) {
    const Decoded decoded(with(""));
    ASSERT_TRUE(decoded.request);
    EXPECT_EQ(decoded->model, "m");
    EXPECT_EQ(decoded->max_tokens, 9);
    EXPECT_FALSE(decoded->is_streaming);
    EXPECT_TRUE(decoded->wants_usage);
    ASSERT_EQ(decoded->turns.size(), 1U);
    EXPECT_EQ(decoded.turn(0).role, Role::user);
    EXPECT_EQ(decoded.block<TextBlock>(0).text.escaped, "hi");
}

TEST(AnthropicRequest, ReadsWhatIsToBeWrittenAndHow) {
    const Decoded decoded(with(
        R"("stream":true,"temperature":0.5,"top_p":0.9,"top_k":7,"stop_sequences":["a\n","b"],)"
        R"("metadata":{"user_id":"u"},"service_tier":"standard_only","speed":"fast",)"
        R"("output_config":{"effort":"xhigh","format":{"type":"json_schema","schema":)"
        R"({"type":"object"}},"task_budget":{"x":1}},"container":null)"));
    ASSERT_TRUE(decoded.request) << decoded.error();
    EXPECT_TRUE(decoded->is_streaming);
    EXPECT_EQ(decoded->sampling.temperature, 0.5);
    EXPECT_EQ(decoded->sampling.top_p, 0.9);
    EXPECT_EQ(decoded->sampling.top_k, 7);
    ASSERT_EQ(decoded->stop.size(), 2U);
    EXPECT_EQ(decoded->stop[0].escaped, "a\\n");
    EXPECT_EQ(decoded->user, "u");
    EXPECT_EQ(decoded->service_tier, "default");
    EXPECT_EQ(decoded->reasoning.effort, Effort::xhigh);
    EXPECT_EQ(decoded->output.kind, canonical::OutputKind::json_schema);
    EXPECT_EQ(decoded->output.schema, R"({"type":"object"})");
    ASSERT_EQ(decoded->extras.size(), 2U);
    EXPECT_EQ(decoded->extras[0], canonical::Extra("speed", "\"fast\""));
    EXPECT_EQ(decoded->extras[1], canonical::Extra("output_config.task_budget", R"({"x":1})"));
}

TEST(AnthropicRequest, ReadsTheOldSpellingOfTheFormat) {
    const Decoded decoded(with(R"("output_format":{"schema":{"a":1},"type":"json_schema"})"));
    ASSERT_TRUE(decoded.request) << decoded.error();
    EXPECT_EQ(decoded->output.schema, R"({"a":1})");
}

TEST(AnthropicRequest, ReadsEachKindOfThinking) {
    const auto mode = [](const std::string& thinking) {
        return Decoded(with("\"thinking\":" + thinking))->reasoning;
    };
    EXPECT_EQ(mode(R"({"type":"disabled"})").mode, ThinkingMode::off);
    EXPECT_EQ(mode(R"({"type":"between_tools"})").mode, ThinkingMode::between_tools);
    EXPECT_EQ(mode(R"({"type":"adaptive"})").mode, ThinkingMode::adaptive);
    EXPECT_EQ(mode(R"({"type":"adaptive","display":"omitted"})").is_shown, false);
    const auto budget = mode(R"({"budget_tokens":2048,"type":"enabled","display":"summarized"})");
    EXPECT_EQ(budget.mode, ThinkingMode::budget);
    EXPECT_EQ(budget.budget, 2048);
    EXPECT_EQ(budget.is_shown, true);
}

TEST(AnthropicRequest, PutsTheSystemPromptFirstWhereverItStands) {
    const Decoded decoded(with(
        R"("system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}},)"
        R"({"type":"text","text":"b","cache_control":{"type":"ephemeral"}}])"));
    ASSERT_EQ(decoded->turns.size(), 2U);
    EXPECT_EQ(decoded.turn(0).role, Role::system);
    EXPECT_EQ(decoded.block<TextBlock>(0).cache, CacheMark::one_hour);
    EXPECT_EQ(decoded.block<TextBlock>(1).cache, CacheMark::short_lived);
    EXPECT_EQ(Decoded(with(R"("system":"s")")).block<TextBlock>(0).text.escaped, "s");
}

TEST(AnthropicRequest, LeavesTheBillingHeaderOut) {
    const Decoded decoded(
        with(R"("system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2; a"},)"
             R"({"type":"text","text":"You are"}])"));
    ASSERT_EQ(decoded.turn(0).blocks.size(), 1U);
    EXPECT_EQ(decoded.block<TextBlock>(0).text.escaped, "You are");
}

TEST(AnthropicRequest, LeavesSystemMessagesInTheirPlace) {
    const Decoded decoded(
        R"({"model":"m","messages":[{"role":"user","content":"a"},{"role":"system","content":"b"},)"
        R"({"role":"assistant","content":"c"}]})");
    ASSERT_EQ(decoded->turns.size(), 3U);
    EXPECT_EQ(decoded.turn(1).role, Role::system);
    EXPECT_EQ(decoded.turn(2).role, Role::assistant);
}

TEST(AnthropicRequest, TakesResultsOutOfTheUsersMessage) {
    const auto decoded = user(
        R"({"type":"tool_result","tool_use_id":"t1","content":"ok"},{"type":"text","text":"go on"},)"
        R"({"type":"tool_result","tool_use_id":"t2","is_error":true,"content":[)"
        R"({"type":"text","text":"bad"},{"type":"image","source":{"type":"base64",)"
        R"("media_type":"image/png","data":"iVBO"}},{"type":"tool_reference","tool_name":"f"}]})");
    ASSERT_TRUE(decoded.request) << decoded.error();
    ASSERT_EQ(decoded->turns.size(), 2U);
    EXPECT_EQ(decoded.turn(0).role, Role::tool);
    EXPECT_EQ(decoded.turn(1).role, Role::user);
    const auto& first = decoded.block<ToolResultBlock>(0);
    EXPECT_EQ(first.call_id, "t1");
    EXPECT_EQ(std::get<TextBlock>(first.parts.at(0)).text.escaped, "ok");
    const auto& second = decoded.block<ToolResultBlock>(1);
    EXPECT_TRUE(second.is_error);
    ASSERT_EQ(second.parts.size(), 3U);
    EXPECT_EQ(std::get<MediaBlock>(second.parts[1]).mime, "image/png");
    EXPECT_EQ(std::get<OpaqueBlock>(second.parts[2]).as_text.escaped, "Tool found: f");
    EXPECT_EQ(decoded.block<TextBlock>(0, 1).text.escaped, "go on");
}

TEST(AnthropicRequest, AddsNoTurnOfTheUserBehindResultsAlone) {
    const auto decoded = user(R"({"type":"tool_result","tool_use_id":"t1"})");
    ASSERT_EQ(decoded->turns.size(), 1U);
    EXPECT_TRUE(decoded.block<ToolResultBlock>(0).parts.empty());
}

TEST(AnthropicRequest, ReadsEveryKindOfSource) {
    const auto decoded = user(
        R"({"type":"image","source":{"type":"url","url":"https://a/b.png"}},)"
        R"({"type":"image","source":{"file_id":"f1","type":"file"}},)"
        R"({"type":"document","title":"T","source":{"type":"base64","media_type":)"
        R"("application/pdf","data":"JVBERi0"}},)"
        R"({"type":"document","source":{"type":"text","media_type":"text/plain","data":"words"}},)"
        R"({"type":"document","context":"see","source":{"type":"content","content":[)"
        R"({"type":"text","text":"a"},{"type":"text","text":"b"}]}})");
    ASSERT_TRUE(decoded.request) << decoded.error();
    EXPECT_EQ(decoded.block<MediaBlock>(0).source, MediaSource::url);
    EXPECT_EQ(decoded.block<MediaBlock>(0).data.escaped, "https://a/b.png");
    EXPECT_EQ(decoded.block<MediaBlock>(1).source, MediaSource::file_id);
    EXPECT_EQ(decoded.block<MediaBlock>(2).kind, MediaKind::document);
    EXPECT_EQ(decoded.block<MediaBlock>(2).name.escaped, "T");
    EXPECT_EQ(decoded.block<MediaBlock>(3).source, MediaSource::text);
    EXPECT_EQ(decoded.block<TextBlock>(4).text.escaped, "see");
    EXPECT_EQ(decoded.block<MediaBlock>(5).data.escaped, "a\\nb");
}

TEST(AnthropicRequest, SaysASearchResultInWordsToo) {
    const std::string block =
        R"({"type":"search_result","source":"https://a","title":"A","content":)"
        R"([{"type":"text","text":"found"}],"citations":{"enabled":true}})";
    const auto decoded = user(block);
    const auto& opaque = decoded.block<OpaqueBlock>(0);
    EXPECT_EQ(opaque.type, "search_result");
    EXPECT_EQ(opaque.json, block);
    EXPECT_EQ(opaque.as_text.escaped, "https://a\\nA\\nfound");
}

TEST(AnthropicRequest, KeepsBlocksThatItDoesNotKnow) {
    const auto decoded = assistant(
        R"({"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"x"}},)"
        R"({"x":[1,{"y":2}],"type":"fancy"})");
    ASSERT_TRUE(decoded.request) << decoded.error();
    EXPECT_EQ(decoded.block<OpaqueBlock>(0).type, "server_tool_use");
    EXPECT_EQ(decoded.block<OpaqueBlock>(1).json, R"({"x":[1,{"y":2}],"type":"fancy"})");
}

TEST(AnthropicRequest, ReadsCallsAndThoughts) {
    const auto decoded = assistant(
        R"({"type":"thinking","thinking":"hm","signature":"Eq=="},)"
        R"({"type":"redacted_thinking","data":"Zz"},{"type":"thinking","thinking":"","signature":""},)"
        R"({"type":"tool_use","id":"t1","name":"f","input":{"b": 1, "a":2}})");
    ASSERT_TRUE(decoded.request) << decoded.error();
    EXPECT_EQ(decoded.block<ThinkingBlock>(0).signature.origin, Origin::anthropic);
    EXPECT_EQ(decoded.block<ThinkingBlock>(0).text.escaped, "hm");
    EXPECT_TRUE(decoded.block<ThinkingBlock>(1).is_redacted);
    EXPECT_EQ(decoded.block<ThinkingBlock>(1).signature.value.escaped, "Zz");
    EXPECT_FALSE(decoded.block<ThinkingBlock>(2).signature.is_present());
    EXPECT_EQ(decoded.block<ToolCallBlock>(3).arguments, R"({"b": 1, "a":2})");
}

TEST(AnthropicRequest, TakesAProofOfATextBack) {
    const auto sealed =
        seal({.signature = {.origin = Origin::gemini, .value = {"sig"}}, .is_redacted = true});
    const Decoded request(R"({"model":"m","messages":[{"role":"assistant","content":[)"
                          R"({"type":"redacted_thinking","data":")" +
                          sealed + R"("}]}]})");
    const auto& text = request.block<TextBlock>(0);
    EXPECT_TRUE(text.text.is_empty());
    EXPECT_EQ(text.signature.value.escaped, "sig");
}

TEST(AnthropicRequest, OpensASealOfOurs) {
    const auto sealed =
        seal({.text = {}, .signature = {.origin = Origin::gemini, .value = {"sig"}}});
    const auto decoded =
        assistant(R"({"type":"thinking","thinking":"hm","signature":")" + sealed + "\"}");
    const auto& thinking = decoded.block<ThinkingBlock>(0);
    EXPECT_EQ(thinking.signature.origin, Origin::gemini);
    EXPECT_EQ(thinking.signature.value.escaped, "sig");
    EXPECT_EQ(thinking.text.escaped, "hm");
}

TEST(AnthropicRequest, TellsToolsApart) {
    const Decoded decoded(with(
        R"("tools":[{"name":"f","description":"d","input_schema":{"type":"object"},"strict":true,)"
        R"("cache_control":{"type":"ephemeral"},"defer_loading":true},)"
        R"({"type":"custom","name":"g","input_schema":{}},)"
        R"({"type":"web_search_20250305","name":"web_search","max_uses":8},)"
        R"({"name":"web_fetch","type":"web_fetch_20260209"},)"
        R"({"type":"code_execution_20250825","name":"code_execution"},)"
        R"({"type":"bash_20250124","name":"bash"}],)"
        R"("tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true})"));
    ASSERT_TRUE(decoded.request) << decoded.error();
    ASSERT_EQ(decoded->tools.size(), 6U);
    const auto& first = decoded->tools[0];
    EXPECT_EQ(first.kind, ToolKind::function);
    EXPECT_EQ(first.parameters, R"({"type":"object"})");
    EXPECT_EQ(first.strict, true);
    EXPECT_TRUE(first.is_deferred);
    EXPECT_EQ(first.cache, CacheMark::short_lived);
    EXPECT_EQ(decoded->tools[1].kind, ToolKind::function);
    EXPECT_EQ(decoded->tools[2].kind, ToolKind::web_search);
    EXPECT_EQ(decoded->tools[2].declaration,
              R"({"type":"web_search_20250305","name":"web_search","max_uses":8})");
    EXPECT_EQ(decoded->tools[3].kind, ToolKind::web_fetch);
    EXPECT_EQ(decoded->tools[4].kind, ToolKind::code_execution);
    EXPECT_EQ(decoded->tools[5].kind, ToolKind::opaque);
    EXPECT_EQ(decoded->tool_choice->mode, ToolMode::named);
    EXPECT_EQ(decoded->tool_choice->name, "f");
    EXPECT_EQ(decoded->parallel_tool_calls, false);
}

TEST(AnthropicRequest, ReadsEachChoiceOfTools) {
    const auto mode = [](const std::string& type) {
        return Decoded(with(R"("tool_choice":{"type":")" + type + "\"}"))->tool_choice->mode;
    };
    EXPECT_EQ(mode("auto"), ToolMode::automatic);
    EXPECT_EQ(mode("any"), ToolMode::required);
    EXPECT_EQ(mode("none"), ToolMode::none);
}

TEST(AnthropicRequest, ReadsEscapesInNamesAndKeys) {
    const Decoded decoded(
        R"({"mod\u0065l":"a\/b","messages":[{"r\u006fle":"user","content":"x"}]})");
    EXPECT_EQ(decoded.error(), "messages.0.role: Input should be 'user', 'assistant' or 'system'");
    EXPECT_EQ(Decoded(R"({"mod\u0065l":"a\/b","messages":[{"role":"user","content":"x"}]})")->model,
              "a/b");
}

TEST(AnthropicRequest, NamesTheFieldThatIsWrong) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"[]", "The body should be a JSON object."},
        {"{", "The body should be a JSON object."},
        {R"({"model":"m"})", "messages: Field required"},
        {R"({"messages":[{"role":"user","content":"x"}]})", "model: Field required"},
        {R"({"model":"m","messages":[]})", "messages: at least one message is required"},
        {R"({"model":"m","messages":{}})", "messages: Input should be a valid list"},
        {R"({"model":"m","messages":[{"role":"user"}]})", "messages.0.content: Field required"},
        {R"({"model":"m","messages":[{"role":"king","content":"x"}]})",
         "messages.0.role: Input should be 'user', 'assistant' or 'system'"},
        {with(R"("temperature":"hot")"), "temperature: Input should be a valid number"},
        {with(R"("max_tokens":-1)"), "max_tokens: Input should be greater than or equal to 0"},
        {with(R"("thinking":{"type":"enabled"})"),
         "thinking.enabled.budget_tokens: Field required"},
        {with(R"("tools":[{"input_schema":{}}])"), "tools.0.name: Field required"},
        {with(R"("tools":[{"name":"f"}])"), "tools.0.input_schema: Input should be an object"},
        {with(R"("x":tru)"), "x: Input should be valid JSON"},
        {with(R"("output_config":{"x":tru})"), "output_config.x: Input should be valid JSON"},
        {with(R"("x":1)") + "}", "The body should be valid JSON."}};
    for (const auto& [body, message] : cases) EXPECT_EQ(Decoded(body).error(), message) << body;
    EXPECT_EQ(user(R"({"type":"text","text":"a"},{"text":"b"})").error(),
              "messages.0.content.1.type: Field required");
    EXPECT_EQ(user(R"({"type":"tool_result"})").error(),
              "messages.0.content.0.tool_result.tool_use_id: Field required");
    EXPECT_EQ(assistant(R"({"type":"tool_use","id":"a","name":"b","input":"c"})").error(),
              "messages.0.content.0.tool_use.input: Input should be an object");
}

}  // namespace
}  // namespace router::dialects::anthropic_messages
