#include "openai_responses_fixture.hpp"

namespace router::dialects::openai_responses {
namespace {

const std::string created = event(
    "response.created",
    R"("sequence_number":0,"response":{"id":"resp_1","object":"response","created_at":7,"status":"in_progress","model":"gpt-y","output":[],"usage":null,"error":null})");

std::string completed(std::string_view output = {}) {
    return event(
        "response.completed",
        R"("sequence_number":9,"response":{"id":"resp_1","status":"completed","model":"gpt-y",)"
        R"("error":null,"incomplete_details":null,"output":[)" +
            std::string(output) +
            R"(],"usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},)"
            R"("output_tokens":6,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":16}})");
}

const std::string message =
    event(
        "response.output_item.added",
        R"("output_index":0,"item":{"id":"msg_1","type":"message","role":"assistant","phase":"final_answer","content":[]})") +
    event(
        "response.content_part.added",
        R"("item_id":"a","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]})") +
    event(
        "response.output_text.delta",
        R"("item_id":"b","output_index":0,"content_index":0,"delta":"Hé\n","logprobs":[],"obfuscation":"xx")") +
    event(
        "response.output_text.delta",
        R"("item_id":"c","output_index":0,"content_index":0,"delta":"llo","logprobs":[{"token":"llo","logprob":-1}])") +
    event(
        "response.output_text.annotation.added",
        R"("output_index":0,"content_index":0,"annotation_index":0,"annotation":{"type":"url_citation","url":"https://x","title":"X","start_index":0,"end_index":2})") +
    event("response.output_text.done", R"("output_index":0,"content_index":0,"text":"Hé\nllo")") +
    event(
        "response.content_part.done",
        R"("output_index":0,"content_index":0,"part":{"type":"output_text","text":"Hé\nllo","annotations":[{"type":"url_citation","url":"https://x","title":"X","start_index":0,"end_index":2}]})") +
    event(
        "response.output_item.done",
        R"("output_index":0,"item":{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"output_text","text":"Hé\nllo","annotations":[{"type":"url_citation","url":"https://x"}]}]})");

constexpr std::string_view message_told =
    "started resp_1 gpt-y\n0 text final_answer\n0 +H\u00e9\\n\n"
    "0 +llo logprobs [{\"token\":\"llo\",\"logprob\":-1}]\n0 cited https://x 0-2\n0 ended\n"
    "used 10+6 cached 4 reasoning 2\nfinish 1\n";

TEST(ResponsesStreamDecoder, TellsAMessageOnceWhateverRepeatsIt) {
    EXPECT_EQ(told_of(created + message + completed()), message_told);
    EXPECT_EQ(told_of(created + message + completed() + "data: [DONE]\n\n"), message_told);
    EXPECT_EQ(
        told_of(
            created + message +
            completed(R"({"type":"message","content":[{"type":"output_text","text":"Hé\nllo"}]})")),
        message_told);
}

TEST(ResponsesStreamDecoder, IsTheSameInPiecesOfAnySize) {
    const auto stream = created + message + completed();
    for (const std::size_t piece : {1U, 2U, 7U, 64U, 333U})
        EXPECT_EQ(told_of(stream, piece), message_told) << piece;
}

TEST(ResponsesStreamDecoder, TellsParallelCallsByTheirPlaceNotTheirIds) {
    const auto call = [](int index, std::string_view id) {
        return event("response.output_item.added", "\"output_index\":" + std::to_string(index) +
                                                       R"(,"item":{"type":"function_call","id":")" +
                                                       std::string(id) + R"(","call_id":"c)" +
                                                       std::to_string(index) +
                                                       R"(","name":"f","arguments":""})");
    };
    const auto delta = [](int index, std::string_view text) {
        return event("response.function_call_arguments.delta",
                     R"("item_id":"other","output_index":)" + std::to_string(index) +
                         R"(,"delta":")" + std::string(text) + "\"");
    };
    const auto done = [](int index, std::string_view text) {
        return event(
            "response.output_item.done",
            "\"output_index\":" + std::to_string(index) +
                R"(,"item":{"type":"function_call","id":"z","call_id":"c","name":"f","arguments":")" +
                std::string(text) + "\"}");
    };
    EXPECT_EQ(told_of(created + call(0, "x") + call(1, "x") + delta(0, "{") +
                      delta(1, R"({\"a\":)") + delta(0, "}") + delta(1, "1}") +
                      done(1, R"({\"a\":1})") + done(0, "{}") + completed()),
              "started resp_1 gpt-y\n0 call c0 f\n1 call c1 f\n0 +{\n1 +{\\\"a\\\":\n0 +}\n1 +1}\n"
              "1 ended\n0 ended\nused 10+6 cached 4 reasoning 2\nfinish 5\n");
}

TEST(ResponsesStreamDecoder, TakesFromTheEndWhatNoDeltaTold) {
    EXPECT_EQ(
        told_of(
            created +
            event(
                "response.output_item.done",
                R"("output_index":0,"item":{"type":"custom_tool_call","id":"ctc_1","call_id":"c","name":"apply","namespace":"ns","input":"raw"})") +
            event("response.output_text.done",
                  R"("output_index":1,"content_index":0,"text":"whole")") +
            completed()),
        "started resp_1 gpt-y\n0 call c apply ns custom\n0 +raw\n0 ended\n1 text\n1 +whole\n1 "
        "ended\n"
        "used 10+6 cached 4 reasoning 2\nfinish 5\n");
    EXPECT_EQ(
        told_of(completed(
            R"({"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":"E"},{"type":"message","content":[{"type":"output_text","text":"hi"},{"type":"refusal","refusal":"no"}]})")),
        "started resp_1 gpt-y\n0 thinking\n0 +hm\n0 signed E rs_1\n0 ended\n1 text\n1 +hi\n2 "
        "refusal\n"
        "2 +no\n1 ended\n2 ended\nused 10+6 cached 4 reasoning 2\nfinish 7\n");
}

TEST(ResponsesStreamDecoder, TakesFromTheEndTheRestOfWhatTheDeltasTold) {
    EXPECT_EQ(
        told_of(
            created +
            event("response.output_text.delta",
                  R"("output_index":0,"content_index":0,"delta":"Got")") +
            event("response.output_text.done",
                  R"("output_index":0,"content_index":0,"text":"Got it")") +
            event("response.output_item.added",
                  R"("output_index":1,"item":{"type":"function_call","call_id":"c","name":"f"})") +
            event("response.function_call_arguments.delta", R"("output_index":1,"delta":"{")") +
            event("response.function_call_arguments.done",
                  R"("output_index":1,"arguments":"{\"a\":1}")") +
            event("response.output_text.done",
                  R"("output_index":0,"content_index":0,"text":"other")") +
            completed()),
        "started resp_1 gpt-y\n0 text\n0 +Got\n0 + it\n1 call c f\n1 +{\n1 +\\\"a\\\":1}\n"
        "0 ended\n1 ended\nused 10+6 cached 4 reasoning 2\nfinish 5\n");
}

TEST(ResponsesStreamDecoder, SaysNothingTwiceWhenIndexesHaveGaps) {
    const auto item = R"({"type":"message","content":[{"type":"output_text","text":"t"}]})";
    const auto done = [&](int index) {
        return event("response.output_item.done",
                     "\"output_index\":" + std::to_string(index) + ",\"item\":" + item);
    };
    const auto told =
        told_of(created + done(0) + done(2) + completed(std::string(item) + "," + item));
    EXPECT_EQ(told,
              "started resp_1 gpt-y\n0 text\n0 +t\n0 ended\n1 text\n1 +t\n1 ended\n"
              "used 10+6 cached 4 reasoning 2\nfinish 1\n");
}

TEST(ResponsesStreamDecoder, TellsThoughtsAndTheProofFromTheItemsEnd) {
    const auto summary = [](int index, std::string_view text) {
        return event("response.reasoning_summary_text.delta",
                     "\"output_index\":0,\"summary_index\":" + std::to_string(index) +
                         ",\"delta\":\"" + std::string(text) + "\"");
    };
    const auto added = event(
        "response.output_item.added",
        R"("output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"partial"})");
    const auto done = event(
        "response.output_item.done",
        R"("output_index":0,"item":{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"abc"}],"encrypted_content":"WHOLE"})");
    EXPECT_EQ(told_of(created + added + summary(0, "a") + summary(0, "b") + summary(1, "c") + done +
                      completed()),
              "started resp_1 gpt-y\n0 thinking\n0 +a\n0 +b\n0 +\\n\\n\n0 +c\n0 signed WHOLE rs_1\n"
              "0 ended\nused 10+6 cached 4 reasoning 2\nfinish 1\n");
    EXPECT_EQ(told_of(created +
                      event("response.reasoning_text.delta",
                            R"("output_index":0,"content_index":0,"delta":"raw")") +
                      completed()),
              "started resp_1 gpt-y\n0 thinking\n0 +raw\n0 ended\nused 10+6 cached 4 reasoning 2\n"
              "finish 1\n");
}

TEST(ResponsesStreamDecoder, TellsImagesAndServerToolsWhole) {
    const auto done = [](int index, std::string_view item) {
        return event("response.output_item.done", "\"output_index\":" + std::to_string(index) +
                                                      ",\"item\":" + std::string(item));
    };
    EXPECT_EQ(
        told_of(
            created +
            done(
                0,
                R"({"type":"image_generation_call","id":"ig","result":"AAAA","output_format":"webp"})") +
            event("response.web_search_call.searching", R"("output_index":1)") +
            done(1, R"({"type":"web_search_call","id":"ws","status":"completed"})") + completed()),
        "started resp_1 gpt-y\n0 whole image/webp AAAA\n1 whole web_search_call\n"
        "used 10+6 cached 4 reasoning 2\nfinish 1\n");
}

TEST(ResponsesStreamDecoder, TellsNoCallOfAToolThatTheProviderRuns) {
    const auto item = [](std::string_view type, std::string_view input) {
        return event(type,
                     R"("output_index":0,"item":{"type":"custom_tool_call","id":"ctc_1","call_id":)"
                     R"("xs_call_1","name":"x_keyword_search","input":")" +
                         std::string(input) + "\"}");
    };
    EXPECT_EQ(
        told_of(created + item("response.output_item.added", "") +
                event("response.custom_tool_call_input.delta", R"("output_index":0,"delta":"{}")") +
                item("response.output_item.done", "{}") + completed()),
        "started resp_1 gpt-y\n0 whole custom_tool_call\n"
        "used 10+6 cached 4 reasoning 2\nfinish 1\n");
}

TEST(ResponsesStreamDecoder, TellsASearchOfPerplexitysAsSources) {
    EXPECT_EQ(
        told_of(
            created +
            event(
                "response.output_item.added",
                R"("output_index":0,"item":{"type":"function_call","id":"fc","call_id":"c","name":"search_web","arguments":"{}","status":"completed"})") +
            event("response.reasoning.search_results", R"("results":[])") +
            event(
                "response.output_item.done",
                R"("output_index":0,"item":{"type":"search_results","results":[{"url":"https://x","title":"X"},{"id":2}]})") +
            event("response.output_text.delta", R"("output_index":1,"delta":"hi[1]")") +
            event("response.output_text.done", R"("output_index":1,"text":"hi[1]")") +
            event(
                "response.output_item.done",
                R"("output_index":1,"item":{"type":"message","content":[{"type":"output_text","text":"hi[1]","annotations":[]}]})") +
            completed()),
        "started resp_1 gpt-y\n0 whole search_results\n1 text\n1 +hi[1]\n1 cited https://x "
        "-1--1\n1 "
        "ended\n"
        "used 10+6 cached 4 reasoning 2\nfinish 1\n");
}

TEST(ResponsesStreamDecoder, SaysWhyAnAnswerIsIncomplete) {
    const auto incomplete = [](std::string_view reason) {
        return told_of(
            event("response.incomplete",
                  R"("response":{"id":"r","status":"incomplete","incomplete_details":{"reason":")" +
                      std::string(reason) + "\"}}"));
    };
    EXPECT_EQ(incomplete("max_output_tokens"), "started r \nfinish 3\n");
    EXPECT_EQ(incomplete("content_filter"), "started r \nfinish 6content_filter\n");
}

TEST(ResponsesStreamDecoder, RaisesErrorsOfEveryForm) {
    EXPECT_EQ(
        told_of(
            created +
            event(
                "error",
                R"("sequence_number":2,"error":{"type":"t","code":"c","message":"nested","param":null})")),
        "started resp_1 gpt-y\nerror: nested\n");
    EXPECT_EQ(told_of(event("error", R"("code":"server_error","message":"flat","param":null)")),
              "error: flat\n");
    EXPECT_EQ(
        told_of(event(
            "response.failed",
            R"("response":{"id":"r","status":"failed","error":{"code":"rate_limit_exceeded","message":"slow"}})")),
        "error: slow\n");
    EXPECT_EQ(told_of("data: {\"error\":{\"message\":\"bare\"}}\n\n"), "error: bare\n");
    EXPECT_EQ(told_of(event("response.failed", R"("response":{"status":"failed","error":null})")),
              "error: The upstream's answer failed, and it said no more.\n");
}

TEST(ResponsesStreamDecoder, MissesTheEndOfACutStream) {
    const auto broke_off = "error: The upstream's answer broke off before its end.\n";
    EXPECT_EQ(told_of(""), broke_off);
    EXPECT_EQ(told_of(created), std::string("started resp_1 gpt-y\n") + broke_off);
}

TEST(ResponsesStreamDecoder, PassesOverWhatItDoesNotKnow) {
    EXPECT_EQ(
        told_of(": comment\n\n" + created + event("response.something.new", R"("x":[1,{"y":2}])") +
                "data: {broken\n\nevent: keepalive\ndata: {}\n\n" + completed()),
        "started resp_1 gpt-y\nused 10+6 cached 4 reasoning 2\nfinish 1\n");
}

}  // namespace
}  // namespace router::dialects::openai_responses
