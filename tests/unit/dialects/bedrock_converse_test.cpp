#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "../wire/feeding.hpp"
#include "dialects/bedrock_converse/dialect.hpp"
#include "wire/base64.hpp"
#include "wire/json.hpp"

namespace router::dialects::bedrock_converse {
namespace {

using namespace canonical;

Request asking(std::string_view text = "Hi") {
    Request request;
    request.turns.push_back({.role = Role::user, .blocks = {TextBlock{.text = {text}}}});
    return request;
}

EncodedRequest encoded(const Request& request) {
    auto out = dialect().encode_request(request, "m", {});
    EXPECT_TRUE(out) << out.error().message;
    if (!out) return {};
    EXPECT_TRUE(wire::json::is_valid(out->body)) << out->body;
    return std::move(*out);
}

std::string body_of(const Request& request) { return encoded(request).body; }

Error refused(const Request& request) {
    const auto out = dialect().encode_request(request, "m", {});
    EXPECT_FALSE(out);
    return out ? Error{} : out.error();
}

std::vector<std::string> lost(const Request& request) {
    std::vector<std::string> out;
    for (const auto& loss : encoded(request).losses) out.push_back(loss.field);
    return out;
}

TEST(ConverseRequest, SaysWhoSaidWhat) {
    auto request = asking("Hi \\\"you\\\"");
    request.turns.insert(request.turns.begin(),
                         {.role = Role::system, .blocks = {TextBlock{.text = {"Be kind."}}}});
    request.turns.push_back({.role = Role::assistant, .blocks = {TextBlock{.text = {"Yes?"}}}});
    request.turns.push_back({.role = Role::user, .blocks = {TextBlock{.text = {"A"}}}});
    request.turns.push_back({.role = Role::developer, .blocks = {TextBlock{.text = {"B"}}}});
    EXPECT_EQ(body_of(request),
              R"({"system":[{"text":"Be kind."}],"messages":[)"
              R"({"role":"user","content":[{"text":"Hi \"you\""}]},)"
              R"({"role":"assistant","content":[{"text":"Yes?"}]},)"
              R"({"role":"user","content":[{"text":"A"},{"text":"B"}]}],"inferenceConfig":{}})");
}

TEST(ConverseRequest, SaysHowToAnswer) {
    auto request = asking();
    request.max_tokens = 100;
    request.sampling.temperature = 0.5;
    request.sampling.top_p = 0.9;
    request.stop = {{"a"}, {"\\n"}};
    request.service_tier = "flex";
    EXPECT_TRUE(body_of(request).ends_with(
        R"("inferenceConfig":{"maxTokens":100,"temperature":0.5,"topP":0.9,)"
        R"("stopSequences":["a","\n"]},"serviceTier":{"type":"flex"}})"));
    EXPECT_TRUE(lost(request).empty());
}

TEST(ConverseRequest, LeavesOutWhatIsBlank) {
    auto request = asking("");
    EXPECT_EQ(body_of(request),
              R"({"messages":[{"role":"user","content":[{"text":"."}]}],"inferenceConfig":{}})");
    request = asking(" \\n\\t");
    EXPECT_EQ(body_of(request).find("\\n"), std::string::npos);
    request.turns.insert(request.turns.begin(),
                         {.role = Role::system, .blocks = {TextBlock{.text = {" "}}}});
    EXPECT_EQ(body_of(request).find("system"), std::string::npos);
}

TEST(ConverseRequest, BeginsWithAUser) {
    auto request = asking();
    request.turns.front().role = Role::assistant;
    EXPECT_TRUE(body_of(request).starts_with(
        R"({"messages":[{"role":"user","content":[{"text":"."}]},{"role":"assistant")"));
}

Request with_tools() {
    auto request = asking();
    request.tools.push_back({.name = "look",
                             .description = {"Looks."},
                             .parameters = R"({"type":"object"})",
                             .strict = true});
    request.tools.push_back({.name = "wait"});
    return request;
}

TEST(ConverseRequest, OffersTools) {
    auto request = with_tools();
    const std::string tools =
        R"("toolConfig":{"tools":[{"toolSpec":{"name":"look","description":"Looks.",)"
        R"("inputSchema":{"json":{"type":"object"}},"strict":true}},)"
        R"({"toolSpec":{"name":"wait","inputSchema":{"json":{"type":"object","properties":{}}}}}])";
    EXPECT_NE(body_of(request).find(tools + "}"), std::string::npos) << body_of(request);
    request.tool_choice = ToolChoice{.mode = ToolMode::required};
    EXPECT_NE(body_of(request).find(tools + R"(,"toolChoice":{"any":{}}})"), std::string::npos);
    request.tool_choice = ToolChoice{.mode = ToolMode::named, .name = "look"};
    EXPECT_NE(body_of(request).find(R"("toolChoice":{"tool":{"name":"look"}})"), std::string::npos);
    request.tool_choice = ToolChoice{.mode = ToolMode::automatic, .allowed = {"wait"}};
    EXPECT_EQ(body_of(request).find("look"), std::string::npos);
}

TEST(ConverseRequest, DoesNotOfferForbiddenTools) {
    auto request = with_tools();
    request.tool_choice = ToolChoice{.mode = ToolMode::none};
    EXPECT_EQ(body_of(request).find("toolConfig"), std::string::npos);
    EXPECT_TRUE(lost(request).empty());
    // With calls among the turns Bedrock insists on the tools.
    request.turns.push_back(
        {.role = Role::assistant, .blocks = {ToolCallBlock{.id = "c", .name = "look"}}});
    EXPECT_NE(body_of(request).find("toolConfig"), std::string::npos);
    EXPECT_EQ(lost(request), (std::vector<std::string>{"tool_choice"}));
}

TEST(ConverseRequest, TellsCallsAndTheirResults) {
    auto request = with_tools();
    request.turns.push_back(
        {.role = Role::assistant,
         .blocks = {ThinkingBlock{.text = {"Hm."},
                                  .signature = {.origin = Origin::anthropic, .value = {"sig"}}},
                    ThinkingBlock{.signature = {.origin = Origin::anthropic, .value = {"red"}},
                                  .is_redacted = true},
                    ThinkingBlock{.text = {"foreign"},
                                  .signature = {.origin = Origin::gemini, .value = {"g"}}},
                    ToolCallBlock{.id = "c1", .name = "look", .arguments = R"({"at":1})"},
                    ToolCallBlock{.id = "c2", .name = "wait"}}});
    request.turns.push_back(
        {.role = Role::tool,
         .blocks = {ToolResultBlock{.call_id = "c1", .parts = {TextBlock{.text = {"seen"}}}},
                    ToolResultBlock{.call_id = "c2", .is_error = true}}});
    request.turns.push_back({.role = Role::user, .blocks = {TextBlock{.text = {"And?"}}}});
    const auto body = body_of(request);
    EXPECT_NE(
        body.find(
            R"({"role":"assistant","content":[)"
            R"({"reasoningContent":{"reasoningText":{"text":"Hm.","signature":"sig"}}},)"
            R"({"reasoningContent":{"redactedContent":"red"}},)"
            R"({"toolUse":{"toolUseId":"c1","name":"look","input":{"at":1}}},)"
            R"({"toolUse":{"toolUseId":"c2","name":"wait","input":{}}}]},)"
            R"({"role":"user","content":[)"
            R"({"toolResult":{"toolUseId":"c1","content":[{"text":"seen"}]}},)"
            R"({"toolResult":{"toolUseId":"c2","content":[],"status":"error"}},{"text":"And?"}]})"),
        std::string::npos)
        << body;
}

TEST(ConverseRequest, PutsResultsBeforeWhatTheUserSays) {
    auto request = asking();
    request.turns.push_back({.role = Role::tool, .blocks = {ToolResultBlock{.call_id = "c1"}}});
    request.turns.push_back({.role = Role::tool, .blocks = {ToolResultBlock{.call_id = "c2"}}});
    const auto body = body_of(request);
    EXPECT_LT(body.find("c1"), body.find("c2"));
    EXPECT_LT(body.find("c2"), body.find("Hi"));
}

TEST(ConverseRequest, TellsAResultThatIsAnObjectAsOne) {
    auto request = asking();
    request.turns.push_back(
        {.role = Role::tool, .blocks = {ToolResultBlock{.call_id = "c1", .object = R"({"a":1})"}}});
    EXPECT_NE(body_of(request).find(R"("content":[{"json":{"a":1}}])"), std::string::npos);
}

TEST(ConverseRequest, CarriesMedia) {
    auto request = asking();
    request.turns[0].blocks = {
        MediaBlock{.kind = MediaKind::image, .mime = "image/jpeg", .data = {"AAAA"}},
        MediaBlock{.kind = MediaKind::document,
                   .mime = "application/pdf",
                   .data = {"BBBB"},
                   .name = {"my_report: v2.pdf"}},
        MediaBlock{.kind = MediaKind::document, .source = MediaSource::text, .data = {"a\\nb"}},
        MediaBlock{.kind = MediaKind::video,
                   .source = MediaSource::url,
                   .mime = "video/mp4",
                   .data = {"s3://bucket/v.mp4"}}};
    EXPECT_NE(
        body_of(request).find(
            R"("content":[{"image":{"format":"jpeg","source":{"bytes":"AAAA"}}},)"
            R"({"document":{"format":"pdf","name":"my report v2 pdf","source":{"bytes":"BBBB"}}},)"
            R"({"document":{"format":"txt","name":"document","source":{"bytes":")" +
            wire::base64("a\nb") +
            R"("}}},{"video":{"format":"mp4","source":{"s3Location":{"uri":"s3://bucket/v.mp4"}}}},)"
            R"({"text":"."}])"),
        std::string::npos)
        << body_of(request);
}

TEST(ConverseRequest, RefusesMediaThatItCannotBeTold) {
    const auto refuses = [](MediaBlock media) {
        auto request = asking();
        request.turns[0].blocks = {std::move(media)};
        const auto error = refused(request);
        EXPECT_EQ(error.kind, ErrorKind::bad_request);
        EXPECT_EQ(error.param, "messages");
    };
    refuses({.kind = MediaKind::image, .mime = "image/tiff"});
    refuses({.kind = MediaKind::audio, .mime = "audio/wav"});
    refuses({.kind = MediaKind::image, .source = MediaSource::url, .mime = "image/png"});
    refuses({.kind = MediaKind::document, .source = MediaSource::file_id});
}

TEST(ConverseRequest, AsksForASchema) {
    auto request = asking();
    request.output = {
        .kind = OutputKind::json_schema, .name = "n", .schema = R"({"type":"object"})"};
    EXPECT_NE(body_of(request).find(
                  R"("outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":)"
                  R"({"schema":"{\"type\":\"object\"}","name":"n"}}}})"),
              std::string::npos)
        << body_of(request);
}

TEST(ConverseRequest, AsksForThoughtsAsClaudeKnowsThem) {
    auto request = asking();
    request.reasoning = {.mode = ThinkingMode::budget, .budget = 2000};
    EXPECT_NE(
        body_of(request).find(
            R"("additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2000}})"),
        std::string::npos);
    request.reasoning = {.mode = ThinkingMode::adaptive, .effort = Effort::high};
    EXPECT_NE(body_of(request).find(
                  R"({"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}})"),
              std::string::npos);
    request.reasoning = {.effort = Effort::high};
    EXPECT_EQ(lost(request), (std::vector<std::string>{"reasoning_effort"}));
}

TEST(ConverseRequest, TellsWhatIsLost) {
    auto request = asking();
    request.sampling = {.temperature = 1.5, .top_k = 5, .presence_penalty = 1, .seed = 7};
    request.logprobs = true;
    request.user = "u";
    request.service_tier = "scale";
    request.extras = {{"prediction", "{}"}};
    request.turns[0].blocks = {TextBlock{.text = {"Hi"}, .cache = CacheMark::short_lived},
                               OpaqueBlock{.type = "server_tool_use", .json = "{}"}};
    EXPECT_EQ(lost(request),
              (std::vector<std::string>{"server_tool_use", "cache_control", "temperature",
                                        "service_tier", "seed", "presence_penalty", "logprobs",
                                        "top_k", "user", "prediction"}));
}

TEST(ConverseRequest, RefusesWhatWouldBeAnotherCall) {
    auto request = asking();
    request.choices = 2;
    EXPECT_EQ(refused(request).param, "n");
    request = asking();
    request.modalities = {"text", "audio"};
    EXPECT_EQ(refused(request).param, "modalities");
    request = asking();
    request.tools.push_back({.kind = ToolKind::web_search, .name = "web_search"});
    EXPECT_EQ(refused(request).param, "tools");
}

TEST(ConverseAnswer, IsTakenApart) {
    const Padded body(
        R"({"output":{"message":{"role":"assistant","content":[)"
        R"({"reasoningContent":{"reasoningText":{"text":"Hm.","signature":"sig"}}},)"
        R"({"reasoningContent":{"redactedContent":"red"}},{"text":"a\"b"},)"
        R"({"toolUse":{"toolUseId":"c1","name":"look","input":{"at": 1}}},{"new":{}}]}},)"
        R"("stopReason":"tool_use","usage":{"inputTokens":10,"outputTokens":5,"totalTokens":21,)"
        R"("cacheReadInputTokens":4,"cacheWriteInputTokens":2,)"
        R"("cacheDetails":[{"ttl":"1h","inputTokens":2}]},"metrics":{"latencyMs":1},)"
        R"("serviceTier":{"type":"flex"}})");
    const auto answer = dialect().decode_answer(body);
    ASSERT_TRUE(answer) << answer.error().detail;
    const auto& blocks = answer->choices.at(0).blocks;
    ASSERT_EQ(blocks.size(), 4U);
    EXPECT_EQ(std::get<ThinkingBlock>(blocks[0]).text.escaped, "Hm.");
    EXPECT_EQ(std::get<ThinkingBlock>(blocks[0]).signature.value.escaped, "sig");
    EXPECT_TRUE(std::get<ThinkingBlock>(blocks[1]).is_redacted);
    EXPECT_EQ(std::get<TextBlock>(blocks[2]).text.escaped, R"(a\"b)");
    EXPECT_EQ(std::get<ToolCallBlock>(blocks[3]).id, "c1");
    EXPECT_EQ(std::get<ToolCallBlock>(blocks[3]).arguments, R"({"at": 1})");
    EXPECT_EQ(answer->choices[0].ending.reason, Finish::tool_calls);
    EXPECT_EQ(answer->usage.prompt, 16U);
    EXPECT_EQ(answer->usage.completion, 5U);
    EXPECT_EQ(answer->usage.total, 21U);
    EXPECT_EQ(answer->usage.cached, 4U);
    EXPECT_EQ(answer->usage.cache_written, 2U);
    EXPECT_EQ(answer->usage.cache_written_1h, 2U);
    EXPECT_EQ(answer->service_tier, "flex");
}

TEST(ConverseAnswer, ShowsNoCallOfAToolThatAmazonRuns) {
    const Padded body(
        R"({"output":{"message":{"content":[{"toolUse":{"toolUseId":"s","name":"nova_code_interpreter",)"
        R"("type":"server_tool_use","input":{"snippet":"1"}}},{"toolResult":{"toolUseId":"s",)"
        R"("type":"nova_code_interpreter_result","content":[{"json":{"stdOut":"1"}}]}},)"
        R"({"toolUse":{"toolUseId":"c","name":"n","type":"tool_use","input":{}}}]}},)"
        R"("stopReason":"tool_use"})");
    const auto answer = dialect().decode_answer(body);
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->choices.at(0).blocks.size(), 1U);
    EXPECT_EQ(std::get<ToolCallBlock>(answer->choices[0].blocks[0]).id, "c");
}

TEST(ConverseAnswer, CallsAToolWithoutTheMarksOfATemplate) {
    const Padded body(
        R"({"output":{"message":{"content":[{"toolUse":{"toolUseId":"c",)"
        R"("name":"look<|channel|>commentary","input":{}}}]}},"stopReason":"tool_use"})");
    const auto answer = dialect().decode_answer(body);
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::get<ToolCallBlock>(answer->choices.at(0).blocks.at(0)).name, "look");
}

TEST(ConverseAnswer, TellsWhatATextRestsOn) {
    const Padded body(
        R"({"output":{"message":{"content":[{"citationsContent":{"citations":[)"
        R"({"title":"a.pdf","sourceContent":[{"text":"b"},{"text":"c"}],)"
        R"("location":{"documentPage":{"documentIndex":1,"start":2,"end":3}}},)"
        R"({"title":"W","location":{"web":{"url":"https://w","domain":"w"}}}],)"
        R"("content":[{"text":"\u00e4"},{"text":"x"}]}}]}},"stopReason":"end_turn"})");
    const auto answer = dialect().decode_answer(body);
    ASSERT_TRUE(answer);
    const auto& text = std::get<TextBlock>(answer->choices.at(0).blocks.at(0));
    EXPECT_EQ(text.text.escaped, R"(\u00e4x)");
    ASSERT_EQ(text.citations.size(), 2U);
    EXPECT_EQ(text.citations[0].title.escaped, "a.pdf");
    EXPECT_EQ(text.citations[0].cited_text.escaped, "bc");
    EXPECT_EQ(text.citations[0].place.unit, CitedPlace::Unit::pages);
    EXPECT_EQ(text.citations[0].place.document, 1);
    EXPECT_EQ(text.citations[0].place.end, 3);
    EXPECT_EQ(text.citations[0].start, 0);
    EXPECT_EQ(text.citations[0].end, 2);
    EXPECT_EQ(text.citations[1].url.escaped, "https://w");
}

TEST(ConverseAnswer, TellsPicturesAndTheStopSequence) {
    const Padded body(
        R"({"output":{"message":{"content":[{"image":{"format":"png","source":{"bytes":"AA"}}}]}},)"
        R"("additionalModelResponseFields":{"delta":{"stop_sequence":"END"}},)"
        R"("stopReason":"stop_sequence"})");
    const auto answer = dialect().decode_answer(body);
    ASSERT_TRUE(answer);
    const auto& image = std::get<MediaBlock>(answer->choices.at(0).blocks.at(0));
    EXPECT_EQ(image.mime, "image/png");
    EXPECT_EQ(image.data.escaped, "AA");
    EXPECT_EQ(answer->choices[0].ending.reason, Finish::stop_sequence);
    EXPECT_EQ(answer->choices[0].ending.stop_sequence, "END");
}

TEST(ConverseAnswer, BearsACallWithoutArguments) {
    const Padded body(
        R"({"output":{"message":{"content":[{"toolUse":{"toolUseId":"c","name":"n"}}]}}})");
    const auto answer = dialect().decode_answer(body);
    ASSERT_TRUE(answer);
    EXPECT_EQ(std::get<ToolCallBlock>(answer->choices.at(0).blocks.at(0)).arguments, "{}");
    EXPECT_EQ(answer->choices[0].ending.reason, Finish::none);
}

TEST(ConverseAnswer, ThatIsNoneIsAnError) {
    for (const auto* text : {"", "{", "[]", "null", R"({"output":{"message")"}) {
        const Padded body(text);
        EXPECT_FALSE(dialect().decode_answer(body)) << text;
    }
    const Padded body(R"({"message":"The model is gone."})");
    EXPECT_EQ(dialect().decode_answer(body).error().message, "The model is gone.");
}

}  // namespace
}  // namespace router::dialects::bedrock_converse
