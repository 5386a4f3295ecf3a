#include <gtest/gtest.h>

#include <string>

#include "../wire/feeding.hpp"
#include "dialects/bedrock_converse/dialect.hpp"
#include "event_log.hpp"
#include "wire/sse.hpp"

namespace router::dialects::bedrock_converse {
namespace {

using namespace canonical;

std::string event(std::string_view name, std::string_view data) {
    return "event: " + std::string(name) + "\ndata: " + std::string(data) + "\n\n";
}

std::string read(std::string_view stream, std::size_t piece = 100'000) {
    const auto decoder = dialect().stream_decoder();
    wire::SseReader reader(1 << 20);
    EventLog log;
    while (!stream.empty()) {
        const Padded bytes(stream.substr(0, piece));
        stream.remove_prefix(std::min(piece, stream.size()));
        reader.feed(bytes);
        while (const auto one = reader.next()) {
            const auto decoded = decoder->decode(*one, log);
            if (!decoded) return log.text + "error " + decoded.error().message + "\n";
        }
    }
    const auto finished = decoder->finish(log);
    if (log.usage.is_known)
        log.text += "used " + std::to_string(log.usage.prompt) + " " +
                    std::to_string(log.usage.completion) + "\n";
    return log.text + (finished ? "" : "error " + finished.error().detail + "\n") +
           (decoder->is_done() ? "done\n" : "");
}

TEST(ConverseStream, IsTakenApart) {
    const auto stream =
        event("messageStart", R"({"role":"assistant","p":"abc"})") +
        event("contentBlockDelta",
              R"({"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"Hm"}},"p":"a"})") +
        event("contentBlockDelta",
              R"({"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"si"}}})") +
        event("contentBlockDelta",
              R"({"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"g"}}})") +
        event("contentBlockStop", R"({"contentBlockIndex":0})") +
        event("contentBlockDelta", R"({"delta":{"text":"a\"b"},"contentBlockIndex":1})") +
        event("contentBlockDelta", R"({"contentBlockIndex":1,"delta":{"text":"c"}})") +
        event("contentBlockStop", R"({"contentBlockIndex":1})") +
        event("contentBlockStart",
              R"({"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"c1","name":"look"}}})") +
        event("contentBlockDelta",
              R"({"contentBlockIndex":2,"delta":{"toolUse":{"input":"{\"at\":1}"}}})") +
        event("contentBlockStop", R"({"contentBlockIndex":2})") + event("newEvent", "{}") +
        event("messageStop", R"({"stopReason":"tool_use"})") +
        event("metadata", R"({"usage":{"inputTokens":3,"outputTokens":4,"totalTokens":7}})");
    const std::string expected =
        "started\n0 thinking\n0 + Hm\n0 signed 1 sig\n0 ended\n"
        "1 text\n1 + a\\\"b\n1 + c\n1 ended\n"
        "2 call c1 look\n2 + {\\\"at\\\":1}\n2 ended\nend 0 5\nused 3 4\ndone\n";
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, stream.size()}) {
        EXPECT_EQ(read(stream, piece), expected);
    }
}

TEST(ConverseStream, ShowsNoCallOfAToolThatAmazonRuns) {
    const auto stream =
        event("messageStart", R"({"role":"assistant"})") +
        event("contentBlockStart",
              R"({"contentBlockIndex":0,"start":{"toolUse":{"toolUseId":"s","name":"nova",)"
              R"("type":"server_tool_use"}}})") +
        event("contentBlockDelta",
              R"({"contentBlockIndex":0,"delta":{"toolUse":{"input":"{}"}}})") +
        event("contentBlockStop", R"({"contentBlockIndex":0})") +
        event("contentBlockStart",
              R"({"contentBlockIndex":1,"start":{"toolResult":{"toolUseId":"s"}}})") +
        event("contentBlockDelta",
              R"({"contentBlockIndex":1,"delta":{"toolResult":[{"json":{"stdOut":"1"}}]}})") +
        event("contentBlockStop", R"({"contentBlockIndex":1})") +
        event("contentBlockStart",
              R"({"contentBlockIndex":2,"start":{"toolUse":{"toolUseId":"c","name":"n",)"
              R"("type":"tool_use"}}})") +
        event("contentBlockDelta",
              R"({"contentBlockIndex":2,"delta":{"toolUse":{"input":"{}"}}})") +
        event("messageStop", R"({"stopReason":"tool_use"})");
    EXPECT_EQ(read(stream), "started\n0 call c n\n0 + {}\n0 ended\nend 0 5\n");
}

TEST(ConverseStream, TellsWhatATextRestsOnBehindIt) {
    const auto stream =
        event("messageStart", R"({"role":"assistant"})") +
        event("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"So "}})") +
        event("contentBlockStop", R"({"contentBlockIndex":0})") +
        event("contentBlockDelta",
              R"({"contentBlockIndex":1,"delta":{"citation":{"title":"a.pdf","location":)"
              R"({"documentPage":{"documentIndex":0,"start":1,"end":2}},)"
              R"("sourceContent":[{"text":"w"}]}}})") +
        event("contentBlockDelta", R"({"contentBlockIndex":1,"delta":{"text":"it "}})") +
        event("contentBlockDelta", R"({"contentBlockIndex":1,"delta":{"text":"is"}})") +
        event("contentBlockStop", R"({"contentBlockIndex":1})") +
        event("messageStop", R"({"stopReason":"end_turn"})");
    EXPECT_EQ(read(stream),
              "started\n0 text\n0 + So \n0 ended\n1 text\n1 + it \n1 + is\n"
              "1 cited  a.pdf 0-5\n1 ended\nend 0 1\n");
}

TEST(ConverseStream, TellsAPictureWhole) {
    const auto stream =
        event("contentBlockStart",
              R"({"contentBlockIndex":0,"start":{"image":{"format":"png"}}})") +
        event("contentBlockDelta",
              R"({"contentBlockIndex":0,"delta":{"image":{"source":{"bytes":"AA"}}}})") +
        event("contentBlockStop", R"({"contentBlockIndex":0})") +
        event("messageStop",
              R"({"additionalModelResponseFields":{"delta":{"stop_sequence":"END"}},)"
              R"("stopReason":"stop_sequence"})");
    EXPECT_EQ(read(stream), "started\n0 whole image/png AA\nend 0 2 at END\n");
}

TEST(ConverseStream, BearsBlocksThatAreNeverEnded) {
    EXPECT_EQ(read(event("contentBlockDelta", R"({"contentBlockIndex":0,"delta":{"text":"a"}})") +
                   event("contentBlockDelta", R"({"contentBlockIndex":1,"delta":{"text":"b"}})") +
                   event("messageStop", R"({"stopReason":"max_tokens"})")),
              "started\n0 text\n0 + a\n0 ended\n1 text\n1 + b\n1 ended\nend 0 3\n");
}

TEST(ConverseStream, TellsRedactedThoughts) {
    EXPECT_EQ(
        read(
            event(
                "contentBlockDelta",
                R"({"contentBlockIndex":0,"delta":{"reasoningContent":{"redactedContent":"r"}}})") +
            event("messageStop", "{}")),
        "started\n0 thinking redacted\n0 signed 1 r\n0 ended\nend 0 1\n");
}

TEST(ConverseStream, ThatBreaksOffIsAnError) {
    EXPECT_EQ(read(""), "error no messageStart\n");
    EXPECT_EQ(read(event("messageStart", "{}")), "started\nerror no messageStop\n");
}

TEST(ConverseStream, PassesTheUpstreamsErrorOn) {
    EXPECT_EQ(
        read(event("messageStart", "{}") +
             event("error",
                   R"({"type":"error","error":{"type":"rate_limit_error","message":"slow"}})")),
        "started\nerror slow\n");
}

TEST(ConverseStream, BearsAnEventThatBreaksOffInItsMiddle) {
    EXPECT_EQ(
        read(event("contentBlockDelta", R"({"x":{"y":"z"}:0,"delta"z{"reasoningContent":{}}})") +
             event("messageStop", R"({"stopReason":"end_turn"})")),
        "started\nend 0 1\n");
}

TEST(ConverseStream, PassesOverWhatIsNoJson) {
    EXPECT_EQ(read(event("messageStart", "{") + event("contentBlockDelta", "[]") +
                   event("messageStop", R"({"stopReason":"end_turn"})")),
              "started\nend 0 1\n");
}

}  // namespace
}  // namespace router::dialects::bedrock_converse
