#include "dialects/anthropic_messages/answer.hpp"

#include <gtest/gtest.h>

#include <string>

#include "anthropic_messages_fixture.hpp"
#include "dialects/anthropic_messages/stream_encoder.hpp"

namespace router::dialects::anthropic_messages {
namespace {

using canonical::Answer;
using canonical::Finish;
using canonical::OpaqueBlock;
using canonical::TextBlock;
using canonical::ThinkingBlock;
using canonical::ToolCallBlock;

const std::string whole =
    R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-x","content":[)"
    R"({"type":"thinking","thinking":"hm","signature":"S"},)"
    R"({"type":"redacted_thinking","data":"R"},)"
    R"({"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"q"}},)"
    R"({"type":"text","text":"caf\u00e9","citations":[{"type":"web_search_result_location",)"
    R"("url":"https://a","title":"A","cited_text":"c","encrypted_index":"E"}]},)"
    R"({"type":"tool_use","id":"t","name":"f","input":{"a":1}}],)"
    R"("stop_reason":"tool_use","stop_sequence":null,"stop_details":null,"container":null,)"
    R"("usage":{"input_tokens":10,"cache_creation_input_tokens":2,"cache_read_input_tokens":3,)"
    R"("output_tokens":7,"service_tier":"standard"}})";

Answer decoded(std::string_view body) {
    auto answer = decode_answer(body);
    if (answer) return std::move(*answer);
    ADD_FAILURE() << answer.error().message << answer.error().detail;
    return {};
}

// An answer of one choice, as a client sees it.
std::string encoded(std::vector<canonical::Block> blocks, canonical::Ending ending = {}) {
    Answer answer;
    answer.choices.push_back({.blocks = std::move(blocks), .ending = std::move(ending)});
    const auto made = encode_answer(answer, client_context());
    EXPECT_TRUE(wire::json::is_valid(made)) << made;
    return made;
}

std::string content_of(const std::string& body) {
    const auto begin = body.find("\"content\":") + 10;
    return body.substr(begin, body.find(",\"stop_reason\"") - begin);
}

TEST(AnthropicAnswer, ReadsEveryBlock) {
    const Padded body(whole);
    const auto answer = decoded(body);
    EXPECT_EQ(answer.id, "msg_1");
    EXPECT_EQ(answer.model, "claude-x");
    EXPECT_EQ(answer.service_tier, "default");
    const auto& choice = answer.choices.at(0);
    ASSERT_EQ(choice.blocks.size(), 5U);
    EXPECT_EQ(std::get<ThinkingBlock>(choice.blocks[0]).signature.value.escaped, "S");
    EXPECT_TRUE(std::get<ThinkingBlock>(choice.blocks[1]).is_redacted);
    EXPECT_EQ(std::get<OpaqueBlock>(choice.blocks[2]).type, "server_tool_use");
    const auto& text = std::get<TextBlock>(choice.blocks[3]);
    EXPECT_EQ(text.text.escaped, "caf\\u00e9");
    EXPECT_EQ(text.citations.at(0).url.escaped, "https://a");
    EXPECT_EQ(text.citations.at(0).start, 0);
    EXPECT_EQ(text.citations.at(0).end, 4);
    EXPECT_EQ(std::get<ToolCallBlock>(choice.blocks[4]).arguments, R"({"a":1})");
    EXPECT_EQ(choice.ending.reason, Finish::tool_calls);
    EXPECT_EQ(answer.usage.prompt, 15U);
    EXPECT_EQ(answer.usage.cached, 3U);
    EXPECT_EQ(answer.usage.cache_written, 2U);
    EXPECT_EQ(answer.usage.completion, 7U);
}

TEST(AnthropicAnswer, ComesOutAsItWentIn) {
    const Padded body(whole);
    const auto made = encode_answer(decoded(body), client_context());
    EXPECT_TRUE(wire::json::is_valid(made)) << made;
    EXPECT_EQ(content_of(made), content_of(whole));
    EXPECT_NE(made.find(R"("id":"msg_1","type":"message","role":"assistant","model":"public")"),
              std::string::npos);
    EXPECT_NE(made.find(R"("input_tokens":10,"cache_creation_input_tokens":2,)"
                        R"("cache_read_input_tokens":3,"output_tokens":7)"),
              std::string::npos);
    EXPECT_NE(made.find(R"("service_tier":"standard")"), std::string::npos);
}

TEST(AnthropicAnswer, WritesAllMembersOfAMessage) {
    EXPECT_EQ(encoded({TextBlock{.text = {"x"}}}, {.reason = Finish::stop}),
              R"({"id":"msg_abc","type":"message","role":"assistant","model":"public","content":)"
              R"([{"type":"text","text":"x"}],"stop_reason":"end_turn","stop_sequence":null,)"
              R"("stop_details":null,"container":null,"diagnostics":null,"usage":)"
              R"({"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,)"
              R"("output_tokens":0,"output_tokens_details":null,"server_tool_use":null,)"
              R"("cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},)"
              R"("inference_geo":null,"service_tier":null}})");
}

TEST(AnthropicAnswer, SaysToolUseWhenThereIsACall) {
    const auto made =
        encoded({ToolCallBlock{.name = "f", .arguments = ""}}, {.reason = Finish::stop});
    EXPECT_EQ(content_of(made),
              R"([{"type":"tool_use","id":"toolu_abc_0","name":"f","input":{}}])");
    EXPECT_NE(made.find(R"("stop_reason":"tool_use")"), std::string::npos);
}

TEST(AnthropicAnswer, KeepsArgumentsThatAreNoObject) {
    EXPECT_EQ(content_of(encoded({ToolCallBlock{.id = "t", .name = "f", .arguments = "{\"a"}})),
              R"([{"type":"tool_use","id":"t","name":"f","input":{"INVALID_JSON":"{\"a"}}])");
}

TEST(AnthropicAnswer, PutsTheTextOfACustomCallIntoAnObject) {
    Answer answer;
    answer.choices.push_back({.blocks = {ToolCallBlock{.id = "c",
                                                       .name = "f",
                                                       .kind = canonical::ToolKind::custom,
                                                       .arguments = R"(say \"x\")"}}});
    const auto made = encode_answer(answer, client_context());
    EXPECT_NE(made.find(R"("input":{"input":"say \"x\""})"), std::string::npos) << made;

    MessagesEncoder encoder(client_context());
    std::string out;
    encoder.encode(canonical::BlockStarted{.kind = canonical::BlockKind::tool_call,
                                           .tool_kind = canonical::ToolKind::custom,
                                           .call_id = "c",
                                           .name = "f"},
                   out);
    encoder.encode(canonical::BlockDelta{.text = {R"(say )"}}, out);
    encoder.encode(canonical::BlockDelta{.text = {R"(\"x\")"}}, out);
    encoder.encode(canonical::BlockEnded{}, out);
    encoder.finish(out);
    std::string input;
    for (auto at = out.find("partial_json\":\""); at != std::string::npos;
         at = out.find("partial_json\":\"", at)) {
        at += 15;
        input += out.substr(at, out.find("\"}}\n", at) - at);
    }
    EXPECT_EQ(wire::unescaped(input), R"({"input":"say \"x\""})") << out;
}

TEST(AnthropicAnswer, SaysNoToolUseWhenTheProvidersOwnToolsWereAllThatWasCalled) {
    EXPECT_NE(encoded({}, {.reason = Finish::tool_calls}).find(R"("stop_reason":"end_turn")"),
              std::string::npos);
}

TEST(AnthropicAnswer, CitesDocumentsThatHaveNoUrl) {
    TextBlock text{.text = {"x"}};
    text.citations = {{.title = {"a.pdf"},
                       .cited_text = {"c"},
                       .place = {.unit = canonical::CitedPlace::Unit::pages,
                                 .document = 1,
                                 .begin = 2,
                                 .end = 3}},
                      {.title = {"a.txt"}, .cited_text = {"d"}},
                      {.cited_text = {"nameless"}}};
    EXPECT_EQ(content_of(encoded({text})),
              R"([{"type":"text","text":"x","citations":[{"type":"page_location","cited_text":"c",)"
              R"("document_index":1,"document_title":"a.pdf","file_id":null,"start_page_number":2,)"
              R"("end_page_number":3},{"type":"search_result_location","cited_text":"d",)"
              R"("search_result_index":0,"source":"a.txt","title":"a.txt","start_block_index":0,)"
              R"("end_block_index":0}]}])");
}

TEST(AnthropicAnswer, ReadsCitationsOfDocuments) {
    const Padded body(
        R"({"id":"m","content":[{"type":"text","text":"x","citations":[)"
        R"({"type":"char_location","cited_text":"c","document_index":2,"document_title":null,)"
        R"("start_char_index":0,"end_char_index":1},)"
        R"({"type":"search_result_location","source":"kb-1","title":null,"cited_text":"d"}]}]})");
    const auto answer = decoded(body);
    const auto& citations = std::get<TextBlock>(answer.choices.at(0).blocks.at(0)).citations;
    ASSERT_EQ(citations.size(), 2U);
    EXPECT_EQ(citations[0].place.document, 2);
    EXPECT_TRUE(citations[1].url.is_empty());
    EXPECT_EQ(citations[1].title.escaped, "kb-1");
}

TEST(AnthropicAnswer, SaysARefusal) {
    const auto made = encoded({canonical::RefusalBlock{.text = {"No."}}}, {.reason = Finish::stop});
    EXPECT_EQ(content_of(made), R"([{"type":"text","text":"No."}])");
    EXPECT_NE(made.find(R"("stop_reason":"refusal","stop_sequence":null,"stop_details":)"
                        R"({"type":"refusal","category":null,"explanation":null})"),
              std::string::npos);
}

TEST(AnthropicAnswer, WritesNoEmptyBlocks) {
    EXPECT_EQ(content_of(encoded({TextBlock{}, ThinkingBlock{}, TextBlock{.text = {"x"}}})),
              R"([{"type":"text","text":"x"}])");
}

TEST(AnthropicAnswer, LinksAnImage) {
    canonical::MediaBlock image{.source = canonical::MediaSource::url, .data = {"https://a/i"}};
    EXPECT_EQ(content_of(encoded({image})),
              R"json([{"type":"text","text":"![](https://a/i)"}])json");
}

TEST(AnthropicAnswer, ReturnsTheErrorThatABodyHolds) {
    const Padded body(R"({"type":"error","error":{"type":"api_error","message":"oops"}})");
    const auto answer = decode_answer(body);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, ErrorKind::upstream_refused);
    EXPECT_EQ(answer.error().message, "oops");
    EXPECT_EQ(answer.error().status, 500);
}

TEST(AnthropicAnswer, CallsWhatIsNoMessageBroken) {
    for (const std::string_view text :
         {"", "[]", "{}", "oops", R"({"content":[})", R"({"content":[{"a":1}]})"}) {
        const Padded body(text);
        const auto answer = decode_answer(body);
        ASSERT_FALSE(answer) << text;
        EXPECT_EQ(answer.error().kind, ErrorKind::upstream_broken) << text;
    }
}

TEST(AnthropicAnswer, IsPeekedAt) {
    const Padded body(whole);
    const auto peeked = peek_answer(body);
    EXPECT_TRUE(peeked.is_object);
    EXPECT_FALSE(peeked.is_error);
    EXPECT_EQ(peeked.model, "\"claude-x\"");
    EXPECT_EQ(peeked.finish_reason, "tool_use");
    EXPECT_EQ(peeked.usage.prompt, 15U);
    const Padded error(R"({"type":"error","error":{"type":"api_error","message":"oops"}})");
    EXPECT_TRUE(peek_answer(error).is_error);
    const Padded cut(whole.substr(0, whole.size() - 1));
    EXPECT_FALSE(peek_answer(cut).is_object);
}

}  // namespace
}  // namespace router::dialects::anthropic_messages
