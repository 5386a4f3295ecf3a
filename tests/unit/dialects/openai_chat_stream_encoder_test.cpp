#include "dialects/openai_chat/stream_encoder.hpp"

#include "openai_chat_fixture.hpp"

namespace router::dialects::openai_chat {
namespace {

using namespace canonical;

const std::string head =
    R"(data: {"id":"chatcmpl-abc","object":"chat.completion.chunk","created":7,"model":"public","choices":[)";

// What a client sees of the events: the choices of each chunk, and what else there is.
class Written {
 public:
    explicit Written(bool wants_usage = false)
        : wants_usage_(wants_usage),
          encoder_(dialect().stream_encoder(client_context(wants_usage))) {}

    Written& operator<<(const Event& event) {
        encoder_->encode(event, out_);
        return *this;
    }
    std::string end() {
        encoder_->finish(out_);
        return take();
    }
    std::string take() {
        std::string lines;
        std::string_view left = out_;
        const std::string tail = wants_usage_ ? R"(],"usage":null})" : "]}";
        while (!left.empty()) {
            const auto stop = left.find("\n\n");
            EXPECT_NE(stop, std::string_view::npos) << left;
            auto event = left.substr(0, stop);
            left.remove_prefix(stop + 2);
            EXPECT_EQ(event.find('\n'), std::string_view::npos) << event;
            if (event.starts_with("data: {"))
                EXPECT_TRUE(wire::json::is_valid(event.substr(6))) << event;
            if (event.starts_with(head) && event.ends_with(tail)) {
                event.remove_prefix(head.size());
                event.remove_suffix(tail.size());
            }
            lines += std::string(event) + "\n";
        }
        out_.clear();
        return lines;
    }

 private:
    bool wants_usage_;
    std::string out_;
    std::unique_ptr<StreamEncoder> encoder_;
};

std::string delta(std::string_view members, int choice = 0) {
    return "{\"index\":" + std::to_string(choice) + ",\"delta\":{" + std::string(members) +
           "},\"logprobs\":null,\"finish_reason\":null}\n";
}
std::string finish(std::string_view word, int choice = 0) {
    return "{\"index\":" + std::to_string(choice) +
           ",\"delta\":{},\"logprobs\":null,\"finish_reason\":\"" + std::string(word) + "\"}\n";
}
const std::string role = delta(R"("role":"assistant","content":"")");

Started started() { return {.id = "up-1", .model = "up", .created = 3}; }
BlockStarted begins(BlockKind kind, int block = 0) { return {.block = block, .kind = kind}; }
BlockStarted call(int block, std::string_view id, std::string_view name) {
    return {.block = block, .kind = BlockKind::tool_call, .call_id = id, .name = name};
}
BlockDelta says(int block, std::string_view text) { return {.block = block, .text = {text}}; }
Ended ends(Finish reason) { return {.ending = {.reason = reason}}; }

TEST(ChatStreamEncoder, WritesATextInItsGrammar) {
    Written written(true);
    written << started() << begins(BlockKind::text) << says(0, "Hel") << says(0, "lo\\n")
            << BlockEnded{} << ends(Finish::stop)
            << Used{.usage = {
                        .prompt = 3, .completion = 2, .total = 5, .cached = 1, .is_known = true}};
    EXPECT_EQ(
        written.end(),
        role + delta(R"("content":"Hel")") + delta(R"("content":"lo\n")") + finish("stop") + head +
            R"(],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"prompt_tokens_details":{"cached_tokens":1,"cache_write_tokens":0,"audio_tokens":0},)"
            R"("completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}})"
            "\ndata: [DONE]\n");
}

TEST(ChatStreamEncoder, WritesUsageOnlyWhereItIsWantedAndKnown) {
    Written unwanted;
    unwanted << started() << ends(Finish::stop) << Used{.usage = {.prompt = 3, .is_known = true}};
    EXPECT_EQ(unwanted.end(), role + finish("stop") + "data: [DONE]\n");
    Written unknown(true);
    unknown << started() << ends(Finish::stop);
    EXPECT_EQ(unknown.end(), role + finish("stop") + "data: [DONE]\n");
}

TEST(ChatStreamEncoder, WritesCallsWithIdTypeAndNameOnce) {
    Written written;
    written << started() << call(0, "a", "f") << call(1, "b", "g") << says(0, "{\\\"x\\\":")
            << says(0, "1}") << BlockEnded{.block = 0} << BlockEnded{.block = 1}
            << BlockStarted{.block = 2,
                            .kind = BlockKind::tool_call,
                            .tool_kind = ToolKind::custom,
                            .call_id = "c",
                            .name = "h"}
            << says(2, "free") << BlockEnded{.block = 2} << ends(Finish::tool_calls);
    EXPECT_EQ(
        written.end(),
        role +
            delta(
                R"("tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}])") +
            delta(
                R"("tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"g","arguments":""}}])") +
            delta(R"("tool_calls":[{"index":0,"function":{"arguments":"{\"x\":"}}])") +
            delta(R"("tool_calls":[{"index":0,"function":{"arguments":"1}"}}])") +
            delta(R"("tool_calls":[{"index":1,"function":{"arguments":"{}"}}])") +
            delta(
                R"("tool_calls":[{"index":2,"id":"c","type":"custom","custom":{"name":"h","input":""}}])") +
            delta(R"("tool_calls":[{"index":2,"type":"custom","custom":{"input":"free"}}])") +
            finish("tool_calls") + "data: [DONE]\n");
}

TEST(ChatStreamEncoder, WritesThoughtsAndTheirProofs) {
    Written written;
    written << started() << begins(BlockKind::thinking) << says(0, "A ") << says(0, "B")
            << BlockSigned{.signature = {.origin = Origin::anthropic,
                                         .issuer = "acc",
                                         .value = {"SIG"}}}
            << BlockEnded{}
            << BlockStarted{.block = 1, .kind = BlockKind::thinking, .is_redacted = true}
            << BlockSigned{.block = 1, .signature = {.origin = Origin::anthropic, .value = {"RED"}}}
            << BlockEnded{.block = 1} << begins(BlockKind::thinking, 2) << says(2, "S")
            << BlockSigned{.block = 2,
                           .signature = {.origin = Origin::openai,
                                         .value = {"ENC"},
                                         .item_id = "rs_1"}}
            << BlockEnded{.block = 2} << begins(BlockKind::thinking, 3) << says(3, "plain")
            << BlockEnded{.block = 3};
    EXPECT_EQ(
        written.take(),
        role + delta(R"("reasoning_content":"A ")") + delta(R"("reasoning_content":"B")") +
            delta(
                R"("reasoning_details":[{"type":"reasoning.text","text":"A B","signature":"SIG","issuer":"acc","format":"anthropic-claude-v1","index":0}])") +
            delta(
                R"("reasoning_details":[{"type":"reasoning.encrypted","data":"RED","format":"anthropic-claude-v1","index":1}])") +
            delta(R"("reasoning_content":"S")") +
            delta(
                R"("reasoning_details":[{"type":"reasoning.summary","summary":"S","id":"rs_1","format":"openai-responses-v1","index":2},)"
                R"({"type":"reasoning.encrypted","data":"ENC","id":"rs_1","format":"openai-responses-v1","index":3}])") +
            delta(R"("reasoning_content":"plain")"));
}

TEST(ChatStreamEncoder, WritesGeminisProofsOfCallsAndTexts) {
    const Signature proof{.origin = Origin::gemini, .value = {"G"}};
    Written written;
    written << started() << call(0, "a", "f") << BlockSigned{.signature = proof} << says(0, "{}")
            << BlockEnded{} << begins(BlockKind::text, 1)
            << BlockSigned{.block = 1, .signature = proof} << BlockEnded{.block = 1};
    EXPECT_EQ(
        written.take(),
        role +
            delta(
                R"("tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}}])") +
            delta(
                R"("tool_calls":[{"index":0,"function":{"arguments":""},"extra_content":{"google":{"thought_signature":"G"}}}])") +
            delta(R"("tool_calls":[{"index":0,"function":{"arguments":"{}"}}])") +
            delta(
                R"("reasoning_details":[{"type":"reasoning.encrypted","data":"G","format":"google-gemini-v1","index":0}])"));
}

TEST(ChatStreamEncoder, PlacesCitationsInTheJoinedContent) {
    Written written;
    written << started() << begins(BlockKind::text) << says(0, "\\u00e4b") << BlockEnded{}
            << begins(BlockKind::text, 1)
            << Cited{.block = 1, .citation = {.url = {"https://a"}, .title = {"A"}}}
            << says(1, "\\ud83d\\ude00cd")
            << Cited{.block = 1,
                     .citation = {.url = {"https://b"}, .title = {}, .start = 1, .end = 3}}
            << Cited{.block = 1, .citation = {.title = {"a.pdf"}}} << BlockEnded{.block = 1};
    EXPECT_EQ(
        written.take(),
        role + delta(R"("content":"\u00e4b")") + delta(R"("content":"\ud83d\ude00cd")") +
            delta(
                R"("annotations":[{"type":"url_citation","url_citation":{"start_index":3,"end_index":5,"url":"https://b","title":"https://b"}}])") +
            delta(
                R"("annotations":[{"type":"url_citation","index":1,"url_citation":{"start_index":2,"end_index":5,"url":"https://a","title":"A"}}])") +
            delta(
                R"("annotations":[{"type":"url_citation","index":2,"url_citation":{"start_index":2,"end_index":5,"url":"a.pdf","title":"a.pdf"}}])"));
}

TEST(ChatStreamEncoder, SaysARefusalAndEndsWithTheFilter) {
    Written said;
    said << started() << begins(BlockKind::refusal) << says(0, "no") << BlockEnded{}
         << ends(Finish::refusal);
    EXPECT_EQ(said.take(), role + delta(R"("refusal":"no")") + finish("content_filter"));
    Written explained;
    explained << started()
              << Ended{.ending = {.reason = Finish::refusal, .explanation = {"cyber"}}};
    EXPECT_EQ(explained.take(), role + delta(R"("refusal":"cyber")") + finish("content_filter"));
    Written blocked;
    blocked << started() << ends(Finish::content_filter);
    EXPECT_NE(blocked.take().find(R"("refusal":"The answer was withheld)"), std::string::npos);
    Written cut;
    cut << started() << begins(BlockKind::text) << says(0, "x") << BlockEnded{}
        << ends(Finish::content_filter);
    EXPECT_EQ(cut.take(), role + delta(R"("content":"x")") + finish("content_filter"));
}

TEST(ChatStreamEncoder, SaysMoreOfAnEndingThanOpenAi) {
    Written written;
    written << started()
            << Ended{.ending = {.reason = Finish::stop_sequence, .stop_sequence = "##"}};
    EXPECT_EQ(
        written.take(),
        role + R"({"index":0,"delta":{},"logprobs":null,"finish_reason":"stop","stop_reason":"##"})"
               "\n");
}

TEST(ChatStreamEncoder, EndsWithToolCallsWhereThereAreSome) {
    Written written;
    written << started() << call(0, "a", "f") << says(0, "{}") << BlockEnded{}
            << ends(Finish::stop);
    EXPECT_TRUE(written.take().ends_with(finish("tool_calls")));
}

TEST(ChatStreamEncoder, WritesImagesAndLogprobs) {
    Written written;
    written << started() << begins(BlockKind::text)
            << BlockDelta{.text = {"x"}, .logprobs = "[{\"a\":\n1}]"} << BlockEnded{}
            << WholeBlock{.block = 1, .content = MediaBlock{.mime = "image/png", .data = {"AA"}}};
    EXPECT_EQ(
        written.take(),
        role +
            R"({"index":0,"delta":{"content":"x"},"logprobs":{"content":[{"a": 1}],"refusal":null},"finish_reason":null})"
            "\n" +
            delta(
                R"("images":[{"type":"image_url","index":0,"image_url":{"url":"data:image/png;base64,AA"}}])"));
}

TEST(ChatStreamEncoder, KeepsChoicesApart) {
    Written written;
    written << started() << BlockStarted{.choice = 1} << BlockDelta{.choice = 1, .text = {"b"}}
            << BlockEnded{.choice = 1} << Ended{.choice = 1, .ending = {.reason = Finish::length}}
            << ends(Finish::stop);
    EXPECT_EQ(written.take(), role + delta(R"("role":"assistant","content":"")", 1) +
                                  delta(R"("content":"b")", 1) + finish("length", 1) +
                                  finish("stop"));
}

const Ended broken{.ending = {.reason = Finish::failed, .detail = "MALFORMED_FUNCTION_CALL"}};

TEST(ChatStreamEncoder, FailsWhereAFaultEndedTheAnswerBeforeAWord) {
    Written written(true);
    written << started() << begins(BlockKind::thinking) << says(0, "hm") << BlockEnded{} << broken
            << Used{.usage = {.is_known = true}};
    const auto lines = written.end();
    EXPECT_TRUE(lines.ends_with(
        R"(data: {"error":{"message":"The model's answer failed: MALFORMED_FUNCTION_CALL.","type":"upstream_error","param":null,"code":null}})"
        "\n"))
        << lines;
    EXPECT_EQ(lines.find("finish_reason\":\""), std::string::npos) << lines;
}

TEST(ChatStreamEncoder, SaysWhatElseTheProviderSaidOfAFault) {
    Written written;
    auto told = broken;
    told.ending.explanation = {R"(Malformed: f(\"x\")"};
    written << started() << told;
    EXPECT_NE(
        written.end().find(
            R"("message":"The model's answer failed: MALFORMED_FUNCTION_CALL. Malformed: f(\"x\"")"),
        std::string::npos);
}

TEST(ChatStreamEncoder, StopsWhereTheProvidersOwnToolsWereAllThatWasCalled) {
    Written written;
    written << started() << ends(Finish::tool_calls);
    EXPECT_EQ(written.take(), role + finish("stop"));
}

TEST(ChatStreamEncoder, EndsProperlyWhereSomethingWasSaidBeforeAFault) {
    Written written;
    written << started() << begins(BlockKind::text) << says(0, "a") << BlockEnded{} << broken;
    EXPECT_NE(written.end().find(R"("finish_reason":"stop")"), std::string::npos);
}

TEST(ChatStreamEncoder, SaysOfOneOfSeveralChoicesThatItCameToNothing) {
    Written written;
    written << started() << begins(BlockKind::text) << says(0, "a") << BlockEnded{}
            << ends(Finish::stop) << BlockStarted{.choice = 1, .kind = BlockKind::thinking}
            << Ended{.choice = 1, .ending = broken.ending};
    const auto lines = written.end();
    EXPECT_NE(lines.find(R"("finish_reason":"content_filter")"), std::string::npos) << lines;
    EXPECT_NE(lines.find("[DONE]"), std::string::npos) << lines;
}

TEST(ChatStreamEncoder, EndsWithAnErrorAndNothingBehind) {
    const auto encoder = dialect().stream_encoder(client_context());
    std::string out;
    encoder->fail({.kind = ErrorKind::upstream_broken, .message = "gone"}, out);
    EXPECT_EQ(out,
              "data: {\"error\":{\"message\":\"gone\",\"type\":\"upstream_error\",\"param\":null,"
              "\"code\":null}}\n\n");
    out.clear();
    encoder->heartbeat(out);
    EXPECT_EQ(out, ": heartbeat\n\n");
}

}  // namespace
}  // namespace router::dialects::openai_chat
