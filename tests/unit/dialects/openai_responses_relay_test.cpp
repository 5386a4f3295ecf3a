#include "openai_responses_fixture.hpp"

namespace router::dialects::openai_responses {
namespace {

struct Relayed {
    explicit Relayed(std::string_view stream, std::size_t piece = 1 << 20)
        : relay(dialect().stream_relay({.model = "asked", .id = "ab"})) {
        wire::SseReader reader(1 << 20);
        for (std::size_t from = 0; from < stream.size() && error.empty(); from += piece) {
            const Padded fed(stream.substr(from, piece));
            reader.feed(fed);
            while (const auto one = reader.next()) {
                if (const auto passed = relay->pass(*one, out); !passed) {
                    error = passed.error().message;
                    break;
                }
            }
        }
        if (const auto ended = relay->finish(out); error.empty() && !ended)
            error = ended.error().message;
    }
    std::unique_ptr<StreamRelay> relay;
    std::string out;
    std::string error;
};

const std::string created = event(
    "response.created",
    R"("sequence_number":0,"response":{"id":"resp_u","created_at":7,"model":"gpt-y","status":"in_progress","error":null})");
const std::string delta =
    event("response.output_text.delta",
          R"("sequence_number":1,"delta":"the \"response\" of \"model\"","obfuscation":"x")");
const std::string completed = event(
    "response.completed",
    R"("response":{"id":"resp_u","model":"gpt-y","status":"completed","usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5}},"sequence_number":2)");

TEST(ResponsesRelay, RenamesTheModelAndLeavesTheRest) {
    for (const std::size_t piece : {1U, 7U, 1U << 20}) {
        const Relayed relayed(created + delta + completed, piece);
        auto expected = created + delta + completed;
        for (auto at = expected.find("gpt-y"); at != std::string::npos; at = expected.find("gpt-y"))
            expected.replace(at, 5, "asked");
        EXPECT_EQ(relayed.out, expected);
        EXPECT_EQ(relayed.error, "");
        EXPECT_EQ(relayed.relay->usage().total, 5U);
        EXPECT_EQ(relayed.relay->finish_reason(), "completed");
        EXPECT_TRUE(relayed.relay->is_done());
    }
}

TEST(ResponsesRelay, GivesEventsTheNameAndNumberThatTheyLack) {
    const Relayed relayed(
        "data: {\"type\":\"response.x\",\"a\":1}\n\ndata: "
        "{\"type\":\"response.completed\",\"response\":{}}\n\n");
    EXPECT_EQ(types_of(checked_events(relayed.out)), (std::vector<std::string>{"x", "completed"}));
}

TEST(ResponsesRelay, RaisesErrorsAndGoesOnFromTheUpstreamsNumbers) {
    Relayed relayed(created + delta +
                    event("error", R"("error":{"message":"boom","code":"server_error"})"));
    EXPECT_EQ(relayed.error, "boom");
    relayed.relay->fail({.message = "boom"}, relayed.out);
    const auto events = checked_events(relayed.out);
    EXPECT_EQ(types_of(events),
              (std::vector<std::string>{"created", "output_text.delta", "error", "failed"}));
    EXPECT_NE(
        events[3].find(
            R"("response":{"id":"resp_u","object":"response","created_at":7,"model":"asked","status":"failed")"),
        std::string::npos);
    EXPECT_EQ(
        Relayed(created +
                event("response.failed",
                      R"("response":{"status":"failed","error":{"code":"c","message":"late"}})"))
            .error,
        "late");
}

TEST(ResponsesRelay, KeepsTheIdsThatAnAnswerBeganWith) {
    const auto stream = [](const std::vector<std::string>& ids) {
        return event("response.created", R"("sequence_number":0,"response":{"id":")" + ids[0] +
                                             R"(","status":"in_progress"})") +
               event("response.output_item.added",
                     R"("sequence_number":1,"output_index":0,"item":{"id":")" + ids[1] +
                         R"(","type":"message"})") +
               event("response.output_text.delta", R"("sequence_number":2,"item_id":")" + ids[2] +
                                                       R"(","output_index":0,"delta":"x")") +
               event("response.output_item.done",
                     R"("sequence_number":3,"output_index":0,"item":{"id":")" + ids[3] +
                         R"(","type":"message"})") +
               event("response.completed", R"("sequence_number":4,"response":{"id":")" + ids[4] +
                                               R"(","status":"completed","output":[{"id":")" +
                                               ids[5] + R"(","type":"message"},{"id":"other"}]})");
    };
    EXPECT_EQ(Relayed(stream({"r1", "i1", "i2", "i3", "r2", "i4"})).out,
              stream({"r1", "i1", "i1", "i1", "r1", "i1"}));
}

TEST(ResponsesRelay, MissesTheEndOfACutStream) {
    EXPECT_EQ(Relayed(created + delta).error, "The upstream's answer broke off before its end.");
}

TEST(ResponsesRelay, BeatsWithoutAGapInTheNumbers) {
    const auto relay = dialect().stream_relay({.model = "asked"});
    std::string out;
    relay->heartbeat(out);
    EXPECT_EQ(out, ": wait\n\n");
    const auto pass = [&](const std::string& text) {
        wire::SseReader reader(1 << 20);
        const Padded fed(text);
        reader.feed(fed);
        while (const auto one = reader.next()) EXPECT_TRUE(relay->pass(*one, out));
    };
    pass(created);
    relay->heartbeat(out);
    pass(delta + completed);
    EXPECT_EQ(
        types_of(checked_events(out)),
        (std::vector<std::string>{"created", "in_progress", "output_text.delta", "completed"}));
}

TEST(ResponsesRelay, DropsWhatIsNoJson) {
    const Relayed relayed(created +
                          "data: {broken\n\ndata: {\"sequence_number\":\xef"
                          "0}\n\n" +
                          completed);
    EXPECT_EQ(relayed.relay->dropped(), 2);
    EXPECT_EQ(relayed.out.find("broken"), std::string::npos);
}

}  // namespace
}  // namespace router::dialects::openai_responses
