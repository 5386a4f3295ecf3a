#include "dialects/anthropic_messages/encode_request.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "anthropic_messages_fixture.hpp"

namespace router::dialects::anthropic_messages {
namespace {

using canonical::Block;
using canonical::CacheMark;
using canonical::DialectId;
using canonical::MediaBlock;
using canonical::MediaKind;
using canonical::MediaSource;
using canonical::Origin;
using canonical::Request;
using canonical::Role;
using canonical::TextBlock;
using canonical::ThinkingBlock;
using canonical::ThinkingMode;
using canonical::Tool;
using canonical::ToolCallBlock;
using canonical::ToolKind;
using canonical::ToolMode;
using canonical::ToolResultBlock;
using canonical::Turn;

TextBlock text(std::string_view escaped, CacheMark cache = CacheMark::none) {
    return {.text = {escaped}, .cache = cache};
}

ToolResultBlock result(const std::string& id, std::string_view said) {
    ToolResultBlock block{.call_id = id};
    block.parts.emplace_back(text(said));
    return block;
}

Request asking(std::vector<Turn> turns) {
    Request request;
    request.turns = std::move(turns);
    request.max_tokens = 5;
    return request;
}

Request asking(Block block) { return asking({{.role = Role::user, .blocks = {std::move(block)}}}); }

const std::string hi = R"("messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}])";

EncodedRequest encoded(const Request& request, const Variant& variant = {}) {
    auto made = encode_request(request, "claude", variant);
    if (!made) return {.body = "error: " + made.error().message};
    EXPECT_TRUE(wire::json::is_valid(made->body)) << made->body;
    return std::move(*made);
}

// The body without what stands in every one.
std::string body(const Request& request, const Variant& variant = {}) {
    const auto made = encoded(request, variant).body;
    const std::string head = R"({"model":"claude","max_tokens":5,)";
    return made.starts_with(head) ? made.substr(head.size(), made.size() - head.size() - 1) : made;
}

TEST(AnthropicEncodeRequest, WritesTheLeastThereIs) {
    auto request = asking(text("hi"));
    EXPECT_EQ(encoded(request).body, R"({"model":"claude","max_tokens":5,)" + hi + "}");
    request.is_streaming = true;
    EXPECT_EQ(body(request), "\"stream\":true," + hi);
}

TEST(AnthropicEncodeRequest, AlwaysTellsALimitOfTokens) {
    auto request = asking(text("hi"));
    request.max_tokens.reset();
    EXPECT_TRUE(encoded(request).body.starts_with(R"({"model":"claude","max_tokens":4096)"));
    EXPECT_TRUE(encoded(request, {.max_output_tokens = 777})
                    .body.starts_with(R"({"model":"claude","max_tokens":777)"));
    request.max_tokens = 1000;
    const auto lowered = encoded(request, {.max_output_tokens = 777});
    EXPECT_TRUE(lowered.body.starts_with(R"({"model":"claude","max_tokens":777)"));
    ASSERT_EQ(lowered.losses.size(), 1U);
    EXPECT_EQ(lowered.losses[0].field, "max_tokens");
}

TEST(AnthropicEncodeRequest, PutsTheVersionIntoTheBodyInsteadOfTheModel) {
    const auto request = asking(text("hi"));
    EXPECT_EQ(encoded(request, {.anthropic_version = "vertex-2023-10-16"}).body,
              R"({"anthropic_version":"vertex-2023-10-16","max_tokens":5,)" + hi + "}");
}

TEST(AnthropicEncodeRequest, PartsTheSystemPromptFromLaterSystemTurns) {
    const auto request = asking({{.role = Role::system, .blocks = {text("a"), text("")}},
                                 {.role = Role::developer, .blocks = {text("b")}},
                                 {.role = Role::user, .blocks = {text("c")}},
                                 {.role = Role::system, .blocks = {text("d")}}});
    EXPECT_EQ(body(request),
              R"("system":[{"type":"text","text":"a"},{"type":"text","text":"b"}],"messages":)"
              R"([{"role":"user","content":[{"type":"text","text":"c"}]},)"
              R"({"role":"system","content":[{"type":"text","text":"d"}]}])");
}

TEST(AnthropicEncodeRequest, SaysAWordWhereTheApiWantsOne) {
    const std::string dot = R"("messages":[{"role":"user","content":"."}])";
    EXPECT_EQ(body(asking(std::vector<Turn>{})), dot);
    EXPECT_EQ(body(asking(text(""))), dot);
    EXPECT_EQ(body(asking(text(" \\n"))), dot);
    EXPECT_EQ(body(asking(std::vector<Turn>{{.role = Role::assistant, .blocks = {text("a")}}})),
              R"("messages":[{"role":"user","content":"."},)"
              R"({"role":"assistant","content":[{"type":"text","text":"a"}]}])");
}

TEST(AnthropicEncodeRequest, MergesTurnsOfOneSpeaker) {
    const auto request = asking({{.role = Role::user, .blocks = {text("a")}},
                                 {.role = Role::user, .blocks = {text("b")}},
                                 {.role = Role::assistant, .blocks = {text("c")}},
                                 {.role = Role::assistant, .blocks = {text("d \\n ")}}});
    EXPECT_EQ(body(request), R"("messages":[{"role":"user","content":[{"type":"text","text":"a"},)"
                             R"({"type":"text","text":"b"}]},{"role":"assistant","content":)"
                             R"([{"type":"text","text":"c"},{"type":"text","text":"d"}]}])");
}

TEST(AnthropicEncodeRequest, PutsResultsFirstInTheOrderOfTheirCalls) {
    const auto request =
        asking({{.role = Role::user, .blocks = {text("q")}},
                {.role = Role::assistant,
                 .blocks = {ToolCallBlock{.id = "call:1", .name = "f", .arguments = R"({"a": 1})"},
                            ToolCallBlock{.id = "b", .name = "g"}}},
                {.role = Role::tool, .blocks = {result("b", "B"), result("call:1", "A")}},
                {.role = Role::user, .blocks = {text("go on")}}});
    const auto made = body(request);
    const auto id = made.substr(made.find("call_1"), 15);
    EXPECT_EQ(made, R"("messages":[{"role":"user","content":[{"type":"text","text":"q"}]},)"
                    R"({"role":"assistant","content":[{"type":"tool_use","id":")" +
                        id + R"(","name":"f","input":{"a": 1}},)" +
                        R"({"type":"tool_use","id":"b","name":"g","input":{}}]},)" +
                        R"({"role":"user","content":[{"type":"tool_result","tool_use_id":")" + id +
                        R"(","content":[{"type":"text","text":"A"}]},)" +
                        R"({"type":"tool_result","tool_use_id":"b","content":)" +
                        R"([{"type":"text","text":"B"}]},{"type":"text","text":"go on"}]}])");
}

TEST(AnthropicEncodeRequest, PutsASystemTurnBehindTheResultsThatItCutsOff) {
    const auto request =
        asking({{.role = Role::user, .blocks = {text("q")}},
                {.role = Role::assistant, .blocks = {ToolCallBlock{.id = "a", .name = "f"}}},
                {.role = Role::system, .blocks = {text("s")}},
                {.role = Role::tool, .blocks = {result("a", "A")}}});
    const auto made = body(request);
    EXPECT_LT(made.find("tool_result"), made.find("\"system\"")) << made;
}

TEST(AnthropicEncodeRequest, RefusesArgumentsThatAreNoObject) {
    for (const std::string_view arguments : {"[1]", "{\"a\":", "nonsense", "\"x\""}) {
        const auto request =
            asking({{.role = Role::assistant,
                     .blocks = {ToolCallBlock{.id = "a", .name = "f", .arguments = arguments}}}});
        EXPECT_TRUE(body(request).starts_with("error: messages")) << arguments;
    }
}

TEST(AnthropicEncodeRequest, WritesResultsOfEveryKind) {
    ToolResultBlock failed{.call_id = "a", .is_error = true};
    EXPECT_EQ(body(asking(failed)),
              R"("messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a",)"
              R"("is_error":true}]}])");
    ToolResultBlock object{.call_id = "a", .object = R"({"o":"x"})"};
    EXPECT_EQ(body(asking(object)),
              R"("messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a",)"
              R"("content":"{\"o\":\"x\"}"}]}])");
}

TEST(AnthropicEncodeRequest, SendsThoughtsBackThatAnthropicSigned) {
    const ThinkingBlock own{.text = {"hm"},
                            .signature = {.origin = Origin::anthropic, .value = {"S"}}};
    const ThinkingBlock redacted{.signature = {.origin = Origin::anthropic, .value = {"R"}},
                                 .is_redacted = true};
    const ThinkingBlock foreign{.text = {"x"},
                                .signature = {.origin = Origin::gemini, .value = {"G"}}};
    const ThinkingBlock unsigned_one{.text = {"y"}};
    const auto request = asking(
        {{.role = Role::user, .blocks = {text("q")}},
         {.role = Role::assistant, .blocks = {own, foreign, redacted, unsigned_one, text("a")}},
         {.role = Role::user, .blocks = {text("r")}}});
    const auto made = encoded(request);
    EXPECT_NE(made.body.find(R"("content":[{"type":"thinking","thinking":"hm","signature":"S"},)"
                             R"({"type":"redacted_thinking","data":"R"},)"
                             R"({"type":"text","text":"a"}])"),
              std::string::npos)
        << made.body;
    ASSERT_EQ(made.losses.size(), 1U);
    EXPECT_EQ(made.losses[0].field, "messages");
}

TEST(AnthropicEncodeRequest, LooksAtWhatAnImageBeginsWith) {
    const auto image = [](std::string_view data, const std::string& mime) {
        MediaBlock media{.mime = mime, .data = {data}};
        return body(asking(media));
    };
    const auto source = [](const std::string& mime, const std::string& data) {
        return R"("messages":[{"role":"user","content":[{"type":"image","source":)"
               R"({"type":"base64","media_type":")" +
               mime + R"(","data":")" + data + "\"}}]}]";
    };
    EXPECT_EQ(image("iVBORw0KGgoAAA", ""), source("image/png", "iVBORw0KGgoAAA"));
    EXPECT_EQ(image("/9j/4AAQ", "image/png"), source("image/jpeg", "/9j/4AAQ"));
    EXPECT_EQ(image("\\/9j\\/4AAQ", "application/octet-stream"),
              source("image/jpeg", "\\/9j\\/4AAQ"));
    EXPECT_EQ(image("AAAA", "image/jpg"), source("image/jpeg", "AAAA"));
    EXPECT_TRUE(image("AAAA", "image/svg+xml").starts_with("error: messages"));
    EXPECT_TRUE(image("AAAA", "").starts_with("error: messages"));
}

TEST(AnthropicEncodeRequest, WritesDocuments) {
    const auto document = [](MediaBlock media) {
        media.kind = MediaKind::document;
        return body(asking(std::move(media)));
    };
    const std::string head =
        R"("messages":[{"role":"user","content":[{"type":"document","source":)";
    EXPECT_EQ(document({.data = {"JVBERi0xLjQ"}, .name = {"T"}}),
              head + R"({"type":"base64","media_type":"application/pdf","data":"JVBERi0xLjQ"},)"
                     R"("title":"T"}]}])");
    EXPECT_EQ(document({.mime = "text/csv", .data = {"YSwiYg=="}}),
              head + R"({"type":"text","media_type":"text/plain","data":"a,\"b"}}]}])");
    EXPECT_EQ(document({.source = MediaSource::text, .data = {"words"}}),
              head + R"({"type":"text","media_type":"text/plain","data":"words"}}]}])");
    EXPECT_EQ(document({.source = MediaSource::url, .data = {"https://a/b.pdf"}}),
              head + R"({"type":"url","url":"https://a/b.pdf"}}]}])");
    EXPECT_TRUE(document({.source = MediaSource::url, .data = {"gs://a/b"}}).starts_with("error"));
    EXPECT_TRUE(document({.source = MediaSource::file_id, .data = {"f"}}).starts_with("error"));
    EXPECT_TRUE(document({.mime = "application/zip", .data = {"UEsD"}}).starts_with("error"));
    EXPECT_TRUE(body(asking(MediaBlock{.kind = MediaKind::audio})).starts_with("error"));
}

TEST(AnthropicEncodeRequest, NamesTheBetaThatAFileNeeds) {
    auto request = asking(MediaBlock{.source = MediaSource::file_id, .data = {"file_1"}});
    request.dialect = DialectId::anthropic_messages;
    const auto made = encoded(request);
    ASSERT_EQ(made.headers.size(), 1U);
    EXPECT_EQ(made.headers[0], "anthropic-beta: files-api-2025-04-14");
}

TEST(AnthropicEncodeRequest, KeepsTheLastFourCacheMarks) {
    constexpr auto mark = CacheMark::short_lived;
    auto request = asking({{.role = Role::system, .blocks = {text("a", mark)}},
                           {.role = Role::user,
                            .blocks = {text("b", mark), text("c", CacheMark::one_hour),
                                       text("d", mark), text("e", mark)}}});
    request.tools.push_back({.name = "f", .cache = mark});
    const auto made = body(request);
    std::size_t count = 0;
    for (auto at = made.find("cache_control"); at != std::string::npos;
         at = made.find("cache_control", at + 1)) {
        ++count;
    }
    EXPECT_EQ(count, 4U) << made;
    EXPECT_NE(made.find(R"("text":"a"})"), std::string::npos) << made;
    EXPECT_NE(made.find(R"("text":"c","cache_control":{"type":"ephemeral","ttl":"1h"}})"),
              std::string::npos)
        << made;
}

TEST(AnthropicEncodeRequest, WritesToolsAndTheirChoice) {
    auto request = asking(text("hi"));
    request.tools.push_back(
        {.name = "f", .description = {"d"}, .parameters = R"({"type":"object","properties":{}})"});
    request.tools.push_back({.name = "g"});
    EXPECT_EQ(body(request), R"("tools":[{"name":"f","description":"d","input_schema":)"
                             R"({"type":"object","properties":{}}},)"
                             R"({"name":"g","input_schema":{"type":"object","properties":{}}}],)" +
                                 hi);
    request.tools.pop_back();
    const auto choice = [&](ToolMode mode, bool is_parallel) {
        request.tool_choice = canonical::ToolChoice{.mode = mode, .name = "f"};
        request.parallel_tool_calls = is_parallel;
        const auto made = body(request);
        const auto at = made.find("\"tool_choice\"");
        return made.substr(at, made.find("\"messages\"") - 1 - at);
    };
    EXPECT_EQ(choice(ToolMode::automatic, false),
              R"("tool_choice":{"type":"auto","disable_parallel_tool_use":true})");
    EXPECT_EQ(choice(ToolMode::none, false), R"("tool_choice":{"type":"none"})");
    EXPECT_EQ(choice(ToolMode::required, true), R"("tool_choice":{"type":"any"})");
    EXPECT_EQ(choice(ToolMode::named, true), R"("tool_choice":{"type":"tool","name":"f"})");
}

TEST(AnthropicEncodeRequest, OffersOnlyTheToolsThatAreAllowed) {
    auto request = asking(text("hi"));
    request.tools.push_back({.name = "f"});
    request.tools.push_back({.name = "g"});
    request.tool_choice = canonical::ToolChoice{.mode = ToolMode::required, .allowed = {"g"}};
    EXPECT_EQ(body(request),
              R"("tools":[{"name":"g","input_schema":{"type":"object","properties":{}}}],)"
              R"("tool_choice":{"type":"any"},)" +
                  hi);
}

TEST(AnthropicEncodeRequest, OffersAnthropicsOwnToolsForAnothers) {
    auto request = asking(text("hi"));
    request.tools.push_back({.kind = ToolKind::web_search,
                             .declaration =
                                 R"({"type":"web_search","user_location":{"type":"approximate",)"
                                 R"("city":"Paris"},"filters":{"allowed_domains":["a.org"]}})"});
    request.tools.push_back({.kind = ToolKind::code_execution});
    const auto made = encoded(request);
    EXPECT_NE(made.body.find(R"({"type":"web_search_20250305","name":"web_search",)"
                             R"("user_location":{"type":"approximate","city":"Paris"},)"
                             R"("allowed_domains":["a.org"]})"),
              std::string::npos)
        << made.body;
    ASSERT_EQ(made.headers.size(), 1U);
    request.tools = {{.kind = ToolKind::opaque, .name = "shell", .declaration = "{}"}};
    EXPECT_TRUE(body(request).starts_with("error: tools"));
}

TEST(AnthropicEncodeRequest, WritesThinkingAndEffort) {
    auto request = asking(text("hi"));
    request.reasoning = {.mode = ThinkingMode::budget, .budget = 2000, .is_shown = true};
    EXPECT_EQ(body(request), hi + R"(,"thinking":{"type":"enabled","budget_tokens":2000,)"
                                  R"("display":"summarized"})");
    request.reasoning = {.mode = ThinkingMode::adaptive, .effort = canonical::Effort::xhigh};
    EXPECT_EQ(body(request),
              hi + R"(,"thinking":{"type":"adaptive"},"output_config":{"effort":"xhigh"})");
    request.reasoning = {.mode = ThinkingMode::off};
    EXPECT_EQ(body(request), hi + R"(,"thinking":{"type":"disabled"})");
    request.reasoning = {.effort = canonical::Effort::none};
    EXPECT_EQ(body(request), hi);
}

TEST(AnthropicEncodeRequest, WritesSchemasAndAsksForJson) {
    auto request = asking(text("hi"));
    request.output = {
        .kind = canonical::OutputKind::json_schema,
        .schema = R"({"type":"object","properties":{},"additionalProperties":false})"};
    EXPECT_TRUE(body(request).starts_with(
        hi + R"(,"output_config":{"format":{"type":"json_schema","schema":{)"))
        << body(request);
    request.output = {.kind = canonical::OutputKind::json_object};
    EXPECT_TRUE(body(request).starts_with(R"("system":[{"type":"text","text":"Answer with one)"))
        << body(request);
}

TEST(AnthropicEncodeRequest, NamesWhatItCannotSayInTheClientsWords) {
    auto request = asking(text("hi"));
    request.sampling.seed = 1;
    request.sampling.temperature = 1.5;
    request.stop = {{" \\n"}, {"x"}};
    request.service_tier = "flex";
    request.extras.emplace_back("prediction", "{}");
    auto made = encoded(request);
    std::vector<std::string> fields;
    for (const auto& loss : made.losses) fields.push_back(loss.field);
    EXPECT_EQ(fields, (std::vector<std::string>{"temperature", "stop", "service_tier", "prediction",
                                                "seed"}));
    EXPECT_EQ(body(request), hi + R"(,"temperature":1,"stop_sequences":["x"])");
    request.dialect = DialectId::gemini;
    EXPECT_EQ(encoded(request).losses.back().field, "generationConfig.seed");
    request.choices = 2;
    EXPECT_TRUE(body(request).starts_with("error: generationConfig.candidateCount"));
}

TEST(AnthropicEncodeRequest, WritesItsOwnFieldsBack) {
    auto request = asking(text("hi"));
    request.dialect = DialectId::anthropic_messages;
    request.extras.emplace_back("context_management", R"({"edits":[]})");
    request.extras.emplace_back("output_config.task_budget", "{}");
    request.user = "u";
    request.extras.emplace_back("a\"b", "1");
    EXPECT_EQ(body(request), hi + R"(,"output_config":{"task_budget":{}},"metadata":)"
                                  R"({"user_id":"u"},"context_management":{"edits":[]},"a\"b":1)");
}

}  // namespace
}  // namespace router::dialects::anthropic_messages
