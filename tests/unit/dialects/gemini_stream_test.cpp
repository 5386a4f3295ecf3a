#include "dialects/seal.hpp"
#include "gemini_fixture.hpp"

namespace router::dialects::gemini {
namespace {

using canonical::BlockKind;
using canonical::Origin;
using namespace std::string_literals;

// Events in words, one after the other.
class Words : public canonical::EventSink {
 public:
    void take(const canonical::Event& event) override {
        std::visit([this](const auto& one) { say(one); }, event);
    }
    std::string said;
    canonical::Usage usage;

 private:
    void say(const canonical::Started& one) {
        said += "started(" + std::string(one.id) + "," + std::string(one.model) + ") ";
    }
    void say(const canonical::BlockStarted& one) {
        constexpr const char* kinds[] = {"text", "thinking", "call", "refusal"};
        said += kinds[static_cast<int>(one.kind)] + std::to_string(one.block);
        if (one.choice > 0) said += "@" + std::to_string(one.choice);
        if (one.kind == BlockKind::tool_call)
            said += ":" + std::string(one.call_id) + ":" + std::string(one.name);
        said += "{";
    }
    void say(const canonical::BlockDelta& one) { said += std::string(one.text.escaped) + "|"; }
    void say(const canonical::BlockSigned& one) {
        said += "~" + std::string(one.signature.value.escaped);
    }
    void say(const canonical::Cited& one) {
        said += "cited(" + std::string(one.citation.url.escaped) + "," +
                std::to_string(one.citation.start) + "," + std::to_string(one.citation.end) + ")";
    }
    void say(const canonical::BlockEnded&) { said += "} "; }
    void say(const canonical::WholeBlock& one) {
        said += "whole" + std::to_string(one.block) + " ";
    }
    void say(const canonical::Ended& one) {
        said += "ended(" + std::to_string(static_cast<int>(one.ending.reason)) + "," +
                one.ending.detail + ") ";
    }
    void say(const canonical::Used& one) { usage = one.usage; }
};

// A stream as it comes from a provider, and what is told of it.
struct Streamed {
    explicit Streamed(const Pieces& pieces) {
        const auto decoder = dialect().stream_decoder();
        wire::SseReader reader(1 << 20);
        Result<> outcome;
        const auto take = [&](const wire::SseEvent& event) {
            if (outcome) outcome = decoder->decode(event, words);
        };
        for (const auto piece : pieces) {
            const Padded bytes(piece);
            reader.feed(bytes);
            while (const auto event = reader.next()) take(*event);
        }
        if (const auto event = reader.rest()) take(*event);
        if (outcome) outcome = decoder->finish(words);
        if (!outcome) error = outcome.error();
        dropped = decoder->dropped();
    }
    Words words;
    Error error{.kind = ErrorKind::internal, .message = {}};
    int dropped = 0;
};

std::string event(const std::string& response, const std::string& line = "\n") {
    return "data: " + response + line + line;
}
std::string chunk(const std::string& parts, const std::string& more = {}) {
    return R"({"candidates":[{"content":{"parts":)" + parts + R"(,"role":"model"})" +
           (more.empty() ? "" : "," + more) +
           R"(,"index":0}],"modelVersion":"z","responseId":"r"})";
}
const auto stop = R"("finishReason":"STOP")"s;

std::string told(const std::string& stream) {
    Streamed streamed({stream});
    return streamed.error.message.empty() ? streamed.words.said
                                          : "error: " + streamed.error.message;
}

TEST(GeminiStream, GoesOnInOneBlockUntilSomethingElseComes) {
    const auto stream = event(chunk(R"([{"text":"h","thought":true}])"), "\r\n") +
                        event(chunk(R"([{"text":"m","thought":true},{"text":"a\n"}])"), "\r\n") +
                        event(chunk(R"([{"text":"b"}])"), "\r\n") +
                        event(chunk(R"([{"text":""}])", stop), "\r\n");
    const auto expected = R"(started(r,z) thinking0{h|m|} text1{a\n|b|} ended(1,) )"s;
    feed_in_every_way(stream, [&](const Pieces& pieces, const std::string& name) {
        EXPECT_EQ(Streamed(pieces).words.said, expected) << name;
    });
}

TEST(GeminiStream, TellsCallsWhole) {
    EXPECT_EQ(
        told(
            event(chunk(
                R"([{"functionCall":{"name":"f","args":{"a":"b"}},"thoughtSignature":"c2ln"},{"functionCall":{"id":"x","name":"g"}}])")) +
            event(chunk(R"([{"text":""}])", stop))),
        R"(started(r,z) call0:call_r_0:f{~c2ln{\"a\":\"b\"}|} call1:x:g{{}|} ended(5,) )");
}

TEST(GeminiStream, KeepsTheSignatureOnTheLastEmptyPart) {
    EXPECT_EQ(told(event(chunk(R"([{"text":"a"}])")) +
                   event(chunk(R"([{"text":"","thoughtSignature":"c2ln"}])", stop))),
              "started(r,z) text0{a|} text1{~c2ln} ended(1,) ");
}

TEST(GeminiStream, TellsTheSignatureOfAPictureBehindIt) {
    const auto said = told(event(
        chunk(R"([{"inlineData":{"mimeType":"image/png","data":"AA"},"thoughtSignature":"c2ln"}])",
              stop)));
    EXPECT_NE(said.find("text1{~c2ln} ended("), std::string::npos) << said;
}

TEST(GeminiStream, PutsPartialArgumentsTogether) {
    const auto piece = [](const std::string& inside) {
        return event(chunk(R"([{"functionCall":)" + inside + "}]"));
    };
    EXPECT_EQ(
        told(
            piece(R"({"name":"f","willContinue":true})") +
            piece(
                R"({"partialArgs":[{"jsonPath":"$.city","stringValue":"Z\u00fc","willContinue":true}],"willContinue":true})") +
            piece(
                R"({"partialArgs":[{"jsonPath":"$.city","stringValue":"rich"}],"willContinue":true})") +
            piece(
                R"({"partialArgs":[{"jsonPath":"$.days[1].n","numberValue":2},{"jsonPath":"$['a b']","boolValue":true},{"jsonPath":"$.x","nullValue":"NULL_VALUE"}],"willContinue":true})") +
            piece("{}") + event(chunk("[]", stop))),
        R"(started(r,z) call0:call_r_0:f{{\"city\":\"Z\\u00fcrich\",\"days\":[null,{\"n\":2}],\"a b\":true,\"x\":null}|} ended(5,) )");
}

TEST(GeminiStream, TakesTheLastUsage) {
    const Streamed streamed(
        {event(
             R"({"candidates":[{"content":{"parts":[{"text":"a"}]}}],"usageMetadata":{"promptTokenCount":9,"thoughtsTokenCount":3,"totalTokenCount":12}})") +
         event(
             R"({"candidates":[{"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":5,"totalTokenCount":17}})") +
         event(R"({"usageMetadata":{"trafficType":"ON_DEMAND"}})")});
    EXPECT_EQ(streamed.words.usage.prompt, 9u);
    EXPECT_EQ(streamed.words.usage.completion, 8u);
    EXPECT_EQ(streamed.words.usage.total, 17u);
}

TEST(GeminiStream, BearsAFinishInEveryChunk) {
    EXPECT_EQ(
        told(event(chunk(R"([{"text":"a"}])", stop)) + event(chunk(R"([{"text":"b"}])", stop))),
        "started(r,z) text0{a|b|} ended(1,) ");
}

TEST(GeminiStream, CitesTheTextItTold) {
    EXPECT_EQ(
        told(
            event(chunk(R"([{"text":"ä"}])")) + event(chunk(R"([{"text":"bc"}])")) +
            event(chunk(
                R"([{"text":"","thoughtSignature":"c2ln"}])",
                stop +
                    R"(,"groundingMetadata":{"groundingChunks":[{"web":{"uri":"u","title":"t"}}],"groundingSupports":[{"segment":{"startIndex":2,"endIndex":4},"groundingChunkIndices":[0]}]})"))),
        "started(r,z) text0{ä|bc|cited(u,1,3)} text1{~c2ln} ended(1,) ");
}

TEST(GeminiStream, CitesATextThatIsSigned) {
    EXPECT_EQ(
        told(
            event(chunk(R"([{"text":"a","thoughtSignature":"c2ln"}])")) +
            event(chunk(R"([{"text":"bc","thoughtSignature":"c2ln"}])")) +
            event(chunk(
                R"([{"text":""}])",
                stop +
                    R"(,"groundingMetadata":{"groundingChunks":[{"web":{"uri":"u","title":"t"}}],"groundingSupports":[{"segment":{"startIndex":1,"endIndex":3},"groundingChunkIndices":[0]}]})"))),
        "started(r,z) text0{a|~c2ln} text1{bc|~c2lncited(u,0,2)} ended(1,) ");
}

TEST(GeminiStream, TellsTheSourceOfATextThatHasEnded) {
    const auto said = told(
        event(chunk(R"([{"text":"a"},{"executableCode":{"code":"1"}},{"text":"bc"}])")) +
        event(chunk(
            "[]",
            stop +
                R"(,"groundingMetadata":{"groundingChunks":[{"web":{"uri":"u","title":"t"}}],"groundingSupports":[{"segment":{"startIndex":0,"endIndex":1},"groundingChunkIndices":[0]}]})")));
    EXPECT_NE(said.find("text2{bc|cited(u,-1,-1)} ended(1,) "), std::string::npos) << said;
}

TEST(GeminiStream, EndsWithoutPartsAtTheLimit) {
    EXPECT_EQ(
        told(event(
            R"({"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS","index":0}],"responseId":"r"})")),
        "started(r,) ended(3,) ");
}

TEST(GeminiStream, MakesARefusalOfABlockedPrompt) {
    EXPECT_EQ(told(event(R"({"promptFeedback":{"blockReason":"SAFETY"},"responseId":"r"})")),
              "started(r,) refusal0{The prompt was blocked: SAFETY|} ended(6,SAFETY) ");
}

TEST(GeminiStream, TellsSeveralCandidates) {
    EXPECT_EQ(
        told(
            event(
                R"({"candidates":[{"content":{"parts":[{"text":"b"}]},"index":1},{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}]})") +
            event(
                R"({"candidates":[{"content":{"parts":[{"text":"B"}]},"index":1,"finishReason":"STOP"}]})")),
        "started(,) text0@1{b|text0{a|B|} ended(1,) } ended(1,) ");
}

TEST(GeminiStream, FailsWithTheErrorThatCameInIt) {
    const auto error = R"({"error":{"code":503,"message":"overloaded","status":"UNAVAILABLE"}})"s;
    for (const auto& bad : {error, "[" + error + "]"}) {
        const Streamed streamed({event(chunk(R"([{"text":"a"}])")) + event(bad)});
        EXPECT_EQ(streamed.error.kind, ErrorKind::upstream_refused);
        EXPECT_EQ(streamed.error.status, 503);
        EXPECT_EQ(streamed.error.message, "overloaded");
    }
}

TEST(GeminiStream, FailsWhenItIsCutOff) {
    EXPECT_EQ(Streamed({event(chunk(R"([{"text":"a"}])"))}).error.kind, ErrorKind::upstream_broken);
    EXPECT_EQ(Streamed({""}).error.kind, ErrorKind::upstream_broken);
}

TEST(GeminiStream, PassesOverWhatIsNoResponse) {
    const Streamed streamed({": hello\n\ndata: {\"a\n\ndata: [DONE]\n\n" +
                             event(chunk(R"([{"text":"a"},7,{"new":1}])", stop))});
    EXPECT_EQ(streamed.dropped, 1);
    EXPECT_EQ(streamed.error.message, "");
}

// --- written

struct Written {
    explicit Written(AnswerContext context = {})
        : encoder(dialect().stream_encoder(named(std::move(context)))) {}
    static AnswerContext named(AnswerContext context) {
        context.model = "x";
        context.id = "abc";
        return context;
    }
    // What one event makes the client see: the candidates, without the framing and what is in
    // every response.
    std::string see(const canonical::Event& one) {
        std::string out;
        encoder->encode(one, out);
        return inside(out);
    }
    std::string end() {
        std::string out;
        encoder->finish(out);
        return inside(out);
    }
    static std::string inside(std::string_view out) {
        if (out.empty()) return {};
        const std::string_view begin = R"(data: {"candidates":[)",
                               tail = ",\"modelVersion\":\"x\",\"responseId\":\"abc\"}\n\n";
        EXPECT_TRUE(out.starts_with(begin) && out.ends_with(tail)) << out;
        EXPECT_TRUE(wire::json::is_valid(out.substr(6, out.size() - 8))) << out;
        return std::string(out.substr(begin.size(), out.size() - begin.size() - tail.size()));
    }
    std::unique_ptr<StreamEncoder> encoder;
};

std::string part(const std::string& inside) {
    return R"({"content":{"parts":[)" + inside + R"(],"role":"model"},"index":0}])";
}
std::string last(const std::string& finish = R"("finishReason":"STOP")",
                 const std::string& inside = R"({"text":""})") {
    return R"({"content":{"parts":[)" + inside + R"(],"role":"model"},)" + finish +
           R"(,"index":0}])";
}

TEST(GeminiStreamEncoder, WritesTextAsItComesAndTheEndLast) {
    Written written;
    EXPECT_EQ(written.see(canonical::Started{.id = "u"}), "");
    EXPECT_EQ(written.see(canonical::BlockStarted{}), "");
    EXPECT_EQ(written.see(canonical::BlockDelta{.text = {"a\\n"}}), part(R"({"text":"a\n"})"));
    EXPECT_EQ(written.see(canonical::BlockDelta{}), "");
    EXPECT_EQ(written.see(canonical::BlockEnded{}), "");
    EXPECT_EQ(written.see(canonical::Ended{.ending = {.reason = Finish::length}}), "");
    EXPECT_EQ(
        written.see(canonical::Used{{.prompt = 3, .completion = 2, .total = 5, .is_known = true}}),
        "");
    EXPECT_EQ(
        written.end(),
        last(R"("finishReason":"MAX_TOKENS")") +
            R"(,"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2,"totalTokenCount":5,"promptTokensDetails":[{"modality":"TEXT","tokenCount":3}]})");
}

TEST(GeminiStreamEncoder, WritesCallsOnlyWhole) {
    Written written;
    written.see(canonical::BlockStarted{.kind = BlockKind::tool_call, .call_id = "1", .name = "f"});
    written.see(canonical::BlockStarted{
        .block = 1, .kind = BlockKind::tool_call, .call_id = "2", .name = "g"});
    EXPECT_EQ(written.see(canonical::BlockDelta{.text = {R"({\"a\":)"}}), "");
    EXPECT_EQ(written.see(canonical::BlockDelta{.block = 1, .text = {""}}), "");
    EXPECT_EQ(written.see(canonical::BlockDelta{.text = {R"(\"b\"})"}}), "");
    EXPECT_EQ(written.see(canonical::BlockEnded{}),
              part(R"({"functionCall":{"id":"1","name":"f","args":{"a":"b"}}})"));
    EXPECT_EQ(written.see(canonical::BlockEnded{.block = 1}),
              part(R"({"functionCall":{"id":"2","name":"g","args":{}}})"));
    written.see(canonical::Ended{.ending = {.reason = Finish::tool_calls}});
    EXPECT_EQ(written.end(), last());
}

TEST(GeminiStreamEncoder, SaysWhenArgumentsAreCutOff) {
    Written written;
    written.see(canonical::BlockStarted{.kind = BlockKind::tool_call, .call_id = "1", .name = "f"});
    written.see(canonical::BlockDelta{.text = {R"({\"a\":)"}});
    EXPECT_EQ(written.see(canonical::BlockEnded{}), "");
    EXPECT_NE(written.end().find("MALFORMED_FUNCTION_CALL"), std::string::npos);
}

TEST(GeminiStreamEncoder, SaysThatALimitCutTheArguments) {
    Written written;
    written.see(canonical::BlockStarted{.kind = BlockKind::tool_call, .call_id = "1", .name = "f"});
    written.see(canonical::BlockDelta{.text = {R"({\"a\":)"}});
    written.see(canonical::BlockEnded{});
    written.see(canonical::Ended{.ending = {.reason = Finish::length}});
    const auto end = written.end();
    EXPECT_NE(end.find(R"("finishReason":"MAX_TOKENS","finishMessage":"The arguments of f)"),
              std::string::npos)
        << end;
}

TEST(GeminiStreamEncoder, GuessesTheTypeOfAMediumByItsKind) {
    using canonical::MediaBlock, canonical::MediaKind;
    const auto type_of = [](MediaKind kind, std::string_view data) {
        Written written;
        return written.see(
            canonical::WholeBlock{.content = MediaBlock{.kind = kind, .data = {data}}});
    };
    EXPECT_NE(type_of(MediaKind::audio, "UklGR").find("\"audio/wav\""), std::string::npos);
    EXPECT_NE(type_of(MediaKind::image, "/9j/").find("\"image/jpeg\""), std::string::npos);
}

TEST(GeminiStreamEncoder, SealsThoughtsOfOthersOntoTheNextPart) {
    canonical::ThinkingBlock thinking{.text = {"hmm"}};
    thinking.signature = {.origin = Origin::anthropic, .value = {"c2ln"}};
    for (const bool is_shown : {true, false}) {
        Written written({.wants_thinking = is_shown});
        written.see(canonical::BlockStarted{.kind = BlockKind::thinking});
        EXPECT_EQ(written.see(canonical::BlockDelta{.text = {"h"}}),
                  is_shown ? part(R"({"text":"h","thought":true})") : "");
        written.see(canonical::BlockDelta{.text = {"mm"}});
        written.see(canonical::BlockSigned{.signature = thinking.signature});
        EXPECT_EQ(written.see(canonical::BlockEnded{}), "");
        written.see(canonical::BlockStarted{.block = 1});
        EXPECT_EQ(written.see(canonical::BlockDelta{.block = 1, .text = {"a"}}),
                  part(R"({"text":"a","thoughtSignature":")" + seal(thinking) + "\"}"));
        EXPECT_EQ(written.see(canonical::BlockDelta{.block = 1, .text = {"b"}}),
                  part(R"({"text":"b"})"));
    }
}

TEST(GeminiStreamEncoder, PutsALeftProofOntoTheLastPart) {
    Written written;
    written.see(canonical::BlockStarted{.kind = BlockKind::thinking});
    written.see(canonical::BlockSigned{.signature = {.origin = Origin::gemini, .value = {"c2ln"}}});
    written.see(canonical::BlockEnded{});
    EXPECT_EQ(written.end(),
              last(R"("finishReason":"STOP")", R"({"text":"","thoughtSignature":"c2ln"})"));
}

TEST(GeminiStreamEncoder, EndsEveryCandidateInTheLastResponse) {
    Written written;
    written.see(canonical::BlockStarted{.choice = 1});
    EXPECT_EQ(written.see(canonical::BlockDelta{.choice = 1, .text = {"b"}}),
              R"({"content":{"parts":[{"text":"b"}],"role":"model"},"index":1}])");
    written.see(canonical::BlockStarted{});
    written.see(canonical::Ended{.ending = {.reason = Finish::content_filter}});
    EXPECT_EQ(
        written.end(),
        R"({"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"SAFETY","index":0},)"
        R"({"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP","index":1}])");
}

TEST(GeminiStreamEncoder, FailsWithAnErrorAndNothingElse) {
    std::string out;
    const auto encoder = dialect().stream_encoder({.model = "x"});
    encoder->fail({.kind = ErrorKind::unavailable, .message = "gone"}, out);
    EXPECT_EQ(
        out,
        "data: {\"error\":{\"code\":503,\"message\":\"gone\",\"status\":\"UNAVAILABLE\"}}\n\n");
    out.clear();
    encoder->heartbeat(out);
    EXPECT_EQ(out, "\n");
}

TEST(GeminiStreamEncoder, WritesOneArrayForThoseWhoWantNoEvents) {
    const AnswerContext context{.model = "x", .id = "abc", .is_json_array = true};
    for (const bool is_broken : {false, true}) {
        const auto encoder = dialect().stream_encoder(context);
        std::string out;
        encoder->heartbeat(out);
        encoder->encode(canonical::BlockStarted{}, out);
        encoder->encode(canonical::BlockDelta{.text = {"a"}}, out);
        encoder->heartbeat(out);
        encoder->encode(canonical::BlockDelta{.text = {"b"}}, out);
        if (is_broken) {
            encoder->fail({.kind = ErrorKind::unavailable, .message = "gone"}, out);
        } else {
            encoder->finish(out);
        }
        EXPECT_TRUE(wire::json::is_valid(out)) << out;
        EXPECT_EQ(out.find("data:"), std::string::npos);
    }
}

// --- passed on

struct Relayed {
    explicit Relayed(bool is_array = false)
        : relay(dialect().stream_relay({.model = "x", .is_json_array = is_array})) {}
    std::string see(std::string_view data) {
        const Padded bytes(data);
        std::string out;
        const auto passed = relay->pass({.name = {}, .data = bytes, .has_data = true}, out);
        return passed ? out : "error: " + passed.error().message;
    }
    std::unique_ptr<StreamRelay> relay;
};

TEST(GeminiStreamRelay, RenamesTheModelAndLeavesTheRest) {
    Relayed relayed;
    const auto before =
        R"({ "candidates":[{"content":{"parts":[{"text":"\u00e4","thoughtSignature":"c2ln","new":1}]}}],"modelVersion":)"s;
    const auto behind =
        R"(,"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2,"totalTokenCount":5}})"s;
    EXPECT_EQ(relayed.see(before + R"("z")" + behind),
              "data: " + before + R"("x")" + behind + "\n\n");
    EXPECT_EQ(relayed.relay->usage().total, 5u);
    std::string out;
    EXPECT_EQ(relayed.relay->finish(out).error().kind, ErrorKind::upstream_broken);
    EXPECT_EQ(relayed.see("{\"candidates\":[{\"finishReason\":\n\"STOP\"}]}"),
              "data: {\"candidates\":[{\"finishReason\": \"STOP\"}]}\n\n");
    EXPECT_EQ(relayed.relay->finish_reason(), "STOP");
    EXPECT_TRUE(relayed.relay->finish(out));
    EXPECT_EQ(out, "");
}

TEST(GeminiStreamRelay, FailsWithTheErrorThatCameInIt) {
    EXPECT_EQ(Relayed().see(R"([{"error":{"code":503,"message":"gone"}}])"), "error: gone");
}

TEST(GeminiStreamRelay, DropsWhatNoClientCouldRead) {
    Relayed relayed;
    EXPECT_EQ(relayed.see(R"({"candidates":[)"), "");
    EXPECT_EQ(relayed.relay->dropped(), 1);
}

TEST(GeminiStreamRelay, WritesOneArrayForThoseWhoWantNoEvents) {
    Relayed relayed(true);
    auto out = relayed.see(R"({"promptFeedback":{"blockReason":"SAFETY"},"modelVersion":"z"})");
    relayed.relay->heartbeat(out);
    out += relayed.see(R"({"a":1})");
    EXPECT_TRUE(relayed.relay->finish(out));
    EXPECT_EQ(out,
              "[{\"promptFeedback\":{\"blockReason\":\"SAFETY\"},\"modelVersion\":\"x\"}\n,\r\n{"
              "\"a\":1}]");
}

}  // namespace
}  // namespace router::dialects::gemini
