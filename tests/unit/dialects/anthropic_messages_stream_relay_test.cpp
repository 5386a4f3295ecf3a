#include "dialects/anthropic_messages/stream_relay.hpp"

#include <gtest/gtest.h>

#include <string>

#include "anthropic_messages_fixture.hpp"

namespace router::dialects::anthropic_messages {
namespace {

// What a client sees of a stream.
struct Relayed {
    explicit Relayed(const std::string& stream) : Relayed(Pieces{stream}) {}
    explicit Relayed(const Pieces& pieces) : relay(client_context()) {
        wire::SseReader reader(1 << 20);
        for (const auto piece : pieces) {
            const Padded bytes(piece);
            reader.feed(bytes);
            while (const auto event = reader.next()) {
                if (auto passed = relay.pass(*event, out); !passed) {
                    error = passed.error();
                    return;
                }
            }
        }
        if (auto finished = relay.finish(out); !finished) error = finished.error();
    }
    MessagesRelay relay;
    std::string out;
    std::optional<Error> error;
};

std::string renamed_start() {
    auto start = message_start();
    return start.replace(start.find("claude"), 6, "public");
}

const std::string rest = text_block(0, "Hi") + message_delta("end_turn") + sse("message_stop");

TEST(AnthropicStreamRelay, RenamesTheModelAndNothingElse) {
    const auto stream = message_start() + sse("ping") + rest;
    feed_in_every_way(stream, [](const Pieces& pieces, const std::string& name) {
        const Relayed relayed(pieces);
        EXPECT_EQ(relayed.out, renamed_start() + sse("ping") + rest) << name;
        EXPECT_TRUE(relayed.relay.is_done()) << name;
    });
}

TEST(AnthropicStreamRelay, KeepsWhiteSpaceAndWhatItDoesNotKnow) {
    const std::string fancy =
        "event: fancy\ndata: { \"type\" : \"fancy\" , \"model\":\"claude\" , \"x\":[1, 2]  }\n\n";
    EXPECT_EQ(Relayed(message_start() + fancy + rest).out, renamed_start() + fancy + rest);
}

TEST(AnthropicStreamRelay, NamesEventsThatHaveNoName) {
    EXPECT_EQ(Relayed(message_start() + "data: {\"type\":\"ping\"}\n\n" + rest).out,
              renamed_start() + sse("ping") + rest);
}

TEST(AnthropicStreamRelay, LeavesCommentsOut) {
    EXPECT_EQ(Relayed(": hello\n\n" + message_start() + rest).out, renamed_start() + rest);
}

TEST(AnthropicStreamRelay, PutsDataOfSeveralLinesOnOne) {
    EXPECT_EQ(
        Relayed(message_start() + "event: ping\ndata: {\ndata: \"type\":\"ping\"}\n\n" + rest).out,
        renamed_start() + "event: ping\ndata: { \"type\":\"ping\"}\n\n" + rest);
}

TEST(AnthropicStreamRelay, ReadsUsageAndTheEndInPassing) {
    const Relayed relayed(
        message_start(R"({"input_tokens":5,"cache_read_input_tokens":2})") + text_block(0, "x") +
        message_delta("max_tokens", R"({"output_tokens":8})") + sse("message_stop"));
    EXPECT_EQ(relayed.relay.usage().prompt, 7U);
    EXPECT_EQ(relayed.relay.usage().cached, 2U);
    EXPECT_EQ(relayed.relay.usage().completion, 8U);
    EXPECT_EQ(relayed.relay.finish_reason(), "max_tokens");
}

TEST(AnthropicStreamRelay, PutsInTheEndThatWasLeftOut) {
    const auto open = block_start(0, R"({"type":"text","text":""})");
    const auto cut = message_delta("max_tokens");
    EXPECT_EQ(Relayed(message_start() + open + cut).out,
              renamed_start() + open + block_stop(0) + cut + sse("message_stop"));
}

TEST(AnthropicStreamRelay, LeavesASecondStartOut) {
    EXPECT_EQ(Relayed(message_start() + message_start() + rest).out, renamed_start() + rest);
}

TEST(AnthropicStreamRelay, NeverPassesABlockTwiceWhenTheMessageBeginsAnew) {
    const auto half = block_start(0, R"({"type":"text","text":""})") +
                      block_delta(0, R"({"type":"text_delta","text":"Hel"})");
    const Relayed relayed(message_start() + half + message_start() + rest);
    ASSERT_TRUE(relayed.error);
    EXPECT_EQ(relayed.error->kind, ErrorKind::upstream_broken);
    EXPECT_EQ(relayed.out, renamed_start() + half);
}

TEST(AnthropicStreamRelay, ReturnsTheErrorInTheStream) {
    const Relayed relayed(
        message_start() +
        sse("error", R"("error":{"type":"rate_limit_error","message":"try again in 2.5s"})"));
    ASSERT_TRUE(relayed.error);
    EXPECT_EQ(relayed.error->status, 429);
    EXPECT_EQ(relayed.error->retry_after, "3");
    EXPECT_EQ(relayed.out, renamed_start());
}

TEST(AnthropicStreamRelay, CallsACleanEndBeforeTheAnswersEndBroken) {
    const Relayed relayed(message_start() + text_block(0, "x"));
    ASSERT_TRUE(relayed.error);
    EXPECT_EQ(relayed.error->kind, ErrorKind::upstream_broken);
}

TEST(AnthropicStreamRelay, DropsAndCountsDataThatIsNoJson) {
    const Relayed relayed(message_start() + "event: ping\ndata: {\"type\":\n\n" +
                          "event: ping\ndata: {\"type\":\"ping\"}}\n\n" + rest);
    EXPECT_EQ(relayed.relay.dropped(), 2);
    EXPECT_EQ(relayed.out, renamed_start() + rest);
}

}  // namespace
}  // namespace router::dialects::anthropic_messages
