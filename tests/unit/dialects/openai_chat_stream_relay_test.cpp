#include "dialects/openai_chat/stream_relay.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "../wire/feeding.hpp"
#include "wire/json.hpp"

namespace router::dialects::openai_chat {
namespace {

using namespace std::string_literals;

// What each chunk says besides its choices.
const auto head = R"("id":"c-1","object":"chat.completion.chunk","created":17,"model":"public")"s;

// A relay and what came out of it. The first choice has begun.
struct Relay {
    explicit Relay(bool wants_usage = false) : relay("public", wants_usage) {
        see(R"({"choices":[{"index":0,"delta":{"role":"assistant"}}],)" + head + "}");
    }

    // What the client sees of one event; the error's message where there is one.
    std::string see(std::string_view data, std::string_view name = {}) {
        const Padded bytes(data);
        std::string out;
        const auto passed =
            relay.pass({.name = name, .data = bytes, .has_data = true}, out, "acme");
        return passed ? out : "error: " + passed.error().message;
    }
    // The same, without the framing of an event.
    std::string json(std::string_view data) {
        auto out = see(data);
        if (!out.starts_with("data: ") || !out.ends_with("\n\n")) return out;
        out = out.substr(6, out.size() - 8);
        EXPECT_TRUE(wire::json::is_valid(out)) << out;
        return out;
    }
    std::string end() {
        std::string out;
        relay.finish(out);
        return out;
    }

    StreamRelay relay;
};

// What is left of a chunk that may be passed on, with `members` put behind its choices.
std::string left_of(const std::string& object, bool wants_usage = false) {
    return Relay(wants_usage).json(object);
}

const auto choices = R"("choices":[{"index":0,"delta":{"content":"hi"}}],)" + head;

std::string finish(const std::string& reason, const std::string& delta = "{}", int index = 0) {
    return R"({"choices":[{"index":)" + std::to_string(index) + R"(,"delta":)" + delta +
           R"(,"finish_reason":")" + reason + "\"}]," + head + "}";
}

// What goes on as it came

TEST(StreamRelay, PassesAChunkOnByteForByte) {
    const auto chunk =
        R"({ "id":"1", "choices" : [ {"index":0,"delta":{"content":"\u00e4\/ä"},"logprobs":null,"finish_reason":null} ] ,"n":1.0e0,"x":{"usage":{"a":1},"event":2},)" +
        head + " }";
    EXPECT_EQ(left_of(chunk), chunk);
}

TEST(StreamRelay, PassesWhatProvidersAddToADelta) {
    const auto chunk =
        R"({"choices":[{"index":0,"delta":{"reasoning_content":"hm","x":{"y":[1]},"z":null},"native_finish_reason":null}],"x_groq":{"id":"r"},)" +
        head + "}";
    EXPECT_EQ(left_of(chunk), chunk);
}

TEST(StreamRelay, PassesAChunkWithoutAChoiceInItsChoices) {
    const auto chunk = R"({"choices":[],"prompt_filter_results":[{"prompt_index":0}]})"s;
    EXPECT_EQ(left_of(chunk), chunk);
}

TEST(StreamRelay, KeepsTheNameOfAnEvent) {
    EXPECT_EQ(Relay().see("{" + choices + "}", "chunk"),
              "event: chunk\ndata: {" + choices + "}\n\n");
}

TEST(StreamRelay, KeepsDataOfSeveralLinesOnOne) {
    EXPECT_EQ(Relay().see("{\n" + choices + "\n}"), "data: { " + choices + " }\n\n");
}

TEST(StreamRelay, TakesOffTheWhiteSpaceAroundData) {
    EXPECT_EQ(Relay().see(" \t{" + choices + "} \t"), "data: {" + choices + "}\n\n");
}

TEST(StreamRelay, CallsTheModelAsTheClientDid) {
    const auto rest = R"("object":"chat.completion.chunk","id":"c-1","created":17,)"
                      R"("choices":[{"index":0,"delta":{"content":"hi"}}])"s;
    EXPECT_EQ(left_of(R"({"model":"private",)" + rest + "}"), R"({"model":"public",)" + rest + "}");
    EXPECT_EQ(left_of("{" + rest + R"(,"model" : "pri\"vate" })"),
              "{" + rest + R"(,"model" : "public" })");
    EXPECT_EQ(left_of(R"({"m\u006fdel":null,)" + rest + "}"),
              R"({"m\u006fdel":"public",)" + rest + "}");
}

TEST(StreamRelay, WritesAnyModelNameAsJson) {
    StreamRelay relay("a\"b\n", false);
    const Padded chunk(R"({"model":"x","choices":[]})");
    std::string out;
    ASSERT_TRUE(relay.pass({.name = {}, .data = chunk, .has_data = true}, out, "acme"));
    EXPECT_EQ(out, "data: {\"model\":\"a\\\"b\\n\",\"choices\":[]}\n\n");
}

TEST(StreamRelay, LeavesModelsAloneThatAreNotTheChunks) {
    const auto chunk =
        R"({"x":{"model":"inner"},"choices":[{"index":0,"delta":{"content":"a"},"model":"inner"}],)" +
        head + "}";
    EXPECT_EQ(left_of(chunk), chunk);
}

// Usage

const auto usage_json = R"({"prompt_tokens":3,"completion_tokens":4,"total_tokens":7})"s;

TEST(StreamRelay, GivesUsageOnceAtTheEndWhereItIsWanted) {
    Relay relay(true);
    EXPECT_EQ(relay.json("{" + choices + R"(,"usage":null})"), "{" + choices + R"(,"usage":null})");
    EXPECT_EQ(relay.see(finish("stop")), "data: " + finish("stop") + "\n\n");
    EXPECT_EQ(relay.see(R"({"id":"c-1","choices":[],"usage":)" + usage_json + "}"), "");
    EXPECT_EQ(relay.see("[DONE]"), "");
    EXPECT_EQ(
        relay.end(),
        R"(data: {"id":"c-1","object":"chat.completion.chunk","created":17,"model":"public","choices":[],"usage":)" +
            usage_json + "}\n\ndata: [DONE]\n\n");
}

TEST(StreamRelay, KeepsWhatStandsBesideUsageThatComesAlone) {
    Relay relay(true);
    EXPECT_EQ(relay.json("{" + head + R"(,"choices":[],"usage":)" + usage_json +
                         R"(,"citations":["https://a.example"]})"),
              "{" + head + R"(,"choices":[],"citations":["https://a.example"]})");
    EXPECT_EQ(
        relay.see("{" + head + R"(,"choices":[],"usage":)" + usage_json + R"(,"provider":"X"})"),
        "");
    EXPECT_NE(relay.end().find(usage_json), std::string::npos);
}

TEST(StreamRelay, KeepsUsageForTheRecordWhereItIsNotWanted) {
    Relay relay;
    EXPECT_EQ(relay.json("{" + choices + R"(,"usage":null})"), "{" + choices + "}");
    EXPECT_EQ(relay.see(R"({"choices":[],"usage":)" + usage_json + "}"), "");
    EXPECT_EQ(relay.end(), "data: [DONE]\n\n");
    EXPECT_TRUE(relay.relay.usage().is_known);
    EXPECT_EQ(relay.relay.usage().total, 7U);
}

TEST(StreamRelay, TakesTheLastOfUsageThatGrows) {
    Relay relay(true);
    for (int i = 1; i <= 3; ++i) {
        EXPECT_EQ(relay.json("{" + choices + R"(,"usage":{"prompt_tokens":3,"completion_tokens":)" +
                             std::to_string(i) + "}}"),
                  "{" + choices + "}");
    }
    EXPECT_EQ(relay.relay.usage().completion, 3U);
    EXPECT_EQ(
        relay.end(),
        R"(data: {"id":"c-1","object":"chat.completion.chunk","created":17,"model":"public","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":3,"total_tokens":6}})"
        "\n\ndata: [DONE]\n\n");
}

TEST(StreamRelay, TakesUsageOutOfTheChunkThatFinishes) {
    Relay relay(true);
    const auto chunk = finish("tool_calls");
    EXPECT_EQ(relay.json(chunk.substr(0, chunk.size() - 1) + R"(,"usage":)" + usage_json + "}"),
              chunk);
    EXPECT_EQ(relay.relay.finish_reason(), "tool_calls");
    EXPECT_NE(relay.end().find(usage_json), std::string::npos);
}

TEST(StreamRelay, ReadsUsageThatStandsInAChoice) {
    Relay relay;
    relay.see(R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":)" + usage_json +
              "}]}");
    EXPECT_EQ(relay.relay.usage().total, 7U);
}

TEST(StreamRelay, DropsNoContentWithUsage) {
    EXPECT_EQ(left_of(R"({"usage":)" + usage_json + "," + choices + "}", true),
              "{" + choices + "}");
}

TEST(StreamRelay, SaysNothingOfUsageThatNeverCame) {
    Relay relay(true);
    relay.see("{" + choices + "}");
    EXPECT_EQ(relay.end(), "data: [DONE]\n\n");
    EXPECT_FALSE(relay.relay.usage().is_known);
}

// What is left out

TEST(StreamRelay, TakesMembersOutWhereverTheyStand) {
    for (const auto& member :
         {R"("event":{"type":"x"})"s, R"("selected_model_id":"x")"s, R"("type":null)"s,
          R"("timings":null)"s, R"("error":null)"s, R"("usage":null)"s, R"("\u0065vent":1)"s}) {
        EXPECT_EQ(left_of("{" + member + "," + choices + "}"), "{" + choices + "}") << member;
        EXPECT_EQ(left_of("{" + choices + "," + member + "}"), "{" + choices + "}") << member;
        EXPECT_EQ(left_of("{\"a\":1," + member + "," + choices + "}"), "{\"a\":1," + choices + "}")
            << member;
        EXPECT_EQ(left_of("{" + member + "," + member + "," + choices + "," + member + "," +
                          member + "}"),
                  "{" + choices + "}")
            << member;
        EXPECT_EQ(left_of("{" + member + ",\"a\":1," + member + "," + choices + "," + member +
                          ",\"b\":2}"),
                  "{\"a\":1," + choices + ",\"b\":2}")
            << member;
    }
}

TEST(StreamRelay, TakesMembersOutOfSpacedOutJson) {
    EXPECT_TRUE(wire::json::is_valid(left_of(
        "{ \"event\" : 1 , " + choices + " , \"type\" : null , \"a\" : 2 , \"error\" : null }")));
    EXPECT_EQ(left_of("{ " + choices + " , \"type\" : null }"), "{ " + choices + " }");
    EXPECT_EQ(left_of("{ \"type\" : null , " + choices + " }"), "{ " + choices + " }");
}

TEST(StreamRelay, KeepsTypesAndTimingsThatAreNotNull) {
    const auto chunk = "{\"type\":\"chunk\",\"timings\":{\"a\":1}," + choices + "}";
    EXPECT_EQ(left_of(chunk), chunk);
}

TEST(StreamRelay, MakesANullDeltaAnEmptyOne) {
    EXPECT_EQ(left_of(finish("stop", "null")), finish("stop"));
    EXPECT_EQ(
        left_of(
            R"({"event":1,"choices":[{"delta":null,"index":0},{"delta":{"role":"assistant","content":"a"},"index":1}],)" +
            head + R"(,"type":null})"),
        R"({"choices":[{"delta":{},"index":0},{"delta":{"role":"assistant","content":"a"},"index":1}],)" +
            head + "}");
}

TEST(StreamRelay, LeavesChunksWithoutChoicesOut) {
    Relay relay(true);
    for (const auto& data :
         {"{}"s, R"({"object":"ping"})"s, R"({"event":1})"s, R"({"choices":null})"s,
          R"({"choices":{}})"s, R"({"error":null})"s, R"({"type":"ping","x":[1]})"s}) {
        EXPECT_EQ(relay.see(data), "") << data;
    }
    EXPECT_EQ(relay.relay.dropped(), 0);
}

TEST(StreamRelay, LeavesEventsWithoutDataOut) {
    StreamRelay relay("m", true);
    std::string out;
    EXPECT_TRUE(relay.pass({.name = "ping", .data = {}, .has_data = false}, out, "acme"));
    const Padded empty("");
    EXPECT_TRUE(relay.pass({.name = "ping", .data = empty, .has_data = true}, out, "acme"));
    EXPECT_EQ(out, "");
    EXPECT_EQ(relay.dropped(), 0);
}

TEST(StreamRelay, LeavesASecondFinishOut) {
    Relay relay;
    EXPECT_NE(relay.see(finish("stop")), "");
    EXPECT_EQ(relay.see(finish("stop")), "");
    EXPECT_EQ(relay.see(finish("stop", "null")), "");
    EXPECT_NE(relay.see(finish("stop", "{}", 1)), "");
    EXPECT_EQ(relay.see(finish("stop", "{}", 1)), "");
}

TEST(StreamRelay, KeepsASecondFinishThatHasContent) {
    Relay relay;
    EXPECT_NE(relay.see(finish("stop")), "");
    EXPECT_NE(relay.see(finish("stop", R"({"content":"late"})")), "");
    const auto text = R"({"choices":[{"index":0,"text":"late","finish_reason":"stop"}]})"s;
    EXPECT_NE(relay.see(text), "");
}

TEST(StreamRelay, CountsUsageInASecondFinish) {
    Relay relay;
    relay.see(finish("stop"));
    const auto chunk = finish("stop");
    EXPECT_EQ(relay.see(chunk.substr(0, chunk.size() - 1) + R"(,"usage":)" + usage_json + "}"), "");
    EXPECT_EQ(relay.relay.usage().total, 7U);
}

// The end

TEST(StreamRelay, KnowsWhenItIsDone) {
    for (const auto& data : {"[DONE]"s, " [DONE] "s, "[DONE]\t"s}) {
        Relay relay;
        relay.see("{" + choices + "}");
        EXPECT_EQ(relay.see(data), "");
        EXPECT_TRUE(relay.relay.is_done());
        EXPECT_TRUE(relay.relay.has_finished());
    }
}

TEST(StreamRelay, HasNotFinishedWhatNeverBegan) {
    StreamRelay relay("public", false);
    const Padded done("[DONE]");
    std::string out;
    EXPECT_TRUE(relay.pass({.name = {}, .data = done, .has_data = true}, out, "acme"));
    EXPECT_TRUE(relay.is_done());
    EXPECT_FALSE(relay.has_finished());
}

TEST(StreamRelay, HasFinishedWhenEachChoiceHas) {
    Relay relay;
    relay.see(R"({"choices":[{"index":1,"delta":{"content":"one"}}]})");
    relay.see(finish("stop"));
    EXPECT_FALSE(relay.relay.has_finished());
    relay.see(finish("stop", "{}", 1));
    EXPECT_TRUE(relay.relay.has_finished());
}

TEST(StreamRelay, ListensToNothingBehindItsEnd) {
    Relay relay;
    relay.see("[DONE]");
    EXPECT_EQ(relay.see("{" + choices + "}"), "");
    EXPECT_EQ(relay.see(R"({"error":{"message":"late"}})"), "");
    EXPECT_EQ(relay.see("[DONE]"), "");
}

TEST(StreamRelay, HasFinishedWithAFinishReasonToo) {
    Relay relay;
    EXPECT_FALSE(relay.relay.has_finished());
    relay.see("{" + choices + "}");
    EXPECT_FALSE(relay.relay.has_finished());
    relay.see(finish("length"));
    EXPECT_TRUE(relay.relay.has_finished());
    EXPECT_FALSE(relay.relay.is_done());
    EXPECT_EQ(relay.relay.finish_reason(), "length");
    EXPECT_EQ(relay.end(), "data: [DONE]\n\n");
}

// Errors and broken data

TEST(StreamRelay, ReturnsTheErrorThatIsInTheStream) {
    EXPECT_EQ(Relay().see(R"({"error":{"message":"overloaded","code":529}})"), "error: overloaded");
    EXPECT_EQ(Relay().see(R"({"error":"plain"})"), "error: plain");
    EXPECT_EQ(Relay().see(R"({"object":"error","message":"died","code":500})"), "error: died");
    EXPECT_EQ(Relay().see(R"({"choices":[],"error":{"message":"overloaded"}})"),
              "error: overloaded");
    EXPECT_EQ(Relay().see(R"({"error":{"message":"overloaded"},"usage":null})", "error"),
              "error: overloaded");
}

TEST(StreamRelay, TakesTheStatusOfAnErrorFromItsCode) {
    StreamRelay relay("m", false);
    const Padded data(R"({"error":{"message":"slow down","code":429}})");
    std::string out;
    const auto passed = relay.pass({.name = {}, .data = data, .has_data = true}, out, "acme");
    ASSERT_FALSE(passed);
    EXPECT_EQ(passed.error().kind, ErrorKind::upstream_refused);
    EXPECT_EQ(passed.error().http_status(), 429);
    EXPECT_EQ(out, "");
}

TEST(StreamRelay, DropsAndCountsDataThatIsNoJson) {
    Relay relay;
    int dropped = 0;
    for (const auto& data :
         {"oops"s, "{"s, R"({"choices":[)"s, R"({"choices":[],})"s, "[1]"s, "null"s, "1"s,
          R"({"choices":[1]})"s, "<html>"s, R"({"choices" []})"s}) {
        EXPECT_EQ(relay.see(data), "") << data;
        EXPECT_EQ(relay.relay.dropped(), ++dropped) << data;
    }
    EXPECT_EQ(relay.json("{" + choices + "}"), "{" + choices + "}");
}

TEST(StreamRelay, DropsAChunkWithMoreBehindItOrLessThanAWhole) {
    Relay relay;
    int dropped = 0;
    for (const std::string_view data :
         {R"({"choices":[]}{"choices":[]})", R"({"choices":[]} oops)", R"({"choices":[]}})",
          R"({"choices":[{"delta":{}]})", R"({"choices":[],"x":{"a":{}})"}) {
        EXPECT_EQ(relay.see(data), "") << data;
        EXPECT_EQ(relay.relay.dropped(), ++dropped) << data;
    }
}

TEST(StreamRelay, LetsNoCarriageReturnEndALine) {
    EXPECT_EQ(Relay().see("{\r\"choices\":[]\r\n}"), "data: { \"choices\":[]  }\n\n");
    EXPECT_EQ(Relay().see("{\"choices\":[]}", "a\rdata: x"), "data: {\"choices\":[]}\n\n");
}

TEST(StreamRelay, TakesChoicesThatAreNoListForAnotherMember) {
    EXPECT_EQ(Relay().json(R"({"choices":5,"event":1,"choices":[]})"),
              R"({"choices":5,"choices":[]})");
    EXPECT_EQ(Relay().see(R"({"choices":null})"), "");
    EXPECT_EQ(Relay().see(R"({"choices":{"a":[]}})"), "");
}

TEST(StreamRelay, RepairsBytesThatAreNoText) {
    Relay relay;
    EXPECT_EQ(
        relay.json("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\xFF\xC3\"}}]," + head +
                   "}"),
        "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\xEF\xBF\xBD\xEF\xBF\xBD\"}}]," +
            head + "}");
    EXPECT_EQ(relay.relay.dropped(), 0);
    EXPECT_EQ(relay.see("\xFF"), "");
    EXPECT_EQ(relay.relay.dropped(), 1);
}

TEST(EncodeStreamError, IsAnEventAndNothingBehindIt) {
    EXPECT_EQ(encode_stream_error({.kind = ErrorKind::upstream_broken, .message = "cut"}),
              "data: "
              "{\"error\":{\"message\":\"cut\",\"type\":\"upstream_error\",\"param\":null,\"code\":"
              "null}}\n\n");
}

}  // namespace
}  // namespace router::dialects::openai_chat
