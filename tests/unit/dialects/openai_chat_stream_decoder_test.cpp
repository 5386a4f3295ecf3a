#include "openai_chat_fixture.hpp"

namespace router::dialects::openai_chat {
namespace {

using canonical::Finish;

std::string end(Finish finish) { return "end 0 " + std::to_string(static_cast<int>(finish)); }
const std::string started = "started c-1 up\n";

TEST(ChatStreamDecoder, TellsATextAndItsUsage) {
    const auto said = told(
        sse(R"({"id":"","model":"","created":0,"choices":[],"prompt_filter_results":[]})") +
        ": comment\n\n" + chunk(R"({"role":"assistant","content":"","refusal":null})") +
        chunk(R"({"content":"Hel"})") + chunk(R"({"content":"lo\n"})") + chunk("{}", "\"stop\"") +
        sse(R"({"id":"c-1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})") +
        done);
    EXPECT_EQ(said.text,
              started + "0 text\n0 + Hel\n0 + lo\\n\n0 ended\n" + end(Finish::stop) + "\n");
    EXPECT_EQ(said.usage.prompt, 3U);
    EXPECT_EQ(said.usage.completion, 2U);
}

TEST(ChatStreamDecoder, TellsThoughtsBeforeTheText) {
    const auto expected = started + "0 thinking\n0 + A\n0 + B\n0 ended\n1 text\n1 + C\n1 ended\n" +
                          end(Finish::stop) + "\n";
    for (const std::string field :
         {"reasoning_content", "reasoning", "thinking", "reasoning_text"}) {
        const auto thought = [&](const std::string& text) {
            return chunk(R"({"content":null,")" + field + R"(":")" + text + "\"}");
        };
        EXPECT_EQ(told(thought("A") + thought("B") +
                       chunk(R"({"content":"C","reasoning_content":null})", "\"stop\"") + done)
                      .text,
                  expected);
    }
    EXPECT_EQ(
        told(chunk(R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"A"}]}]})") +
             chunk(R"({"content":[{"type":"thinking","thinking":[{"type":"text","text":"B"}]}]})") +
             chunk(R"({"content":[{"type":"text","text":"C"}]})", "\"stop\"") + done)
            .text,
        expected);
}

TEST(ChatStreamDecoder, TellsCallsInFragments) {
    const auto said = told(
        chunk(
            R"({"role":"assistant","tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}]})") +
        chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"{\"x\":"}}]})") +
        chunk(R"({"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]})") +
        chunk(
            R"({"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{}"}}]})") +
        chunk("{}", "\"tool_calls\"") + done);
    EXPECT_EQ(said.text, started +
                             "0 call a f\n0 + {\\\"x\\\":\n0 + 1}\n0 ended\n1 call b g\n1 + {}\n1 "
                             "ended\n" +
                             end(Finish::tool_calls) + "\n");
}

TEST(ChatStreamDecoder, TellsInterleavedCalls) {
    const auto said = told(
        chunk(
            R"({"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}},{"index":1,"id":"b","function":{"name":"g","arguments":"{"}}]})") +
        chunk(
            R"({"tool_calls":[{"index":0,"function":{"arguments":"}"}},{"index":1,"function":{"arguments":"}"}}]})",
            "\"stop\""));
    EXPECT_EQ(said.text,
              started + "0 call a f\n0 + {\n1 call b g\n1 + {\n0 + }\n1 + }\n0 ended\n1 ended\n" +
                  end(Finish::tool_calls) + "\n");
}

// Mistral: no index, no type, an empty name in a later fragment.
TEST(ChatStreamDecoder, TellsCallsWithoutIndexAndType) {
    const auto said = told(
        chunk(
            R"({"tool_calls":[{"id":"a","function":{"name":"f","arguments":""}}],"content":""})") +
        chunk(
            R"({"tool_calls":[{"type":"function","function":{"name":"","arguments":"{\"q\":1}"}}]})") +
        chunk(
            R"({"tool_calls":[{"id":"b","function":{"name":"f","arguments":"{}"}},{"id":"c","function":{"name":"f","arguments":"{}"}}]})",
            "\"tool_calls\"") +
        done);
    EXPECT_EQ(said.text, started +
                             "0 call a f\n0 + {\\\"q\\\":1}\n0 ended\n1 call b f\n1 + {}\n1 "
                             "ended\n2 call c f\n2 + {}\n2 ended\n" +
                             end(Finish::tool_calls) + "\n");
}

TEST(ChatStreamDecoder, GivesFragmentsThatNameNoCallToTheCallsInTheirOrder) {
    const auto said = told(
        chunk(
            R"({"tool_calls":[{"id":"a","function":{"name":"f","arguments":""}},{"id":"b","function":{"name":"g","arguments":""}}]})") +
        chunk(
            R"({"tool_calls":[{"function":{"arguments":"{\"x\":"}},{"function":{"arguments":"{\"y\":"}}]})") +
        chunk(R"({"tool_calls":[{"function":{"arguments":"1}"}},{"function":{"arguments":"2}"}}]})",
              "\"tool_calls\"") +
        done);
    EXPECT_EQ(said.text, started +
                             "0 call a f\n1 call b g\n0 + {\\\"x\\\":\n1 + {\\\"y\\\":\n"
                             "0 + 1}\n1 + 2}\n0 ended\n1 ended\n" +
                             end(Finish::tool_calls) + "\n");
}

TEST(ChatStreamDecoder, TellsSeveralCallsOfOneIndexApart) {
    const auto said = told(
        chunk(R"({"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]})") +
        chunk(
            R"({"tool_calls":[{"index":0,"id":"b","function":{"name":"f","arguments":"{\"y\":2}"}}]})",
            "\"stop\"") +
        done);
    EXPECT_EQ(said.text,
              started + "0 call a f\n0 + {}\n0 ended\n1 call b f\n1 + {\\\"y\\\":2}\n1 ended\n" +
                  end(Finish::tool_calls) + "\n");
}

TEST(ChatStreamDecoder, PassesOverRepeatedIds) {
    const auto said = told(
        chunk(R"({"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}]})") +
        chunk(R"({"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"}"}}]})",
              "\"tool_calls\"") +
        done);
    EXPECT_EQ(said.text,
              started + "0 call a f\n0 + {\n0 + }\n0 ended\n" + end(Finish::tool_calls) + "\n");
}

TEST(ChatStreamDecoder, MakesAnIdForACallWithoutOne) {
    const auto said = told(chunk(R"({"function_call":{"name":"f","arguments":""}})") +
                           chunk(R"({"function_call":{"arguments":"{}"}})") +
                           chunk("{}", "\"function_call\"") + done);
    EXPECT_EQ(said.text,
              started + "0 call call_c1n0 f\n0 + {}\n0 ended\n" + end(Finish::tool_calls) + "\n");
}

TEST(ChatStreamDecoder, MakesAnIdWhereTwoCallsHaveOne) {
    const auto calls = [](const std::string& first, const std::string& second) {
        return told(chunk(R"({"tool_calls":[{)" + first +
                              R"("function":{"name":"f","arguments":"{}"}},{)" + second +
                              R"("function":{"name":"f","arguments":"{}"}}]})",
                          "\"tool_calls\"") +
                    done)
            .text;
    };
    const auto expected = [](const std::string& first) {
        return started + "0 call " + first +
               " f\n0 + {}\n0 ended\n1 call call_c1n1 f\n1 + {}\n1 ended\n" +
               end(Finish::tool_calls) + "\n";
    };
    EXPECT_EQ(calls(R"("index":0,"id":"a",)", R"("index":1,"id":"a",)"), expected("a"));
    EXPECT_EQ(calls(R"("id":"null",)", R"("id":"null",)"), expected("call_c1n0"));
}

TEST(ChatStreamDecoder, HoldsArgumentsUntilTheNameComes) {
    const auto said =
        told(chunk(R"({"tool_calls":[{"index":0,"id":"a","function":{"arguments":"{"}}]})") +
             chunk(R"({"tool_calls":[{"index":0,"function":{"name":"f","arguments":"}"}}]})",
                   "\"stop\""));
    EXPECT_EQ(said.text,
              started + "0 call a f\n0 + {\n0 + }\n0 ended\n" + end(Finish::tool_calls) + "\n");
}

TEST(ChatStreamDecoder, TellsCustomCallsAndArgumentsThatAreObjects) {
    const auto said = told(
        chunk(
            R"({"tool_calls":[{"index":0,"id":"a","type":"custom","custom":{"name":"f","input":"x"}}]})") +
        chunk(R"({"tool_calls":[{"index":0,"custom":{"input":"{}"}}]})") +
        chunk(
            R"({"tool_calls":[{"index":1,"id":"b","function":{"name":"g","arguments":{"a": "b"}}}]})",
            "\"tool_calls\""));
    EXPECT_EQ(said.text, started +
                             "0 call custom a f\n0 + x\n0 + {}\n0 ended\n1 call b g\n1 + "
                             "{\\\"a\\\": \\\"b\\\"}\n1 ended\n" +
                             end(Finish::tool_calls) + "\n");
}

// OpenRouter

TEST(ChatStreamDecoder, TakesProofsFromReasoningDetails) {
    const auto said = told(
        chunk(
            R"({"content":"","reasoning":"A","reasoning_details":[{"type":"reasoning.text","text":"A","format":"anthropic-claude-v1","index":0}]})") +
        chunk(
            R"({"reasoning":"B","reasoning_details":[{"type":"reasoning.text","text":"B","format":"anthropic-claude-v1","index":0}]})") +
        chunk(
            R"({"reasoning_details":[{"type":"reasoning.text","signature":"SIG","format":"anthropic-claude-v1","index":0}]})") +
        chunk(
            R"({"reasoning_details":[{"type":"reasoning.encrypted","data":"RED","format":"anthropic-claude-v1","index":1}]})") +
        chunk(R"({"content":"C"})", "\"stop\"") + done);
    EXPECT_EQ(said.text, started +
                             "0 thinking\n0 + A\n0 + B\n0 signed 1 SIG\n0 ended\n1 thinking "
                             "redacted\n1 signed 1 RED\n1 ended\n2 text\n2 + C\n2 ended\n" +
                             end(Finish::stop) + "\n");
}

TEST(ChatStreamDecoder, TakesProofsFromThinkingBlocks) {
    const auto said = told(
        chunk(
            R"({"content":"","reasoning_content":"A","thinking_blocks":[{"type":"thinking","thinking":"A","signature":""}]})") +
        chunk(
            R"({"reasoning_content":"","thinking_blocks":[{"type":"thinking","thinking":"","signature":"SIG"}]})") +
        chunk(R"({"thinking_blocks":[{"type":"redacted_thinking","data":"RED"}]})") +
        chunk(R"({"content":"C"})", "\"stop\"") + done);
    EXPECT_EQ(said.text, started +
                             "0 thinking\n0 + A\n0 signed 1 SIG\n0 ended\n1 thinking "
                             "redacted\n1 signed 1 RED\n1 ended\n2 text\n2 + C\n2 ended\n" +
                             end(Finish::stop) + "\n");
}

TEST(ChatStreamDecoder, GivesGeminisProofsToTheirCalls) {
    const auto call =
        R"("tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":"{}"}}])";
    const auto proof =
        R"("reasoning_details":[{"type":"reasoning.encrypted","data":"G","id":"t","format":"google-gemini-v1","index":0}])";
    const auto expected =
        started + "0 call t f\n0 signed 2 G\n0 + {}\n0 ended\n" + end(Finish::tool_calls) + "\n";
    const auto object = [](std::string members) { return "{" + members + "}"; };
    EXPECT_EQ(told(chunk(object(proof)) + chunk(object(call), "\"stop\"")).text, expected);
    EXPECT_EQ(
        told(
            chunk(
                R"({"tool_calls":[{"index":0,"id":"t","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"G"}}}]})",
                "\"stop\""))
            .text,
        expected);
    EXPECT_EQ(
        told(
            chunk(
                R"({"content":"x","reasoning_details":[{"type":"reasoning.encrypted","data":"G","format":"google-gemini-v1","index":0}]})",
                "\"stop\""))
            .text,
        started + "0 text\n0 + x\n0 signed 2 G\n0 ended\n" + end(Finish::stop) + "\n");
}

TEST(ChatStreamDecoder, EndsWithTheErrorThatTheUpstreamSent) {
    const auto part = started + "0 text\n0 + x\n";
    const auto x = chunk(R"({"content":"x"})");
    EXPECT_EQ(
        told(
            x +
            sse(R"({"error":{"code":502,"message":"gone"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]})") +
            done)
            .text,
        part + "error: gone\n");
    EXPECT_EQ(told(x + "event: error\ndata: {\"error\":{\"message\":\"bad call\"}}\n\n").text,
              part + "error: bad call\n");
    EXPECT_EQ(told(x + "event: error\ndata: {\"message\":\"bare\"}\n\n").text,
              part + "error: bare\n");
    EXPECT_EQ(told(x + sse(R"([{"error":{"code":429,"message":"listed"}}])")).text,
              part + "error: listed\n");
    EXPECT_EQ(told(x + sse(R"({"object":"error","message":"died","code":500})") + done).text,
              part + "error: died\n");
    EXPECT_EQ(
        told(x + sse(R"({"error":null,"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"))
            .text,
        part + "0 ended\n" + end(Finish::stop) + "\n");
}

TEST(ChatStreamDecoder, IsBrokenWithoutAnEnd) {
    const std::string broken =
        "error: The provider's stream ended before its answer was finished.\n";
    EXPECT_EQ(told("").text, broken);
    EXPECT_EQ(told(done).text, broken);
    EXPECT_EQ(told(chunk(R"({"content":"x"})")).text, started + "0 text\n0 + x\n" + broken);
    EXPECT_EQ(told(chunk(R"({"content":"x"})") + done).text,
              started + "0 text\n0 + x\n0 ended\n" + end(Finish::stop) + "\n");
}

TEST(ChatStreamDecoder, ReadsTheFinishOfEveryServer) {
    const auto finish = [](const std::string& word) {
        auto text = told(chunk(R"({"content":"x"})", word)).text;
        return text.substr(text.rfind("end 0 "));
    };
    EXPECT_EQ(finish(R"("length")"), end(Finish::length) + "\n");
    EXPECT_EQ(finish(R"("model_length")"), end(Finish::context_window) + " model_length\n");
    EXPECT_EQ(finish(R"("content_filter")"), end(Finish::content_filter) + "\n");
    EXPECT_EQ(finish(R"("model_context_window_exceeded")"),
              end(Finish::context_window) + " model_context_window_exceeded\n");
    EXPECT_EQ(finish(R"("tool_calls")"), end(Finish::stop) + "\n");  // there are none
    EXPECT_EQ(finish(R"("function_call")"), end(Finish::stop) + "\n");
    EXPECT_EQ(finish(R"("insufficient_system_resource")"),
              end(Finish::failed) + " insufficient_system_resource\n");
    EXPECT_EQ(finish(R"("strange")"), end(Finish::stop) + " strange\n");
    EXPECT_EQ(finish(R"("stop","stop_reason":"###")"), end(Finish::stop_sequence) + " at ###\n");
    EXPECT_EQ(finish(R"("content_filter","native_finish_reason":"refusal")"),
              end(Finish::refusal) + " refusal\n");
}

TEST(ChatStreamDecoder, TellsRefusals) {
    EXPECT_EQ(
        told(chunk(R"({"refusal":"I can"})") + chunk(R"({"refusal":"not"})", "\"stop\"")).text,
        started + "0 refusal\n0 + I can\n0 + not\n0 ended\n" + end(Finish::refusal) + "\n");
}

TEST(ChatStreamDecoder, TellsSourcesImagesAndLogprobs) {
    EXPECT_EQ(
        told(
            chunk(R"({"content":"x"})",
                  R"(null,"logprobs":{"content":[{"token":"x"}],"refusal":null})") +
            chunk(
                R"({"annotations":[{"type":"url_citation","url_citation":{"url":"https://a","title":"A","start_index":0,"end_index":1}}]})") +
            chunk(
                R"({"images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}]})",
                "\"stop\""))
            .text,
        started +
            "0 text\n0 + x logprobs [{\"token\":\"x\"}]\n0 cited https://a A 0-1\n0 ended\n1 whole "
            "image/png AA\n" +
            end(Finish::stop) + "\n");
}

TEST(ChatStreamDecoder, TellsTheSourcesAmongMistralsParts) {
    EXPECT_EQ(
        told(
            chunk(
                R"({"content":[{"type":"text","text":"x"},{"type":"reference","reference_ids":[0],"text":"[0]"},{"type":"tool_reference","tool":"web_search","title":"A","url":"https://a","source":"brave"}]})",
                "\"stop\"") +
            done)
            .text,
        started + "0 text\n0 + x[0]\n0 cited https://a A -1--1\n0 ended\n" + end(Finish::stop) +
            "\n");
}

// Perplexity: all there is so far in `message`, usage and sources in every chunk.
TEST(ChatStreamDecoder, TellsCumulativeStreamsOnce) {
    const auto piece = [](const std::string& all, const std::string& more, const std::string& count,
                          const std::string& finish) {
        return sse(
            R"({"id":"c-1","model":"up","usage":{"prompt_tokens":4,"completion_tokens":)" + count +
            R"(,"total_tokens":9},"citations":["https://a","https://b"],"search_results":[{"title":"A","url":"https://a"},{"title":"B","url":"https://b"}],"choices":[{"index":0,"message":{"role":"assistant","content":")" +
            all + R"("},"delta":{"role":"assistant","content":")" + more +
            R"("},"finish_reason":)" + finish + "}]}");
    };
    const auto said = told(piece("a", "a", "1", "null") + piece("ab", "b", "2", "\"stop\""));
    EXPECT_EQ(said.text, started +
                             "0 text\n0 + a\n0 + b\n0 cited https://a A -1--1\n0 cited https://b B "
                             "-1--1\n0 ended\n" +
                             end(Finish::stop) + "\n");
    EXPECT_EQ(said.usage.completion, 2U);
}

TEST(ChatStreamDecoder, TellsChoicesApart) {
    const auto piece = [](int index, const std::string& text) {
        return sse(R"({"choices":[{"finish_reason":"stop","delta":{"content":")" + text +
                   R"("},"index":)" + std::to_string(index) + R"(}],"id":"c-1","model":"up"})");
    };
    EXPECT_EQ(told(piece(1, "b") + piece(0, "a") + done).text,
              started + "1/0 text\n1/0 + b\n0 text\n0 + a\n0 ended\nend 0 1\n1/0 ended\nend 1 1\n");
}

TEST(ChatStreamDecoder, ReadsUsageWhereverItStands) {
    const auto usage = [](const std::string& member) {
        return told(chunk(R"({"content":"x"})", "\"stop\"") +
                    sse(R"({"choices":[],)" + member + "}"))
            .usage;
    };
    EXPECT_EQ(usage(R"("x_groq":{"usage":{"prompt_tokens":5,"completion_tokens":1}})").prompt, 5U);
    EXPECT_EQ(usage(R"("usage":{"prompt_tokens":6},"x_groq":{"usage":{"prompt_tokens":5}})").prompt,
              6U);
    EXPECT_EQ(
        told(
            sse(R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":8}}]})"))
            .usage.prompt,
        8U);
}

TEST(ChatStreamDecoder, PassesOverWhatItCannotRead) {
    const auto said =
        told(sse("{no json") + sse("[]") + sse("7") + chunk("null") + sse(R"({"choices":null})") +
             sse(R"({"x":1})") + chunk(R"({"content":"\xff"})", "\"stop\""));
    EXPECT_EQ(said.dropped, 3);
    const auto repaired =
        told(sse("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\xff\"},"
                 "\"finish_reason\":\"stop\"}]}"));
    EXPECT_EQ(repaired.text, "started\n0 text\n0 + a\xEF\xBF\xBD\n0 ended\nend 0 1\n");
}

TEST(ChatStreamDecoder, TellsAudioOnceItIsWhole) {
    const auto said = told(chunk(R"({"audio":{"id":"x","transcript":"Hi"}})") +
                           chunk(R"({"audio":{"data":"YQ=="}})") +
                           chunk(R"({"audio":{"data":"Yg=="}})", "\"stop\""));
    EXPECT_EQ(said.text,
              started + "0 text\n0 + Hi\n0 ended\n1 whole  YWI=\n" + end(Finish::stop) + "\n");
}

}  // namespace
}  // namespace router::dialects::openai_chat
