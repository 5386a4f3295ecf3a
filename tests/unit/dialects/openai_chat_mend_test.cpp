#include "dialects/openai_chat/mend.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "../wire/feeding.hpp"
#include "dialects/openai_chat/answer.hpp"
#include "dialects/openai_chat/stream_relay.hpp"
#include "wire/json.hpp"

namespace router::dialects::openai_chat {
namespace {

using namespace std::string_literals;

constexpr std::string_view head =
    R"("id":"c-1","object":"chat.completion.chunk","created":17,"model":"public")";

// A stream whose client asked for usage, chunk by chunk.
class Stream {
 public:
    // What the client sees of a chunk's data.
    std::string see(std::string_view data) {
        const Padded bytes(data);
        std::string out;
        const auto passed = relay_.pass({.name = {}, .data = bytes, .has_data = true}, out, "acme");
        if (!passed) return "error: " + passed.error().message;
        if (!out.starts_with("data: ") || !out.ends_with("\n\n")) return out;
        out = out.substr(6, out.size() - 8);
        EXPECT_TRUE(wire::json::is_valid(out)) << out;
        return out;
    }
    // What it sees of a choice: the inside of `choices`.
    std::string choice(std::string_view inside) {
        const auto begin = "{" + std::string(head) + ",\"choices\":[";
        const auto out = see(begin + std::string(inside) + "]}");
        if (!out.starts_with(begin)) return out;
        return out.substr(begin.size(), out.size() - begin.size() - 2);
    }
    // What it sees of a delta of the first choice.
    std::string delta(std::string_view inside) {
        const auto out = choice(R"({"index":0,"delta":)" + std::string(inside) + "}");
        const auto begin = R"({"index":0,"delta":)"s;
        return out.starts_with(begin) ? out.substr(begin.size(), out.size() - begin.size() - 1)
                                      : out;
    }
    // The same for a list of calls.
    std::string calls(std::string_view inside) {
        const auto out = delta(R"({"tool_calls":)" + std::string(inside) + "}");
        const auto begin = R"({"tool_calls":)"s;
        return out.starts_with(begin) ? out.substr(begin.size(), out.size() - begin.size() - 1)
                                      : out;
    }
    Stream& begun() {
        delta(R"({"role":"assistant"})");
        return *this;
    }
    std::string end() {
        std::string out;
        relay_.finish(out);
        return out;
    }
    const StreamRelay& relay() const { return relay_; }

 private:
    StreamRelay relay_{"public", true, "own", 99};
};

std::string begun_call(std::string_view name = "f") {
    return R"([{"index":0,"id":"call_1","type":"function","function":{"name":")" +
           std::string(name) + R"(","arguments":""}}])";
}

// The head of a chunk

TEST(MendedChunk, HasAHeadWhereTheUpstreamSendsNone) {
    Stream stream;
    EXPECT_EQ(
        stream.see(R"({"choices":[{"index":0,"delta":{"role":"assistant"}}]})"),
        R"({"id":"chatcmpl-own","object":"chat.completion.chunk","created":99,"model":"public","choices":[{"index":0,"delta":{"role":"assistant"}}]})");
}

TEST(MendedChunk, TakesWhatEarlierChunksSaidForItsHead) {
    Stream stream;
    stream.begun();
    const auto choices = R"("choices":[{"index":0,"delta":{"content":"a"}}])"s;
    EXPECT_EQ(stream.see("{" + choices + "}"), "{" + std::string(head) + "," + choices + "}");
    EXPECT_EQ(stream.see(R"({"id":null,"model":null,"object":"","created":null,)" + choices + "}"),
              R"({"id":"c-1","model":"public","object":"chat.completion.chunk","created":17,)" +
                  choices + "}");
    EXPECT_EQ(
        stream.see(R"({"event":1,"created":18,)" + choices + R"(,"object":"chat.completion"})"),
        R"({"id":"c-1","model":"public","created":18,)" + choices +
            R"(,"object":"chat.completion.chunk"})");
}

TEST(MendedChunk, OfTheOldCompletionsIsCalledOtherwise) {
    Stream stream;
    EXPECT_EQ(
        stream.see(R"({"id":"1","created":1,"model":"m","choices":[{"index":0,"text":"a"}]})"),
        R"({"object":"text_completion","id":"1","created":1,"model":"public","choices":[{"index":0,"text":"a"}]})");
}

TEST(MendedChunk, WithoutAChoiceKeepsItsHead) {
    const auto chunk =
        R"({"id":"","object":"","created":0,"choices":[],"prompt_filter_results":[]})"s;
    EXPECT_EQ(Stream().see(chunk), chunk);
}

// Choices

TEST(MendedChoice, HasAnIndex) {
    Stream stream;
    EXPECT_EQ(stream.choice(R"({"delta":{"role":"assistant"}})"),
              R"({"delta":{"role":"assistant"},"index":0})");
    EXPECT_EQ(stream.choice(R"({"index":"0","delta":{"content":"a"}})"),
              R"({"index":0,"delta":{"content":"a"}})");
    EXPECT_EQ(stream.choice(R"({"index":0.0,"delta":{"content":"a"}})"),
              R"({"index":0,"delta":{"content":"a"}})");
}

TEST(MendedChoice, TellsItsRoleOnceAndAtFirst) {
    Stream stream;
    EXPECT_EQ(stream.delta(R"({"content":"a"})"), R"({"content":"a","role":"assistant"})");
    EXPECT_EQ(stream.delta(R"({"role":"assistant","content":"b"})"), R"({"content":"b"})");
    EXPECT_EQ(stream.choice(R"({"index":1,"delta":{"role":"","content":"c"}})"),
              R"({"index":1,"delta":{"role":"assistant","content":"c"}})");
    EXPECT_EQ(stream.delta(R"({"role":null,"content":"d"})"), R"({"role":null,"content":"d"})");
}

TEST(MendedChoice, HasADelta) {
    Stream stream;
    EXPECT_EQ(stream.choice(R"({"index":0})"), R"({"index":0,"delta":{"role":"assistant"}})");
    EXPECT_EQ(stream.choice(R"({"index":0,"message":{"content":"a"},"x":1.50})"),
              R"({"index":0,"x":1.50,"delta":{"content":"a"}})");
    EXPECT_EQ(stream.choice(R"({"index":0,"delta":null})"), R"({"index":0,"delta":{}})");
}

TEST(MendedChoice, ThatFailedIsAnError) {
    Stream stream;
    EXPECT_EQ(
        stream.begun()
            .choice(
                R"({"index":0,"delta":{},"finish_reason":"error","error":{"code":502,"message":"gone"}})")
            .substr(0, 6),
        "error:");
}

// Content and thoughts

TEST(MendedContent, IsTextAndTheThoughtsThatWereInIt) {
    Stream stream;
    stream.begun();
    EXPECT_EQ(
        stream.delta(
            R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"H\u006d"},{"type":"text","text":"."}]}]})"),
        R"({"content":null,"reasoning_content":"H\u006d."})");
    EXPECT_EQ(stream.delta(R"({"content":[{"type":"text","text":"a\n"},"b",{"type":"x"}]})"),
              R"({"content":"a\nb"})");
    EXPECT_EQ(stream.delta(R"({"content":{"type":"text","text":"c"}})"), R"({"content":"c"})");
    EXPECT_EQ(stream.delta(R"({"content":null})"), R"({"content":null})");
    EXPECT_EQ(
        stream.delta(
            R"({"content":[{"type":"text","text":"é"},{"type":"tool_reference","title":"A","url":"https://a"}]})"),
        R"({"content":"é","annotations":[{"type":"url_citation","url_citation":{"start_index":0,"end_index":1,"url":"https://a","title":"A"}}]})");
}

TEST(MendedThoughts, AreReasoningContentBesideWhatTheyWereCalled) {
    Stream stream;
    stream.begun();
    EXPECT_EQ(stream.delta(R"({"reasoning":"hm","content":null})"),
              R"({"reasoning":"hm","content":null,"reasoning_content":"hm"})");
    EXPECT_EQ(stream.delta(R"({"reasoning_text":"hm"})"),
              R"({"reasoning_text":"hm","reasoning_content":"hm"})");
    EXPECT_EQ(stream.delta(R"({"reasoning_content":null,"reasoning":"hm"})"),
              R"({"reasoning_content":"hm","reasoning":"hm"})");
    EXPECT_EQ(stream.delta(R"({"reasoning_content":"a","reasoning":"b"})"),
              R"({"reasoning_content":"a","reasoning":"b"})");
    EXPECT_EQ(stream.delta(R"({"reasoning":"","content":"a"})"),
              R"({"reasoning":"","content":"a"})");
}

TEST(MendedThoughts, AreTakenFromDetailsThatGetAnIndex) {
    Stream stream;
    stream.begun();
    EXPECT_EQ(stream.delta(R"({"reasoning_details":[{"type":"reasoning.text","text":"a"}]})"),
              R"({"reasoning_details":[{"type":"reasoning.text","text":"a","index":0}],)"
              R"("reasoning_content":"a"})");
    const auto index_of = [&](const std::string& entry) {
        const auto out = stream.delta(R"({"reasoning_details":[)" + entry + "]}");
        return out.substr(out.find("\"index\":"), 9);
    };
    EXPECT_EQ(index_of(R"({"type":"reasoning.text","text":"b"})"), R"("index":0)");
    EXPECT_EQ(index_of(R"({"type":"reasoning.text","signature":"s"})"), R"("index":0)");
    EXPECT_EQ(index_of(R"({"type":"reasoning.text","text":"c"})"), R"("index":1)");
    EXPECT_EQ(index_of(R"({"type":"reasoning.encrypted","data":"d"})"), R"("index":2)");
    EXPECT_EQ(index_of(R"({"type":"reasoning.encrypted","data":"e"})"), R"("index":3)");
    EXPECT_EQ(index_of(R"({"type":"reasoning.text","text":"f","index":7})"), R"("index":7)");
}

TEST(MendedLists, AreNumberedWhereAnotherOneCameBefore) {
    Stream stream;
    stream.begun();
    const auto first = R"({"annotations":[{"type":"url_citation"},{"type":"url_citation"}]})"s;
    EXPECT_EQ(stream.delta(first), first);
    EXPECT_EQ(stream.delta(R"({"annotations":[{"type":"url_citation"}]})"),
              R"({"annotations":[{"type":"url_citation","index":2}]})");
    const auto words = R"({"words":["a","b"]})"s;
    EXPECT_EQ(stream.delta(words), words);
    EXPECT_EQ(stream.delta(words), words);
}

// Calls

TEST(MendedCalls, BeginWithAllThatTheyNeed) {
    Stream stream;
    stream.begun();
    EXPECT_EQ(
        stream.calls(R"([{"id":"c","function":{"name":"f","arguments":"{\"a\":1}"}}])"),
        R"([{"id":"c","function":{"name":"f","arguments":"{\"a\":1}"},"type":"function","index":0}])");
    const auto second = stream.calls(R"([{"function":{"name":"g"},"id":null}])");
    EXPECT_TRUE(second.starts_with(R"([{"function":{"name":"g","arguments":""},"id":"call_)"))
        << second;
    EXPECT_TRUE(second.ends_with(R"(","type":"function","index":1}])")) << second;
}

TEST(MendedCalls, GoOnAsTheyCameWhereTheyAreOpenAisOwn) {
    Stream stream;
    stream.begun();
    EXPECT_EQ(stream.calls(begun_call()), begun_call());
    const auto rest = R"([ {"index":0,"function":{"arguments":"{}"}} ])"s;
    EXPECT_EQ(stream.calls(rest), rest);
    EXPECT_EQ(stream.calls(rest), rest);
}

TEST(MendedCalls, SayNothingTwice) {
    Stream stream;
    stream.begun();
    stream.calls(begun_call());
    EXPECT_EQ(
        stream.calls(
            R"([{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":"{"}}])"),
        R"([{"index":0,"type":"function","function":{"arguments":"{"}}])");
    EXPECT_EQ(stream.calls(R"([{"index":0,"id":"","function":{"name":"","arguments":"}"}}])"),
              R"([{"index":0,"function":{"arguments":"}"}}])");
    EXPECT_EQ(stream.calls(R"([{"id":"call_1"}])"), R"([{"function":{},"index":0}])");
}

TEST(MendedCalls, AreNumberedFromNoughtHoweverTheUpstreamCounts) {
    Stream stream;
    stream.begun();
    const auto call = [](const std::string& index, const std::string& id) {
        return R"([{"index":)" + index + R"(,"id":")" + id +
               R"(","type":"function","function":{"name":"f","arguments":"{}"}}])";
    };
    EXPECT_EQ(stream.calls(call("1", "a")), call("0", "a"));
    EXPECT_EQ(stream.calls(call("\"2\"", "b")), call("1", "b"));
    EXPECT_EQ(stream.calls(call("3.0", "c")), call("2", "c"));
    EXPECT_EQ(stream.calls(call("3", "d")), call("3", "d"));  // one index for two calls
    EXPECT_EQ(stream.calls(R"([{"index":3,"function":{"arguments":"x"}}])"),
              R"([{"index":3,"function":{"arguments":"x"}}])");
    EXPECT_EQ(stream.calls(R"([{"index":1,"function":{"arguments":"x"}}])"),
              R"([{"index":0,"function":{"arguments":"x"}}])");
}

TEST(MendedCalls, GoOnInTheirOrderWhereFragmentsNameNone) {
    Stream stream;
    stream.begun();
    stream.calls(
        R"([{"id":"a","type":"function","function":{"name":"f","arguments":""}},{"id":"b","type":"function","function":{"name":"g","arguments":""}}])");
    EXPECT_EQ(
        stream.calls(R"([{"function":{"arguments":"x"}},{"function":{"arguments":"y"}}])"),
        R"([{"function":{"arguments":"x"},"index":0},{"function":{"arguments":"y"},"index":1}])");
    EXPECT_EQ(stream.calls(R"([{"function":{"arguments":"z"}}])"),
              R"([{"function":{"arguments":"z"},"index":1}])");
}

TEST(MendedCalls, ThatAreAllCalledNullHaveIdsOfTheirOwn) {
    Stream stream;
    const auto out = stream.begun().calls(
        R"([{"id":"null","function":{"name":"f","arguments":"{}"}},{"id":"null","function":{"name":"f","arguments":"{}"}}])");
    EXPECT_EQ(out.find("null"), std::string::npos) << out;
    EXPECT_NE(out.find(R"("index":1)"), std::string::npos) << out;
}

TEST(MendedCalls, HaveTheirArgumentsAsText) {
    Stream stream;
    stream.begun();
    EXPECT_EQ(
        stream.calls(
            R"([{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":{"b":[1.0,"c\n"]}}}])"),
        R"([{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{\"b\":[1.0,\"c\\n\"]}"}}])");
    EXPECT_EQ(
        stream.calls(
            R"([{"index":1,"id":"b","type":"function","function":{"name":"f","arguments":null}}])"),
        R"([{"index":1,"id":"b","type":"function","function":{"name":"f","arguments":""}}])");
}

TEST(MendedCalls, ThatStandAloneAreAList) {
    EXPECT_EQ(
        Stream().begun().calls(
            R"({"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{}"}})"),
        R"([{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}])");
}

TEST(MendedCalls, OfFreeTextKeepTheirInput) {
    Stream stream;
    stream.begun();
    const auto call = R"([{"index":0,"id":"a","type":"custom","custom":{"name":"f","input":""}}])"s;
    EXPECT_EQ(stream.calls(call), call);
    EXPECT_EQ(stream.calls(R"([{"index":0,"custom":{"input":"x"}}])"),
              R"([{"index":0,"custom":{"input":"x"}}])");
    EXPECT_EQ(stream.choice(R"({"index":0,"delta":{},"finish_reason":"tool_calls"})"),
              R"({"index":0,"delta":{},"finish_reason":"tool_calls"})");
}

TEST(MendedCalls, WithoutArgumentsHaveEmptyOnes) {
    Stream stream;
    stream.begun();
    stream.calls(begun_call());
    EXPECT_EQ(
        stream.choice(R"({"index":0,"delta":{},"finish_reason":"tool_calls"})"),
        R"({"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]},"finish_reason":"tool_calls"})");
}

// The finish

TEST(MendedFinish, IsAWordOfOpenAis) {
    for (const auto& [word, said] : {std::pair("model_length", "length"),
                                     {"error", "stop"},
                                     {"eos", "stop"},
                                     {"quokka", "stop"}}) {
        Stream stream;
        EXPECT_EQ(
            stream.begun().choice(R"({"index":0,"delta":{},"finish_reason":")"s + word + "\"}"),
            R"({"index":0,"delta":{},"finish_reason":")"s + said + R"(","native_finish_reason":")" +
                word + "\"}");
        EXPECT_EQ(stream.relay().finish_reason(), said);
    }
}

TEST(MendedFinish, ThatIsEmptyIsNone) {
    Stream stream;
    EXPECT_EQ(stream.begun().choice(R"({"index":0,"delta":{},"finish_reason":""})"),
              R"({"index":0,"delta":{},"finish_reason":null})");
    EXPECT_FALSE(stream.relay().has_finished());
}

TEST(MendedFinish, IsToolCallsWhereThereAreSome) {
    Stream stream;
    stream.begun();
    stream.calls(
        R"([{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}])");
    EXPECT_EQ(stream.choice(R"({"index":0,"delta":{},"finish_reason":"stop"})"),
              R"({"index":0,"delta":{},"finish_reason":"tool_calls"})");
    EXPECT_EQ(stream.relay().finish_reason(), "tool_calls");
}

TEST(MendedFinish, ThatWasForgottenIsPutIn) {
    Stream stream;
    stream.begun();
    stream.calls(begun_call());
    stream.choice(R"({"index":1,"delta":{"role":"assistant","content":"a"}})");
    stream.see("[DONE]");
    EXPECT_EQ(
        stream.end(),
        "data: {" + std::string(head) +
            R"(,"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]},"finish_reason":"tool_calls"},{"index":1,"delta":{},"finish_reason":"stop"}]})"
            "\n\ndata: [DONE]\n\n");
}

TEST(MendedFinish, OfAStreamThatBrokeOffIsNotMadeUp) {
    Stream stream;
    stream.begun();
    stream.choice(R"({"index":1,"delta":{"role":"assistant"},"finish_reason":"stop"})");
    EXPECT_EQ(stream.end(), "data: [DONE]\n\n");
}

// Usage

std::string usage_at_the_end(const std::string& usage) {
    Stream stream;
    stream.begun();
    stream.see(R"({"choices":[],"usage":)" + usage + "}");
    auto out = stream.end();
    const auto begin = out.find("\"usage\":") + 8;
    return out.substr(begin, out.find("}\n\n") - begin);
}

TEST(MendedUsage, CountsReasoningAsPartOfTheCompletion) {
    EXPECT_EQ(
        usage_at_the_end(
            R"({"prompt_tokens":12,"completion_tokens":2,"total_tokens":354,"completion_tokens_details":{"reasoning_tokens":340},"cost_in_usd_ticks":1e3})"),
        R"({"prompt_tokens":12,"completion_tokens":342,"total_tokens":354,"completion_tokens_details":{"reasoning_tokens":340},"cost_in_usd_ticks":1e3})");
}

TEST(MendedUsage, HasInItsDetailsWhatStandsElsewhere) {
    EXPECT_EQ(
        usage_at_the_end(
            R"({"prompt_tokens":12,"completion_tokens":2,"total_tokens":14,"prompt_cache_hit_tokens":8,"completion_tokens_details":null,"reasoning_tokens":1})"),
        R"({"prompt_tokens":12,"completion_tokens":2,"total_tokens":14,"prompt_cache_hit_tokens":8,"completion_tokens_details":{"reasoning_tokens":1},"reasoning_tokens":1,"prompt_tokens_details":{"cached_tokens":8}})");
}

TEST(MendedUsage, HasATotal) {
    EXPECT_EQ(usage_at_the_end(R"({"prompt_tokens":12,"completion_tokens":2})"),
              R"({"prompt_tokens":12,"completion_tokens":2,"total_tokens":14})");
}

TEST(MendedUsage, StaysAsItIsWhereItIsOpenAisOwn) {
    const auto usage =
        R"({ "prompt_tokens":12,"completion_tokens":2,"total_tokens":14,"prompt_tokens_details":{"cached_tokens":8},"completion_tokens_details":{"reasoning_tokens":1}})"s;
    EXPECT_EQ(usage_at_the_end(usage), usage);
}

TEST(MendedUsage, IsFoundWhereverItStands) {
    const auto usage = R"({"prompt_tokens":1,"completion_tokens":2,"total_tokens":3})"s;
    Stream groq;
    groq.begun().see(R"({"choices":[],"x_groq":{"id":"r","usage":)" + usage + "}}");
    EXPECT_NE(groq.end().find("\"usage\":" + usage), std::string::npos);
    Stream moonshot;
    moonshot.begun().choice(R"({"index":0,"delta":{},"finish_reason":"stop","usage":)" + usage +
                            "}");
    EXPECT_NE(moonshot.end().find("\"usage\":" + usage), std::string::npos);
    EXPECT_EQ(moonshot.relay().usage().total, 3U);
}

TEST(MendedUsage, OfTheChunkGoesBeforeAnyOther) {
    Stream stream;
    stream.begun().see(
        R"({"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3},"x_groq":{"usage":{"prompt_tokens":9}}})");
    stream.see(R"({"choices":[],"x_groq":{"usage":{"prompt_tokens":9}}})");
    EXPECT_EQ(stream.relay().usage().total, 3U);
}

// Whole answers

std::string whole(std::string_view body) {
    const Padded bytes(body);
    const auto answer = read_answer(bytes);
    EXPECT_TRUE(answer.is_object);
    return answer.is_odd ? mended_answer(bytes) : "";
}

std::string whole_with(std::string_view choice) {
    return whole(R"({"id":"c-1","object":"chat.completion","created":1,"model":"m","choices":[)" +
                 std::string(choice) + "]}");
}

TEST(MendedAnswer, IsNoneWhereItIsOpenAisOwn) {
    EXPECT_EQ(
        whole_with(
            R"({"index":0,"message":{"role":"assistant","content":null,"refusal":null,"annotations":[],"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]},"logprobs":null,"finish_reason":"tool_calls"})"),
        "");
    EXPECT_EQ(whole(R"({"object":"list","data":[],"usage":{"prompt_tokens":1,"total_tokens":1}})"),
              "");
}

TEST(MendedAnswer, SaysWhatTheServersListsSaid) {
    EXPECT_EQ(
        whole(
            R"({ "id":"c-1","object":"chat.completion","created":1.0,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]},{"type":"text","text":"Hi"}],"x":1e2},"finish_reason":"model_length"}]})"),
        R"({"id":"c-1","object":"chat.completion","created":1.0,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","x":1e2,"reasoning_content":"Hm."},"finish_reason":"length","native_finish_reason":"model_length"}]})");
}

TEST(MendedAnswer, HasCallsAsTheSdksWantThem) {
    const auto out = whole_with(
        R"({"message":{"role":"assistant","reasoning":"hm","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}},{"id":"b","type":"function","function":{"name":"g"}}]},"finish_reason":"stop"})");
    EXPECT_NE(out.find(R"("function":{"name":"f","arguments":"{\"a\":1}"},"id":"call_)"),
              std::string::npos)
        << out;
    EXPECT_NE(out.find(R"({"id":"b","type":"function","function":{"name":"g","arguments":"{}"}})"),
              std::string::npos)
        << out;
    EXPECT_NE(out.find(R"("reasoning_content":"hm"},"finish_reason":"tool_calls","index":0})"),
              std::string::npos)
        << out;
}

TEST(MendedAnswer, HasOneChoiceWhereTextAndCallsAreToldApart) {
    const auto out = whole_with(
        R"({"finish_reason":"stop","message":{"role":"assistant","content":"Let me."}},{"finish_reason":"tool_calls","message":{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}},{"finish_reason":"tool_calls","message":{"role":"assistant","content":null,"tool_calls":[{"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]}})");
    EXPECT_NE(
        out.find(
            R"("choices":[{"finish_reason":"tool_calls","message":{"role":"assistant","content":"Let me.","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]},"index":0}])"),
        std::string::npos)
        << out;
    const auto apart = whole_with(
        R"({"finish_reason":"stop","message":{"role":"assistant","content":"A"}},{"finish_reason":"stop","message":{"role":"assistant","content":"B"}})");
    EXPECT_NE(apart.find(R"("content":"B"},"index":1}])"), std::string::npos) << apart;
}

TEST(MendedAnswer, HasAHead) {
    const auto out = whole(
        R"({"choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}]})");
    EXPECT_TRUE(out.starts_with(R"({"id":"chatcmpl-)")) << out;
    EXPECT_NE(out.find(R"(,"object":"chat.completion","model":")"), std::string::npos) << out;
}

TEST(MendedAnswer, ReckonsItsUsageAsOpenAiDoes) {
    const auto answer = [](const std::string& usage) {
        return R"({"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}],"usage":)" +
               usage + "}";
    };
    EXPECT_EQ(
        whole(answer(
            R"({"prompt_tokens":1,"completion_tokens":2,"total_tokens":6,"completion_tokens_details":{"reasoning_tokens":3}})")),
        answer(
            R"({"prompt_tokens":1,"completion_tokens":5,"total_tokens":6,"completion_tokens_details":{"reasoning_tokens":3}})"));
    EXPECT_EQ(
        whole(answer(
            R"({"prompt_tokens":1,"completion_tokens":5,"total_tokens":6,"completion_tokens_details":{"reasoning_tokens":3}})")),
        "");
}

}  // namespace
}  // namespace router::dialects::openai_chat
