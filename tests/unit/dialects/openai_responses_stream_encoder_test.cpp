#include "openai_responses_fixture.hpp"

namespace router::dialects::openai_responses {
namespace {

const AnswerContext context{.model = "asked", .created = 5, .id = "ab"};

// Writes events as a stream; what it wrote, and the data of its events.
class Written {
 public:
    explicit Written(const AnswerContext& with = context)
        : encoder_(dialect().stream_encoder(with)) {}
    Written& operator<<(const Event& event) {
        encoder_->encode(event, out);
        return *this;
    }
    std::vector<std::string> finish() {
        encoder_->finish(out);
        return checked_events(out);
    }
    std::vector<std::string> fail(const Error& error) {
        encoder_->fail(error, out);
        return checked_events(out);
    }
    void heartbeat() { encoder_->heartbeat(out); }
    std::string out;

 private:
    std::unique_ptr<StreamEncoder> encoder_;
};

Event delta(int block, std::string_view text) { return BlockDelta{.block = block, .text = {text}}; }
Event ended(int block) { return BlockEnded{.block = block}; }
Event finished(Finish reason) { return Ended{.ending = {.reason = reason}}; }
bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

TEST(ResponsesStreamEncoder, WritesTheFullGrammarOfAMessage) {
    Written written;
    written << Started{.id = "up", .model = "other"} << BlockStarted{.phase = "commentary"}
            << delta(0, "Hi") << delta(0, R"(\n)") << ended(0) << finished(Finish::stop)
            << Used{.usage = {.prompt = 3, .completion = 2, .cached = 1, .is_known = true}};
    const auto events = written.finish();
    EXPECT_EQ(types_of(events),
              (std::vector<std::string>{"created", "in_progress", "output_item.added",
                                        "content_part.added", "output_text.delta",
                                        "output_text.delta", "output_text.done",
                                        "content_part.done", "output_item.done", "completed"}));
    EXPECT_EQ(
        events[2],
        R"({"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"id":"msg_ab0000","type":"message","status":"in_progress","content":[],"phase":"commentary","role":"assistant"}})");
    EXPECT_EQ(
        events[3],
        R"({"type":"response.content_part.added","sequence_number":3,"item_id":"msg_ab0000","output_index":0,"content_index":0,"part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}})");
    EXPECT_EQ(
        events[4],
        R"({"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_ab0000","output_index":0,"content_index":0,"delta":"Hi","logprobs":[]})");
    EXPECT_EQ(
        events[6],
        R"({"type":"response.output_text.done","sequence_number":6,"item_id":"msg_ab0000","output_index":0,"content_index":0,"text":"Hi\n","logprobs":[]})");
    EXPECT_EQ(
        events[8],
        R"({"type":"response.output_item.done","sequence_number":8,"output_index":0,"item":{"id":"msg_ab0000","type":"message","status":"completed","content":[{"type":"output_text","annotations":[],"logprobs":[],"text":"Hi\n"}],"phase":"commentary","role":"assistant"}})");
    EXPECT_TRUE(contains(
        events[0],
        R"("id":"resp_ab","object":"response","created_at":5,"model":"asked","status":"in_progress")"));
    EXPECT_TRUE(contains(events[9], R"("status":"completed")"));
    EXPECT_TRUE(contains(events[9],
                         R"("output":[{"id":"msg_ab0000","type":"message","status":"completed")"));
    EXPECT_TRUE(contains(
        events[9],
        R"("usage":{"input_tokens":3,"input_tokens_details":{"cached_tokens":1,"cache_write_tokens":0},"output_tokens":2,"output_tokens_details":{"reasoning_tokens":0},"total_tokens":5})"));
}

TEST(ResponsesStreamEncoder, HoldsALaterCallUntilTheFirstIsDone) {
    Written written;
    written << Started{}
            << BlockStarted{.block = 0, .kind = BlockKind::tool_call, .call_id = "c0", .name = "f"}
            << delta(0, "{")
            << BlockStarted{.block = 1,
                            .kind = BlockKind::tool_call,
                            .call_id = "c1",
                            .name = "g",
                            .name_space = "ns"}
            << delta(1, R"({\"a\":)") << delta(0, "}") << delta(1, "1}") << ended(1) << ended(0)
            << finished(Finish::tool_calls);
    const auto events = written.finish();
    EXPECT_EQ(
        types_of(events),
        (std::vector<std::string>{
            "created", "in_progress", "output_item.added", "function_call_arguments.delta",
            "function_call_arguments.delta", "function_call_arguments.done", "output_item.done",
            "output_item.added", "function_call_arguments.delta", "function_call_arguments.delta",
            "function_call_arguments.done", "output_item.done", "completed"}))
        << written.out;
    EXPECT_TRUE(contains(events[5], R"("output_index":0,"name":"f","arguments":"{}")"));
    EXPECT_TRUE(contains(events[10], R"("output_index":1,"name":"g","arguments":"{\"a\":1}")"));
    EXPECT_TRUE(contains(events[11], R"("call_id":"c1","name":"g","namespace":"ns")"));
    const auto& last = events.back();
    EXPECT_LT(last.find("\"c0\""), last.find("\"c1\""));
}

// What was held is told whole, though its upstream ended nothing, and its views are gone.
TEST(ResponsesStreamEncoder, TellsWhatWaitedWhenTheStreamEnds) {
    Written written;
    written << Started{}
            << BlockStarted{.block = 0, .kind = BlockKind::tool_call, .call_id = "c0", .name = "f"};
    {
        std::string name = "a name that is too long to be kept in place";
        std::string text = "a text that is too long to be kept in place";
        std::string data = "a picture that is too long to be kept in place";
        written
            << BlockStarted{.block = 1, .kind = BlockKind::tool_call, .call_id = "c1", .name = name}
            << WholeBlock{.block = 2, .content = MediaBlock{.mime = "image/png", .data = {data}}}
            << BlockStarted{.block = 3} << delta(3, text) << ended(3);
        for (auto* one : {&name, &text, &data}) one->assign(one->size(), '-');
    }
    written << finished(Finish::tool_calls);
    const auto last = written.finish().back();
    const auto at = [&](std::string_view part) { return last.find(part); };
    EXPECT_LT(at("\"c0\""), at("a name that is too long to be kept in place"));
    EXPECT_LT(at("a name that is too"), at("a picture that is too long to be kept in place"));
    EXPECT_LT(at("a picture that is"), at("a text that is too long to be kept in place"));
    EXPECT_NE(at("a text that is too long"), std::string::npos);
}

TEST(ResponsesStreamEncoder, FailsWhereAFaultEndedTheAnswerBeforeAWord) {
    Written written;
    written << Started{} << BlockStarted{.kind = BlockKind::thinking} << delta(0, "hm") << ended(0)
            << Ended{.ending = {.reason = Finish::failed, .detail = "MALFORMED_FUNCTION_CALL"}};
    const auto events = written.finish();
    EXPECT_EQ(types_of(events).back(), "failed");
    EXPECT_TRUE(contains(events.back(), "The model's answer failed: MALFORMED_FUNCTION_CALL."));
}

TEST(ResponsesStreamEncoder, SealsAProofOfOpenAIsKindThatAnotherAccountIssued) {
    Written written;
    const Signature proof{.origin = Origin::openai, .issuer = "seller", .value = {"ENC"}};
    written << Started{} << BlockStarted{.kind = BlockKind::thinking}
            << BlockSigned{.signature = proof} << ended(0);
    EXPECT_TRUE(contains(written.finish().back(), seal({.signature = proof})));
}

TEST(ResponsesStreamEncoder, GivesACallWithoutArgumentsEmptyOnes) {
    Written written;
    written << Started{} << BlockStarted{.kind = BlockKind::tool_call, .call_id = "c", .name = "f"}
            << delta(0, "") << ended(0);
    const auto events = written.finish();
    EXPECT_TRUE(contains(events[3], R"("delta":"{}")"));
    EXPECT_TRUE(contains(events[5], R"("arguments":"{}")"));
}

TEST(ResponsesStreamEncoder, WritesCustomCallsAsSuch) {
    Written written;
    written << Started{}
            << BlockStarted{.kind = BlockKind::tool_call,
                            .tool_kind = ToolKind::custom,
                            .call_id = "c",
                            .name = "exec"}
            << delta(0, R"(say \"hi\")") << ended(0);
    const auto events = written.finish();
    EXPECT_EQ(types_of(events)[3], "custom_tool_call_input.delta");
    EXPECT_EQ(
        events[5],
        R"({"type":"response.output_item.done","sequence_number":5,"output_index":0,"item":{"id":"ctc_ab0000","type":"custom_tool_call","status":"completed","input":"say \"hi\"","call_id":"c","name":"exec"}})");
}

TEST(ResponsesStreamEncoder, SealsThoughtsOfOthers) {
    Written written;
    const Signature proof{.origin = Origin::anthropic, .value = {"SIG"}};
    written << Started{} << BlockStarted{.kind = BlockKind::thinking} << delta(0, "hm")
            << BlockSigned{.signature = proof} << ended(0)
            << BlockStarted{.block = 1, .kind = BlockKind::thinking, .is_redacted = true}
            << BlockSigned{.block = 1, .signature = {.origin = Origin::anthropic, .value = {"RED"}}}
            << ended(1);
    const auto events = written.finish();
    EXPECT_EQ(types_of(events),
              (std::vector<std::string>{
                  "created", "in_progress", "output_item.added", "reasoning_summary_part.added",
                  "reasoning_summary_text.delta", "reasoning_summary_text.done",
                  "reasoning_summary_part.done", "output_item.done", "output_item.added",
                  "output_item.done", "completed"}));
    const auto sealed = seal({.text = {"hm"}, .signature = proof});
    EXPECT_TRUE(contains(
        events[7],
        R"("item":{"id":"rs_ab0000","type":"reasoning","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":")" +
            sealed + "\"}"));
    const auto redacted =
        seal({.signature = {.origin = Origin::anthropic, .value = {"RED"}}, .is_redacted = true});
    EXPECT_TRUE(contains(events[9], R"("summary":[],"encrypted_content":")" + redacted));
}

TEST(ResponsesStreamEncoder, PutsTheProofOfACallInFrontOfIt) {
    const Signature proof{.origin = Origin::gemini, .value = {"GEM"}};
    Written written;
    written << Started{} << BlockStarted{.kind = BlockKind::tool_call, .call_id = "c", .name = "f"}
            << delta(0, "{}") << BlockSigned{.signature = proof} << ended(0);
    const auto events = written.finish();
    EXPECT_EQ(types_of(events),
              (std::vector<std::string>{
                  "created", "in_progress", "output_item.added", "output_item.done",
                  "output_item.added", "function_call_arguments.delta",
                  "function_call_arguments.done", "output_item.done", "completed"}));
    EXPECT_TRUE(contains(events[3], seal({.signature = proof, .is_redacted = true})));
    EXPECT_TRUE(contains(events[7], R"("output_index":1)"));
}

TEST(ResponsesStreamEncoder, PutsTextsThatStandTogetherIntoOneMessage) {
    Written written;
    written << Started{} << BlockStarted{.block = 0} << delta(0, "a")
            << Cited{.citation = {.url = {"https://x"}, .title = {"X"}}} << ended(0)
            << BlockStarted{.block = 1} << ended(1) << BlockStarted{.block = 2} << delta(2, "b")
            << ended(2)
            << BlockStarted{.block = 3, .kind = BlockKind::tool_call, .call_id = "c", .name = "f"}
            << ended(3);
    const auto events = written.finish();
    EXPECT_EQ(types_of(events)[5], "output_text.annotation.added");
    EXPECT_TRUE(contains(
        events[5],
        R"("annotation":{"type":"url_citation","start_index":0,"end_index":1,"url":"https://x","title":"X"})"));
    EXPECT_TRUE(contains(
        events.back(),
        R"("content":[{"type":"output_text","annotations":[{"type":"url_citation","start_index":0,"end_index":1,"url":"https://x","title":"X"}],"logprobs":[],"text":"a"},{"type":"output_text","annotations":[],"logprobs":[],"text":"b"}],"role":"assistant"},{"id":"fc_ab0001")"));
}

TEST(ResponsesStreamEncoder, EndsAsTheAnswerEnded) {
    const auto last = [](const Ending& ending) {
        Written written;
        written << Started{} << BlockStarted{} << delta(0, "x") << ended(0)
                << Ended{.ending = ending};
        return written.finish().back();
    };
    EXPECT_TRUE(contains(last({.reason = Finish::length}),
                         R"("incomplete_details":{"reason":"max_output_tokens"})"));
    EXPECT_TRUE(contains(last({.reason = Finish::content_filter}), "\"response.incomplete\""));
    const auto refused = last({.reason = Finish::refusal, .explanation = {"not that"}});
    EXPECT_TRUE(contains(refused, R"("incomplete_details":{"reason":"content_filter"})"));
    EXPECT_TRUE(contains(refused, R"({"type":"refusal","refusal":"not that"})"));
    EXPECT_TRUE(contains(last({.reason = Finish::stop_sequence}), "\"response.completed\""));
}

TEST(ResponsesStreamEncoder, CallsWhatALimitCutIncomplete) {
    Written text;
    text << Started{} << BlockStarted{} << delta(0, "ha") << ended(0) << finished(Finish::length);
    EXPECT_TRUE(contains(text.finish().back(), R"("type":"message","status":"incomplete")"));
    Written call;
    call << Started{} << BlockStarted{} << delta(0, "so") << ended(0)
         << BlockStarted{.block = 1, .kind = BlockKind::tool_call, .call_id = "c", .name = "f"}
         << delta(1, R"({\"a\":)") << ended(1) << finished(Finish::length);
    const auto last = call.finish().back();
    EXPECT_TRUE(contains(last, R"("type":"message","status":"completed")"));
    EXPECT_TRUE(contains(last, R"("type":"function_call","status":"incomplete")"));
}

TEST(ResponsesStreamEncoder, TellsARefusalInTheMessageThatItEnds) {
    Written written;
    written << Started{} << BlockStarted{} << delta(0, "x") << ended(0)
            << Ended{.ending = {.reason = Finish::refusal, .explanation = {"no"}}};
    EXPECT_TRUE(contains(
        written.finish().back(),
        R"("logprobs":[],"text":"x"},{"type":"refusal","refusal":"no"}],"role":"assistant"}])"));
}

TEST(ResponsesStreamEncoder, TellsOfAMediumThatNoItemHolds) {
    Written written;
    written << Started{}
            << WholeBlock{.content =
                              MediaBlock{
                                  .kind = MediaKind::audio, .mime = "audio/wav", .data = {"AAAA"}}}
            << finished(Finish::stop);
    EXPECT_TRUE(contains(written.finish().back(),
                         R"("text":"[audio/wav: a message of this API cannot hold it]")"));
}

TEST(ResponsesStreamEncoder, KeepsPartsOfOtherDialectsOut) {
    constexpr std::string_view part = R"({"type":"compaction","content":"c"})";
    for (const auto origin : {Origin::openai, Origin::anthropic}) {
        Written written;
        written << Started{}
                << WholeBlock{.content =
                                  OpaqueBlock{.type = "compaction", .json = part, .origin = origin}}
                << finished(Finish::stop);
        EXPECT_EQ(contains(written.finish().back(), part), origin == Origin::openai);
    }
}

TEST(ResponsesStreamEncoder, RaisesAnErrorInBothForms) {
    Written written;
    written << Started{} << BlockStarted{} << delta(0, "x");
    const auto events = written.fail({.kind = ErrorKind::upstream_refused,
                                      .message = "slow",
                                      .status = 429,
                                      .retry_after = "3"});
    EXPECT_EQ(
        events[5],
        R"({"type":"error","sequence_number":5,"code":"rate_limit_exceeded","message":"slow. Please try again in 3s.","param":null,"error":{"type":"rate_limit_error","code":"rate_limit_exceeded","message":"slow. Please try again in 3s.","param":null}})");
    EXPECT_TRUE(contains(events[6], R"("status":"failed")"));
    EXPECT_TRUE(contains(
        events[6],
        R"("error":{"code":"rate_limit_exceeded","message":"slow. Please try again in 3s."})"));
    const auto before = written.out;
    written.finish();
    written << delta(0, "y");
    written.heartbeat();
    EXPECT_EQ(written.out, before);
}

TEST(ResponsesStreamEncoder, FailsBeforeItBegan) {
    Written written(AnswerContext{});
    EXPECT_EQ(types_of(written.fail({.message = "no"})),
              (std::vector<std::string>{"error", "failed"}));
}

TEST(ResponsesStreamEncoder, BeatsWithEventsOnceItBegan) {
    Written written;
    written.heartbeat();
    EXPECT_EQ(written.out, ": wait\n\n");
    written << Started{};
    written.heartbeat();
    EXPECT_EQ(types_of(written.finish()),
              (std::vector<std::string>{"created", "in_progress", "in_progress", "completed"}));
}

TEST(ResponsesStreamEncoder, EchoesTheRequest) {
    const auto request = asked(R"("input":"x","instructions":"be
kind","temperature":0.5,"tools":[{"type":"function","name":"f","parameters":{"type":
"object"},"strict":true},{"type":"namespace","name":"n","description":"d","tools":[{"type":"custom","name":"c"}]}],
"tool_choice":{"type":"function","name":"f"},"text":{"format":{"type":"json_object"}},"reasoning":{"effort":"low"},
"metadata":{"a":"b"},"store":false,"max_output_tokens":99,"truncation":"auto")");
    ASSERT_FALSE(request.request);  // a line end in a text
    const auto good = asked(
        R"("input":"x","instructions":"be kind","temperature":0.5,"tools":[{"type":"function","name":"f","parameters":{"type":
"object"},"strict":true},{"type":"namespace","name":"n","description":"d","tools":[{"type":"custom","name":"c"}]}],
"tool_choice":{"type":"function","name":"f"},"text":{"format":{"type":"json_object"}},"reasoning":{"effort":"low"},
"metadata":{"a":"b"},"store":false,"max_output_tokens":99,"truncation":"auto")");
    auto with = context;
    with.request = &*good;
    Written written(with);
    written << Started{};
    const auto first = written.finish().front();
    for (
        const std::string_view part :
        {R"("instructions":"be kind")", R"("temperature":0.5)", R"("top_p":1)", R"("store":false)",
         R"("tools":[{"type":"function","name":"f","parameters":{"type": "object"},"strict":true},{"type":"namespace","name":"n","description":"d","tools":[{"type":"custom","name":"c"}]}])",
         R"("tool_choice":{"type":"function","name":"f"})", R"("metadata":{"a":"b"})",
         R"("text":{"format":{"type":"json_object"},"verbosity":"medium"})",
         R"("reasoning":{"effort":"low","summary":null})", R"("max_output_tokens":99)",
         R"("truncation":"auto")", R"("parallel_tool_calls":true)", R"("usage":null)"}) {
        EXPECT_TRUE(contains(first, part)) << part << "\n" << first;
    }
}

}  // namespace
}  // namespace router::dialects::openai_responses
