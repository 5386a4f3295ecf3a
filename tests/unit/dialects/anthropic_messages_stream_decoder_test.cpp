#include "dialects/anthropic_messages/stream_decoder.hpp"

#include <gtest/gtest.h>

#include <string>

#include "anthropic_messages_fixture.hpp"

namespace router::dialects::anthropic_messages {
namespace {

// What a stream says, and how it ends.
struct Heard {
    explicit Heard(const std::string& stream) : Heard(Pieces{stream}) {}
    explicit Heard(const Pieces& pieces) {
        wire::SseReader reader(1 << 20);
        for (const auto piece : pieces) {
            const Padded bytes(piece);
            reader.feed(bytes);
            while (const auto event = reader.next()) {
                if (auto decoded = decoder.decode(*event, log); !decoded) {
                    error = decoded.error();
                    return;
                }
            }
        }
        if (auto finished = decoder.finish(log); !finished) error = finished.error();
    }
    MessagesDecoder decoder;
    EventLog log;
    std::optional<Error> error;
};

const std::string ending = message_delta("end_turn") + sse("message_stop");

TEST(AnthropicStreamDecoder, ReadsTextHoweverItIsCut) {
    const auto stream =
        message_start() + sse("ping") + text_block(0, "H\\u00e9 \\\"x\\\"") + ending;
    feed_in_every_way(stream, [](const Pieces& pieces, const std::string& name) {
        const Heard heard(pieces);
        EXPECT_FALSE(heard.error) << name;
        EXPECT_EQ(heard.log.text,
                  "started msg_1 claude\n0 text\n0 + H\\u00e9 \\\"x\\\"\n0 ended\nend 0 1\n")
            << name;
        EXPECT_TRUE(heard.decoder.is_done()) << name;
    });
}

TEST(AnthropicStreamDecoder, ReadsThoughtsWithTheirSignature) {
    const Heard heard(
        message_start() + block_start(0, R"({"type":"thinking","thinking":"","signature":""})") +
        block_delta(0, R"({"type":"thinking_delta","thinking":"hm"})") +
        block_delta(0, R"({"type":"signature_delta","signature":"Eq=="})") + block_stop(0) +
        block_start(1, R"({"type":"redacted_thinking","data":"Zz"})") + block_stop(1) +
        text_block(2, "ok") + ending);
    EXPECT_EQ(heard.log.text,
              "started msg_1 claude\n0 thinking\n0 + hm\n0 signed 1 Eq==\n0 ended\n"
              "1 thinking redacted\n1 signed 1 Zz\n1 ended\n2 text\n2 + ok\n2 ended\nend 0 1\n");
}

TEST(AnthropicStreamDecoder, KeepsAnEmptyThoughtThatIsSigned) {
    const Heard heard(
        message_start() + block_start(0, R"({"signature":"","type":"thinking","thinking":""})") +
        block_delta(0, R"({"type":"signature_delta","signature":"S"})") + block_stop(0) + ending);
    EXPECT_EQ(heard.log.text, "started msg_1 claude\n0 thinking\n0 signed 1 S\n0 ended\nend 0 1\n");
}

TEST(AnthropicStreamDecoder, ReadsArgumentsInPieces) {
    const Heard heard(
        message_start() +
        block_start(0, R"({"type":"tool_use","id":"toolu_1","name":"add","input":{}})") +
        block_delta(0, R"({"type":"input_json_delta","partial_json":""})") +
        block_delta(0, R"({"type":"input_json_delta","partial_json":"{\"a\":"})") +
        block_delta(0, R"({"type":"input_json_delta","partial_json":"1}"})") + block_stop(0) +
        message_delta("tool_use") + sse("message_stop"));
    EXPECT_EQ(heard.log.text,
              "started msg_1 claude\n0 call toolu_1 add\n0 + {\\\"a\\\":\n0 + 1}\n0 ended\n"
              "end 0 5\n");
}

TEST(AnthropicStreamDecoder, ReadsACallWithoutArguments) {
    const Heard heard(message_start() +
                      block_start(0, R"({"type":"tool_use","id":"t","name":"go","input":{}})") +
                      block_delta(0, R"({"type":"input_json_delta","partial_json":""})") +
                      block_stop(0) + message_delta("tool_use") + sse("message_stop"));
    EXPECT_EQ(heard.log.text, "started msg_1 claude\n0 call t go\n0 ended\nend 0 5\n");
}

TEST(AnthropicStreamDecoder, ReadsArgumentsThatComeWithTheStart) {
    const Heard heard(
        message_start() +
        block_start(0, R"({"type":"tool_use","id":"t","name":"go","input":{"a":1}})") +
        block_stop(0) + message_delta("tool_use") + sse("message_stop"));
    EXPECT_EQ(heard.log.text,
              "started msg_1 claude\n0 call t go\n0 + {\\\"a\\\":1}\n0 ended\nend 0 5\n");
}

TEST(AnthropicStreamDecoder, TellsCitationsOfTheWholeTextAtItsEnd) {
    const Heard heard(
        message_start() + block_start(0, R"({"type":"text","text":"","citations":[]})") +
        block_delta(0, R"({"type":"citations_delta","citation":{"type":)"
                       R"("web_search_result_location","url":"https://a","title":"A",)"
                       R"("cited_text":"c","encrypted_index":"E"}})") +
        block_delta(0, R"({"type":"text_delta","text":"\u00e4b\ud83d\ude00\n"})") + block_stop(0) +
        ending);
    EXPECT_EQ(
        heard.log.text,
        "started msg_1 claude\n0 text\n0 + \\u00e4b\\ud83d\\ude00\\n\n0 cited https://a A 0-4\n"
        "0 ended\nend 0 1\n");
}

TEST(AnthropicStreamDecoder, TellsBlocksOfServerToolsWhole) {
    const Heard heard(
        message_start() +
        block_start(0, R"({"type":"server_tool_use","id":"s","name":"web_search","input":{}})") +
        block_delta(0, R"({"type":"input_json_delta","partial_json":"{\"query\": \"x\"}"})") +
        block_stop(0) +
        block_start(1, R"({"type":"web_search_tool_result","tool_use_id":"s","content":[]})") +
        block_stop(1) + ending);
    EXPECT_EQ(heard.log.text,
              "started msg_1 claude\n"
              "0 whole {\"type\":\"server_tool_use\",\"id\":\"s\",\"name\":\"web_search\","
              "\"input\":{\"query\": \"x\"}}\n"
              "1 whole {\"type\":\"web_search_tool_result\",\"tool_use_id\":\"s\",\"content\":[]}\n"
              "end 0 1\n");
}

TEST(AnthropicStreamDecoder, AddsUpUsageTheLastValueOfEachCountStands) {
    const Heard heard(
        message_start(R"({"input_tokens":43,"cache_creation_input_tokens":5,)"
                      R"("cache_read_input_tokens":7,"cache_creation":)"
                      R"({"ephemeral_5m_input_tokens":3,"ephemeral_1h_input_tokens":2},)"
                      R"("output_tokens":1,"service_tier":"priority"})") +
        text_block(0, "x") +
        message_delta("end_turn",
                      R"({"input_tokens":61,"output_tokens":9,"output_tokens_details":)"
                      R"({"thinking_tokens":4},"server_tool_use":{"web_search_requests":2}})") +
        sse("message_stop"));
    const auto& usage = heard.log.usage;
    EXPECT_TRUE(usage.is_known);
    EXPECT_EQ(usage.prompt, 61U + 5U + 7U);
    EXPECT_EQ(usage.cached, 7U);
    EXPECT_EQ(usage.cache_written, 5U);
    EXPECT_EQ(usage.cache_written_1h, 2U);
    EXPECT_EQ(usage.completion, 9U);
    EXPECT_EQ(usage.total, 82U);
    EXPECT_EQ(usage.reasoning, 4U);
    EXPECT_TRUE(usage.knows_reasoning);
    EXPECT_EQ(usage.web_searches, 2U);
}

TEST(AnthropicStreamDecoder, EndsTheBlockThatWasLeftOpen) {
    const Heard heard(message_start() +
                      block_start(0, R"({"type":"tool_use","id":"t","name":"go","input":{}})") +
                      block_delta(0, R"({"type":"input_json_delta","partial_json":"{\"a"})") +
                      message_delta("max_tokens") + sse("message_stop"));
    EXPECT_EQ(heard.log.text, "started msg_1 claude\n0 call t go\n0 + {\\\"a\n0 ended\nend 0 3\n");
}

TEST(AnthropicStreamDecoder, TellsARefusalAndItsCategory) {
    const Heard heard(message_start() +
                      sse("message_delta",
                          R"("delta":{"stop_reason":"refusal","stop_sequence":null,"stop_details":)"
                          R"({"type":"refusal","category":"cyber","explanation":"no"}},)"
                          R"("usage":{"output_tokens":0})") +
                      sse("message_stop"));
    EXPECT_EQ(heard.log.text, "started msg_1 claude\nend 0 7 cyber\n");
}

TEST(AnthropicStreamDecoder, TellsTheStopSequence) {
    const Heard heard(message_start() +
                      sse("message_delta",
                          R"("delta":{"stop_reason":"stop_sequence","stop_sequence":"END"},)"
                          R"("usage":{"output_tokens":0})") +
                      sse("message_stop"));
    EXPECT_EQ(heard.log.text, "started msg_1 claude\nend 0 2 at END\n");
}

TEST(AnthropicStreamDecoder, TellsTheBlocksAndTheEndThatAMessageBeginsWith) {
    const Heard heard(
        sse("message_start",
            R"("message":{"id":"msg_1","content":[{"type":"code_execution_tool_result",)"
            R"("tool_use_id":"s","content":[]},{"type":"text","text":"So","citations":[{"type":)"
            R"("web_search_result_location","url":"https://a","title":"A"}]},{"type":"tool_use",)"
            R"("id":"t","name":"go","input":{"a":1}}],"model":"claude","stop_reason":"tool_use",)"
            R"("usage":{"input_tokens":3,"output_tokens":2}})") +
        sse("message_stop"));
    EXPECT_FALSE(heard.error);
    EXPECT_EQ(heard.log.text,
              "started msg_1 claude\n"
              "0 whole {\"type\":\"code_execution_tool_result\",\"tool_use_id\":\"s\","
              "\"content\":[]}\n1 text\n1 + So\n1 cited https://a A 0-2\n1 ended\n"
              "2 call t go\n2 + {\\\"a\\\":1}\n2 ended\nend 0 5\n");
    EXPECT_EQ(heard.log.usage.completion, 2U);
}

TEST(AnthropicStreamDecoder, GoesOnBehindTheBlocksThatAMessageBeginsWith) {
    const Heard heard(sse("message_start",
                          R"("message":{"id":"msg_1","model":"claude","content":[{"type":"text",)"
                          R"("text":"Hello "}]})") +
                      text_block(1, "there") + ending);
    EXPECT_EQ(heard.log.text,
              "started msg_1 claude\n0 text\n0 + Hello \n0 ended\n1 text\n1 + there\n1 ended\n"
              "end 0 1\n");
}

TEST(AnthropicStreamDecoder, PassesOverASecondStartOfTheMessage) {
    const Heard heard(message_start() + message_start() + text_block(0, "x") + ending);
    EXPECT_FALSE(heard.error);
    EXPECT_EQ(heard.log.text, "started msg_1 claude\n0 text\n0 + x\n0 ended\nend 0 1\n");
}

TEST(AnthropicStreamDecoder, NeverTellsABlockTwiceWhenTheMessageBeginsAnew) {
    const Heard heard(message_start() + block_start(0, R"({"type":"text","text":""})") +
                      block_delta(0, R"({"type":"text_delta","text":"Hel"})") + message_start() +
                      text_block(0, "Hello") + ending);
    ASSERT_TRUE(heard.error);
    EXPECT_EQ(heard.error->kind, ErrorKind::upstream_broken);
    EXPECT_EQ(heard.log.text, "started msg_1 claude\n0 text\n0 + Hel\n");
}

TEST(AnthropicStreamDecoder, ReturnsTheErrorInTheStream) {
    const Heard heard(
        message_start() +
        sse("error", R"("error":{"type":"overloaded_error","message":"Overloaded"})"));
    ASSERT_TRUE(heard.error);
    EXPECT_EQ(heard.error->message, "Overloaded");
    EXPECT_EQ(heard.error->status, 529);
}

TEST(AnthropicStreamDecoder, CallsACleanEndBeforeTheAnswersEndBroken) {
    const Heard heard(message_start() + text_block(0, "x"));
    ASSERT_TRUE(heard.error);
    EXPECT_EQ(heard.error->kind, ErrorKind::upstream_broken);
}

TEST(AnthropicStreamDecoder, LivesWithoutMessageStop) {
    const Heard heard(message_start() + text_block(0, "x") + message_delta("end_turn"));
    EXPECT_FALSE(heard.error);
}

TEST(AnthropicStreamDecoder, PassesOverWhatItDoesNotKnow) {
    const Heard heard(message_start() + sse("fancy_event", R"("x":1)") +
                      block_start(0, R"({"type":"text","text":""})") +
                      block_delta(0, R"({"type":"fancy_delta","x":1})") +
                      block_delta(0, R"({"type":"text_delta","text":"x","y":{}})") + block_stop(0) +
                      block_start(1, R"({"type":"fancy","x":[1]})") + block_stop(1) + ending);
    EXPECT_EQ(heard.decoder.dropped(), 0);
    EXPECT_EQ(
        heard.log.text,
        "started msg_1 claude\n0 text\n0 + x\n0 ended\n1 whole {\"type\":\"fancy\",\"x\":[1]}\n"
        "end 0 1\n");
}

TEST(AnthropicStreamDecoder, CountsWhatIsNoJson) {
    const Heard heard(message_start() + "event: ping\ndata: {\"type\":\n\n" + "data: nonsense\n\n" +
                      ending);
    EXPECT_EQ(heard.decoder.dropped(), 2);
    EXPECT_FALSE(heard.error);
}

TEST(AnthropicStreamDecoder, KnowsTheTypeByTheEventsName) {
    const Heard heard(
        "event: message_start\ndata: {\"message\":{\"id\":\"m\",\"model\":\"c\"}}\n\n" +
        text_block(0, "x") + ending);
    EXPECT_EQ(heard.log.text, "started m c\n0 text\n0 + x\n0 ended\nend 0 1\n");
}

TEST(AnthropicStreamDecoder, RepairsBytesThatAreNoText) {
    const Heard heard(message_start() + text_block(0, "a\xff") + ending);
    EXPECT_EQ(heard.log.text,
              "started msg_1 claude\n0 text\n0 + a\xEF\xBF\xBD\n0 ended\nend 0 1\n");
}

}  // namespace
}  // namespace router::dialects::anthropic_messages
