#include "providers/event_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "wire/base64.hpp"

namespace router::providers {
namespace {

std::vector<std::string> read(Framing framing, std::string_view bytes, std::size_t piece) {
    EventReader reader(framing, 1 << 20);
    std::vector<std::string> out;
    const auto take = [&](const std::optional<wire::SseEvent>& event) {
        if (event) out.push_back(std::string(event->name) + "|" + std::string(event->data));
        return event.has_value();
    };
    while (!bytes.empty()) {
        reader.feed(bytes.substr(0, piece));
        bytes.remove_prefix(std::min(piece, bytes.size()));
        while (take(reader.next())) {
        }
    }
    take(reader.rest());
    if (reader.is_overfull()) out.emplace_back("overfull");
    return out;
}

std::string message(std::string_view type, std::string_view name_header, std::string_view name,
                    std::string_view payload) {
    std::string out;
    wire::append_aws_event(out, {{name_header, name}, {":message-type", type}}, payload);
    return out;
}

TEST(EventReader, ReadsServerSentEventsAsTheyAre) {
    EXPECT_EQ(read(Framing::sse, "event: a\ndata: 1\n\ndata: 2", 3),
              (std::vector<std::string>{"a|1", "|2"}));
}

TEST(EventReader, TurnsWhatBedrockPassesOnOfClaudeIntoItsEvents) {
    const std::string data = R"({"type":"message_start","message":{}})";
    const auto bytes = message("event", ":event-type", "chunk",
                               R"({"bytes":")" + wire::base64(data) + R"(","p":"abcd"})") +
                       message("event", ":event-type", "chunk",
                               R"({"bytes":")" + wire::base64(R"({"type":"ping"})") + R"("})");
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        EXPECT_EQ(read(Framing::aws_event_stream, bytes, piece),
                  (std::vector<std::string>{"message_start|" + data, R"(ping|{"type":"ping"})"}));
    }
}

TEST(EventReader, LeavesTheEventsOfConverseAsTheyAre) {
    EXPECT_EQ(
        read(Framing::aws_event_stream,
             message("event", ":event-type", "messageStop", R"({"stopReason":"end_turn"})"), 1000),
        (std::vector<std::string>{R"(messageStop|{"stopReason":"end_turn"})"}));
}

TEST(EventReader, TurnsExceptionsIntoErrors) {
    const auto bytes = message("exception", ":exception-type", "throttlingException",
                               R"({"message":"slow \"d"})") +
                       message("exception", ":exception-type", "newException", "no JSON") +
                       message("error", ":error-code", "internalServerException", "");
    EXPECT_EQ(
        read(Framing::aws_event_stream, bytes, 1000),
        (std::vector<std::string>{
            R"(error|{"type":"error","error":{"type":"rate_limit_error","message":"slow \"d"}})",
            R"(error|{"type":"error","error":{"type":"api_error","message":"newException"}})",
            R"(error|{"type":"error","error":{"type":"api_error","message":"internalServerException"}})"}));
}

TEST(EventReader, SaysWhenBytesAreNoEvents) {
    EXPECT_EQ(read(Framing::aws_event_stream, "HTTP/1.1 500 Internal Server Error", 5),
              (std::vector<std::string>{"overfull"}));
}

TEST(EventReader, BearsAChunkThatHoldsNothing) {
    for (const auto* payload : {"", "{}", R"({"bytes":"%%"})", R"({"bytes":""})", "[1"}) {
        EXPECT_EQ(read(Framing::aws_event_stream, message("event", ":event-type", "chunk", payload),
                       1000),
                  (std::vector<std::string>{"|"}))
            << payload;
    }
}

}  // namespace
}  // namespace router::providers
