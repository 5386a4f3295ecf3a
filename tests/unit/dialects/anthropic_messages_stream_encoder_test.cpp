#include "dialects/anthropic_messages/stream_encoder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "anthropic_messages_fixture.hpp"
#include "dialects/anthropic_messages/stream_decoder.hpp"
#include "dialects/seal.hpp"

namespace router::dialects::anthropic_messages {
namespace {

using canonical::BlockDelta;
using canonical::BlockEnded;
using canonical::BlockKind;
using canonical::BlockSigned;
using canonical::BlockStarted;
using canonical::Ended;
using canonical::Finish;
using canonical::Origin;
using canonical::Started;
using canonical::Used;

// An encoder and what came out of it.
struct Told {
    Told() : encoder(client_context()) {}

    void tell(const canonical::Event& event) { encoder.encode(event, out); }
    std::string end() {
        encoder.finish(out);
        return out;
    }
    void text(int block, std::string_view text) {
        tell(BlockStarted{.block = block});
        tell(BlockDelta{.block = block, .text = {text}});
        tell(BlockEnded{.block = block});
    }

    MessagesEncoder encoder;
    std::string out;
};

const std::string empty_usage =
    R"("usage":{"input_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,)"
    R"("output_tokens":0,"output_tokens_details":null,"server_tool_use":null)";

std::string head(const std::string& id = "msg_abc") {
    return sse("message_start",
               R"("message":{"id":")" + id +
                   R"(","type":"message","role":"assistant","model":"public","content":[],)"
                   R"("stop_reason":null,"stop_sequence":null,"stop_details":null,)"
                   R"("container":null,"diagnostics":null,)" +
                   empty_usage +
                   R"(,"cache_creation":{"ephemeral_5m_input_tokens":0,)"
                   R"("ephemeral_1h_input_tokens":0},"inference_geo":null,"service_tier":null}})");
}

std::string tail(const std::string& reason) {
    return sse("message_delta",
               R"("delta":{"stop_reason":")" + reason +
                   R"(","stop_sequence":null,"stop_details":null,"container":null},)" +
                   empty_usage + "}") +
           sse("message_stop");
}

// What the blocks of a stream are to a reader, and nothing but them.
std::string blocks_of(const std::string& stream) {
    wire::SseReader reader(1 << 20);
    const Padded bytes(stream);
    reader.feed(bytes);
    MessagesDecoder decoder;
    EventLog log;
    while (const auto event = reader.next()) {
        EXPECT_TRUE(wire::json::is_valid(event->data)) << event->data;
        EXPECT_TRUE(decoder.decode(*event, log));
    }
    EXPECT_TRUE(decoder.is_done());
    EXPECT_EQ(decoder.dropped(), 0);
    const auto begin = log.text.find('\n') + 1;
    return log.text.substr(begin, log.text.rfind("end ") - begin);
}

TEST(AnthropicStreamEncoder, WritesTheWholeGrammarOfAText) {
    Told told;
    told.tell(Started{.id = "chatcmpl-1", .model = "gpt"});
    told.text(0, "Hi \\\"you\\\"");
    told.tell(Ended{.ending = {.reason = Finish::stop}});
    EXPECT_EQ(told.end(), head() + text_block(0, "Hi \\\"you\\\"") + tail("end_turn"));
}

TEST(AnthropicStreamEncoder, KeepsAMessagesOwnId) {
    Told told;
    told.tell(Started{.id = "msg_77", .model = "gpt"});
    told.tell(Ended{.ending = {.reason = Finish::stop}});
    EXPECT_EQ(told.end(), head("msg_77") + tail("end_turn"));
}

// Gemini proves a text, and it may be an empty one at the end.
TEST(AnthropicStreamEncoder, TellsTheProofOfATextBehindIt) {
    const canonical::Signature proof{.origin = Origin::gemini, .value = {"GEM"}};
    Told told;
    told.tell(Started{});
    told.text(0, "Hi");
    told.tell(BlockStarted{.block = 1});
    told.tell(BlockSigned{.block = 1, .signature = proof});
    told.tell(BlockEnded{.block = 1});
    const auto sealed = seal({.signature = proof, .is_redacted = true});
    EXPECT_EQ(told.end(),
              head() + text_block(0, "Hi") +
                  block_start(1, R"({"type":"redacted_thinking","data":")" + sealed + "\"}") +
                  block_stop(1) + tail("end_turn"));
}

TEST(AnthropicStreamEncoder, SealsAProofOfAnthropicsKindThatAnotherAccountIssued) {
    const auto told = [](std::string issuer) {
        Told told;
        told.tell(Started{});
        told.tell(BlockStarted{.kind = BlockKind::thinking});
        told.tell(BlockSigned{
            .signature = {.origin = Origin::anthropic, .issuer = issuer, .value = {"SIG"}}});
        told.tell(BlockEnded{});
        return told.end();
    };
    EXPECT_NE(told("").find(R"("signature":"SIG")"), std::string::npos);
    EXPECT_EQ(told("seller").find("SIG\""), std::string::npos);
    EXPECT_NE(told("seller").find(seal_mark), std::string::npos);
}

TEST(AnthropicStreamEncoder, FailsWhereAFaultEndedTheAnswerBeforeAWord) {
    Told told;
    told.tell(Started{});
    told.tell(BlockStarted{.kind = BlockKind::thinking});
    told.tell(BlockDelta{.text = {"hm"}});
    told.tell(BlockEnded{});
    told.tell(Ended{.ending = {.reason = Finish::failed, .detail = "MALFORMED_FUNCTION_CALL"}});
    EXPECT_NE(told.end().find("event: error\n"), std::string::npos);
    EXPECT_EQ(told.out.find("message_stop"), std::string::npos);
}

TEST(AnthropicStreamEncoder, WritesAProperMessageWhenNothingCame) {
    Told told;
    EXPECT_EQ(told.end(), head() + tail("end_turn"));
}

TEST(AnthropicStreamEncoder, TellsUsageAsAnthropicCounts) {
    Told told;
    told.tell(Started{});
    told.tell(Used{{.prompt = 100, .cached = 30, .cache_written = 20, .is_known = true}});
    told.text(0, "x");
    EXPECT_NE(told.out.find(R"("input_tokens":50,"cache_creation_input_tokens":20,)"
                            R"("cache_read_input_tokens":30,"output_tokens":0)"),
              std::string::npos)
        << told.out;
    told.tell(Ended{.ending = {.reason = Finish::stop}});
    told.tell(Used{{.prompt = 100,
                    .completion = 9,
                    .cached = 30,
                    .cache_written = 20,
                    .reasoning = 4,
                    .web_searches = 1,
                    .is_known = true,
                    .knows_reasoning = true}});
    const auto out = told.end();
    EXPECT_NE(out.find(R"("input_tokens":50,"cache_creation_input_tokens":20,)"
                       R"("cache_read_input_tokens":30,"output_tokens":9,)"
                       R"("output_tokens_details":{"thinking_tokens":4},"server_tool_use":)"
                       R"({"web_search_requests":1,"web_fetch_requests":0}}})"),
              std::string::npos)
        << out;
}

TEST(AnthropicStreamEncoder, NeverCountsLessThanNothing) {
    Told told;
    told.tell(Used{{.prompt = 10, .cached = 30, .is_known = true}});
    EXPECT_NE(told.end().find(R"("input_tokens":0,)"), std::string::npos);
}

TEST(AnthropicStreamEncoder, WritesCallsAndSaysSoAtTheEnd) {
    Told told;
    told.tell(Started{});
    told.tell(BlockStarted{.block = 0, .kind = BlockKind::tool_call, .call_id = "c1", .name = "a"});
    told.tell(BlockDelta{.block = 0, .text = {"{\\\"x\\\":1}"}});
    told.tell(BlockEnded{.block = 0});
    told.tell(Ended{.ending = {.reason = Finish::stop}});
    EXPECT_EQ(told.end(),
              head() + block_start(0, R"({"type":"tool_use","id":"c1","name":"a","input":{}})") +
                  block_delta(0, R"({"type":"input_json_delta","partial_json":"{\"x\":1}"})") +
                  block_stop(0) + tail("tool_use"));
}

TEST(AnthropicStreamEncoder, GivesACallWithoutArgumentsAnEmptyObject) {
    Told told;
    told.tell(BlockStarted{.block = 0, .kind = BlockKind::tool_call, .name = "a"});
    told.tell(BlockEnded{.block = 0});
    EXPECT_EQ(blocks_of(told.end()), "0 call toolu_abc_0 a\n0 + {}\n0 ended\n");
}

TEST(AnthropicStreamEncoder, OpensOneBlockAtATime) {
    Told told;
    told.tell(Started{});
    told.tell(BlockStarted{.block = 0, .kind = BlockKind::tool_call, .call_id = "a", .name = "f"});
    told.tell(BlockStarted{.block = 1, .kind = BlockKind::tool_call, .call_id = "b", .name = "g"});
    told.tell(BlockDelta{.block = 1, .text = {"1"}});
    told.tell(BlockDelta{.block = 0, .text = {"2"}});
    told.tell(BlockDelta{.block = 1, .text = {"3"}});
    told.tell(BlockStarted{.block = 2});
    told.tell(BlockDelta{.block = 2, .text = {"text"}});
    told.tell(BlockEnded{.block = 1});
    told.tell(BlockDelta{.block = 0, .text = {"4"}});
    told.tell(BlockEnded{.block = 0});
    told.tell(BlockDelta{.block = 2, .text = {"more"}});
    told.tell(BlockEnded{.block = 2});
    EXPECT_EQ(blocks_of(told.end()),
              "0 call a f\n0 + 2\n0 + 4\n0 ended\n1 call b g\n1 + 13\n1 ended\n"
              "2 text\n2 + text\n2 + more\n2 ended\n");
}

TEST(AnthropicStreamEncoder, ClosesWhatWasLeftOpen) {
    Told told;
    told.tell(BlockStarted{.block = 0});
    told.tell(BlockDelta{.block = 0, .text = {"x"}});
    told.tell(BlockStarted{.block = 1, .kind = BlockKind::tool_call, .call_id = "a", .name = "f"});
    EXPECT_EQ(blocks_of(told.end()), "0 text\n0 + x\n0 ended\n1 call a f\n1 + {}\n1 ended\n");
}

TEST(AnthropicStreamEncoder, LeavesEmptyTextsAndThoughtsOut) {
    Told told;
    told.text(0, "");
    told.tell(BlockStarted{.block = 1, .kind = BlockKind::thinking});
    told.tell(BlockEnded{.block = 1});
    told.text(2, "x");
    EXPECT_EQ(blocks_of(told.end()), "0 text\n0 + x\n0 ended\n");
}

TEST(AnthropicStreamEncoder, SignsThoughtsJustBeforeTheirEnd) {
    Told told;
    told.tell(BlockStarted{.block = 0, .kind = BlockKind::thinking});
    told.tell(
        BlockSigned{.block = 0, .signature = {.origin = Origin::anthropic, .value = {"Eq=="}}});
    told.tell(BlockDelta{.block = 0, .text = {"hm"}});
    told.tell(BlockEnded{.block = 0});
    EXPECT_EQ(blocks_of(told.end()), "0 thinking\n0 + hm\n0 signed 1 Eq==\n0 ended\n");
}

TEST(AnthropicStreamEncoder, SealsTheProofOfAnother) {
    Told told;
    told.tell(BlockStarted{.block = 0, .kind = BlockKind::thinking});
    told.tell(BlockDelta{.block = 0, .text = {"hm"}});
    told.tell(BlockSigned{.block = 0, .signature = {.origin = Origin::openai, .value = {"gAAA"}}});
    told.tell(BlockEnded{.block = 0});
    const auto out = told.end();
    const auto at = out.find(seal_mark);
    ASSERT_NE(at, std::string::npos) << out;
    canonical::Arena arena;
    const auto opened = open_seal(out.substr(at, out.find('"', at) - at), arena);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->signature.origin, Origin::openai);
    EXPECT_EQ(opened->signature.value.escaped, "gAAA");
}

TEST(AnthropicStreamEncoder, WritesAThoughtWithoutProof) {
    Told told;
    told.tell(BlockStarted{.block = 0, .kind = BlockKind::thinking});
    told.tell(BlockDelta{.block = 0, .text = {"hm"}});
    told.tell(BlockEnded{.block = 0});
    EXPECT_EQ(blocks_of(told.end()), "0 thinking\n0 + hm\n0 ended\n");
}

TEST(AnthropicStreamEncoder, WritesRedactedThoughts) {
    Told told;
    told.tell(BlockStarted{.block = 0, .kind = BlockKind::thinking, .is_redacted = true});
    told.tell(BlockSigned{.block = 0, .signature = {.origin = Origin::anthropic, .value = {"Zz"}}});
    told.tell(BlockEnded{.block = 0});
    EXPECT_EQ(blocks_of(told.end()), "0 thinking redacted\n0 signed 1 Zz\n0 ended\n");
}

TEST(AnthropicStreamEncoder, SaysARefusalAsATextThatEndsInOne) {
    Told told;
    told.tell(Started{});
    told.tell(BlockStarted{.block = 0, .kind = BlockKind::refusal});
    told.tell(BlockDelta{.block = 0, .text = {"No."}});
    told.tell(BlockEnded{.block = 0});
    told.tell(Ended{.ending = {.reason = Finish::stop}});
    const auto out = told.end();
    EXPECT_NE(out.find(text_block(0, "No.")), std::string::npos);
    EXPECT_NE(out.find(R"("delta":{"stop_reason":"refusal","stop_sequence":null,"stop_details":)"
                       R"({"type":"refusal","category":null,"explanation":null})"),
              std::string::npos)
        << out;
}

TEST(AnthropicStreamEncoder, WritesCitationsIntoTheirText) {
    Told told;
    told.tell(BlockStarted{.block = 0});
    told.tell(BlockDelta{.block = 0, .text = {"x"}});
    told.tell(canonical::Cited{.block = 0, .citation = {.url = {"https://a"}, .title = {"A"}}});
    told.tell(BlockEnded{.block = 0});
    const auto out = told.end();
    EXPECT_NE(
        out.find(R"("delta":{"type":"citations_delta","citation":{"type":)"
                 R"("web_search_result_location","cited_text":"","encrypted_index":"TExNUjAx",)"
                 R"("title":"A","url":"https://a"}})"),
        std::string::npos)
        << out;
    EXPECT_EQ(blocks_of(out), "0 text\n0 + x\n0 cited https://a A 0-1\n0 ended\n");
}

TEST(AnthropicStreamEncoder, WritesAnthropicsOwnCitationsAsTheyWere) {
    Told told;
    const std::string_view original = R"({"type":"char_location","document_index":0})";
    told.tell(BlockStarted{.block = 0});
    told.tell(BlockDelta{.block = 0, .text = {"x"}});
    told.tell(canonical::Cited{.block = 0, .citation = {.original = original}});
    EXPECT_NE(told.end().find("\"citation\":" + std::string(original)), std::string::npos);
}

TEST(AnthropicStreamEncoder, WritesWholeBlocksOfItsOwnKind) {
    Told told;
    const std::string_view block = R"({"type":"server_tool_use","id":"s","name":"w","input":{}})";
    canonical::WholeBlock whole{.block = 0};
    whole.content = canonical::OpaqueBlock{
        .type = "server_tool_use", .json = block, .origin = canonical::Origin::anthropic};
    told.tell(whole);
    whole.block = 1;
    whole.content = canonical::OpaqueBlock{.type = "executableCode", .json = "{}"};
    told.tell(whole);
    told.text(2, "x");
    EXPECT_EQ(blocks_of(told.end()),
              "0 whole " + std::string(block) + "\n1 text\n1 + x\n1 ended\n");
}

TEST(AnthropicStreamEncoder, TellsASearchThatOpenAiRanAsAnthropicTellsItsOwn) {
    Told told;
    const std::string_view call =
        R"({"id":"ws-1","type":"web_search_call","status":"completed","action":{"type":"search",)"
        R"("query":"a \"b\"","sources":[{"type":"url","url":"https://a"}]}})";
    canonical::WholeBlock whole{.block = 0};
    whole.content = canonical::OpaqueBlock{.type = "web_search_call", .json = call};
    told.tell(whole);
    told.text(1, "x");
    EXPECT_EQ(blocks_of(told.end()),
              R"(0 whole {"type":"server_tool_use","id":"srvtoolu_TExNUjAx_ws_1","name":)"
              R"("web_search","input":{"query":"a \"b\""}})"
              "\n"
              R"(1 whole {"type":"web_search_tool_result","tool_use_id":)"
              R"("srvtoolu_TExNUjAx_ws_1","content":[{"type":"web_search_result","url":)"
              R"("https://a","title":"https://a","encrypted_content":"TExNUjAx","page_age":null}]})"
              "\n2 text\n2 + x\n2 ended\n");
}

TEST(AnthropicStreamEncoder, WritesTheFirstAnswerAlone) {
    Told told;
    told.text(0, "x");
    told.tell(BlockStarted{.choice = 1, .block = 0});
    told.tell(BlockDelta{.choice = 1, .block = 0, .text = {"y"}});
    told.tell(BlockEnded{.choice = 1, .block = 0});
    told.tell(Ended{.choice = 1, .ending = {.reason = Finish::length}});
    EXPECT_EQ(told.end(), head() + text_block(0, "x") + tail("end_turn"));
}

TEST(AnthropicStreamEncoder, EndsWithAnErrorAndNothingBehindIt) {
    Told told;
    told.tell(Started{});
    told.tell(BlockStarted{.block = 0});
    told.tell(BlockDelta{.block = 0, .text = {"x"}});
    const auto before = told.out.size();
    told.encoder.fail({.kind = ErrorKind::upstream_refused, .message = "Busy", .status = 503},
                      told.out);
    EXPECT_EQ(told.out.substr(before),
              "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
              "\"message\":\"Busy\"},\"request_id\":null}\n\n");
    const auto size = told.out.size();
    told.text(1, "y");
    told.encoder.heartbeat(told.out);
    told.end();
    EXPECT_EQ(told.out.size(), size);
}

TEST(AnthropicStreamEncoder, ShowsThatItIsAlive) {
    Told told;
    told.encoder.heartbeat(told.out);
    EXPECT_EQ(told.out, ": ping\n\n");
    told.text(0, "x");
    const auto before = told.out.size();
    told.encoder.heartbeat(told.out);
    EXPECT_EQ(told.out.substr(before), "event: ping\ndata: {\"type\":\"ping\"}\n\n");
}

TEST(AnthropicStreamEncoder, NamesEachEnd) {
    const std::vector<std::pair<Finish, std::string>> ends{
        {Finish::none, "end_turn"},
        {Finish::length, "max_tokens"},
        {Finish::context_window, "model_context_window_exceeded"},
        {Finish::tool_calls, "end_turn"},  // of no tool of the client's
        {Finish::pause, "pause_turn"},
        {Finish::stop_sequence, "end_turn"}};
    for (const auto& [finish, reason] : ends) {
        Told told;
        told.text(0, "x");
        told.tell(Ended{.ending = {.reason = finish}});
        EXPECT_EQ(told.end(), head() + text_block(0, "x") + tail(reason));
    }
}

TEST(AnthropicStreamEncoder, SaysWhichSequenceStoppedIt) {
    Told told;
    told.tell(Ended{.ending = {.reason = Finish::stop_sequence, .stop_sequence = "E\"D"}});
    EXPECT_NE(told.end().find(R"("stop_reason":"stop_sequence","stop_sequence":"E\"D")"),
              std::string::npos);
}

TEST(AnthropicStreamEncoder, KeepsAnExplanationBeyondItsEvent) {
    Told told;
    {
        const std::string explanation = "because it is so and long enough to be on the heap";
        told.tell(Ended{.ending = {.reason = Finish::content_filter,
                                   .detail = "SAFETY",
                                   .explanation = {explanation}}});
    }
    EXPECT_NE(told.end().find(R"("category":null,"explanation":"because it is so)"),
              std::string::npos);
}

}  // namespace
}  // namespace router::dialects::anthropic_messages
