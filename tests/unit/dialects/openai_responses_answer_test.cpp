#include "openai_responses_fixture.hpp"

namespace router::dialects::openai_responses {
namespace {

const AnswerContext context{.model = "asked", .created = 5, .id = "ab"};

struct DecodedAnswer {
    explicit DecodedAnswer(std::string_view text)
        : body(text), answer(dialect().decode_answer(body)) {}
    const Answer* operator->() const { return &*answer; }
    Padded body;
    Result<Answer> answer;
};

std::string response(std::string_view output,
                     std::string_view members = R"("status":"completed")") {
    return R"({"id":"resp_1","object":"response","created_at":7,"model":"gpt-y","error":null,"incomplete_details":null,"output":[)" +
           std::string(output) + "]," + std::string(members) + "}";
}

TEST(ResponsesAnswer, DecodesItemsOfEveryKind) {
    const DecodedAnswer answer(response(
        R"({"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":"E"},
           {"type":"message","id":"m","phase":"final_answer","role":"assistant","content":[
              {"type":"output_text","text":"hi","logprobs":[{"token":"hi"}],"annotations":[
                  {"type":"url_citation","url":"https://x","title":"X","start_index":0,"end_index":2}]},
              {"type":"refusal","refusal":"no"}]},
           {"type":"function_call","id":"fc_1","call_id":"c1","name":"f","namespace":"ns","arguments":"{\"a\":1}"},
           {"type":"custom_tool_call","id":"ctc","call_id":"c2","name":"g","input":"raw"},
           {"type":"web_search_call","id":"ws","status":"completed"},
           {"type":"image_generation_call","id":"ig","result":"AAAA"})",
        R"("status":"completed","service_tier":"default","usage":{"input_tokens":9,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":2},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":3},"total_tokens":14})"));
    ASSERT_TRUE(answer.answer) << answer.answer.error().message;
    EXPECT_EQ(answer->id, "resp_1");
    EXPECT_EQ(answer->model, "gpt-y");
    EXPECT_EQ(answer->created, 7);
    EXPECT_EQ(answer->service_tier, "default");
    const auto& choice = answer->choices.at(0);
    ASSERT_EQ(choice.blocks.size(), 7U);
    EXPECT_EQ(at<ThinkingBlock>(choice.blocks, 0).signature.value.escaped, "E");
    const auto& text = at<TextBlock>(choice.blocks, 1);
    EXPECT_EQ(text.phase, "final_answer");
    EXPECT_EQ(text.citations.at(0).end, 2);
    EXPECT_EQ(at<RefusalBlock>(choice.blocks, 2).text.escaped, "no");
    EXPECT_EQ(at<ToolCallBlock>(choice.blocks, 3).arguments, R"({"a":1})");
    EXPECT_EQ(at<ToolCallBlock>(choice.blocks, 3).name_space, "ns");
    EXPECT_EQ(at<ToolCallBlock>(choice.blocks, 4).kind, ToolKind::custom);
    EXPECT_EQ(at<OpaqueBlock>(choice.blocks, 5).type, "web_search_call");
    EXPECT_EQ(at<MediaBlock>(choice.blocks, 6).data.escaped, "AAAA");
    EXPECT_EQ(choice.ending.reason, Finish::tool_calls);
    EXPECT_EQ(choice.logprobs, R"({"content":[{"token":"hi"}],"refusal":null})");
    EXPECT_EQ(answer->usage.prompt, 9U);
    EXPECT_EQ(answer->usage.cached, 4U);
    EXPECT_EQ(answer->usage.cache_written, 2U);
    EXPECT_EQ(answer->usage.reasoning, 3U);
    EXPECT_EQ(answer->usage.web_searches, 1U);
}

TEST(ResponsesAnswer, CountsWhatWentToACacheByPerplexitysNameToo) {
    const DecodedAnswer answer(response(
        "",
        R"("usage":{"input_tokens":9,"input_tokens_details":{"cached_tokens":4,"cache_creation_input_tokens":2},"output_tokens":1})"));
    EXPECT_EQ(answer->usage.cache_written, 2U);
}

TEST(ResponsesAnswer, GivesTheTextTheSourcesOfASearchOfPerplexitys) {
    const DecodedAnswer answer(response(
        R"({"queries":["q"],"results":[{"id":1,"url":"https://x","title":"X","snippet":"s"}],"type":"search_results"},
           {"type":"message","role":"assistant","content":[{"type":"output_text","text":"hi[1]","annotations":[]}]})",
        R"("status":"completed")"));
    ASSERT_EQ(answer->choices.at(0).blocks.size(), 2U);
    EXPECT_EQ(at<TextBlock>(answer->choices.at(0).blocks, 1).citations.at(0).url.escaped,
              "https://x");
}

TEST(ResponsesAnswer, DecodesHowItEnded) {
    const auto finish = [](std::string_view output, std::string_view members) {
        const DecodedAnswer answer(response(output, members));
        return answer.answer ? answer->choices[0].ending.reason : Finish::failed;
    };
    const auto refusal = R"({"type":"message","content":[{"type":"refusal","refusal":"no"}]})";
    EXPECT_EQ(finish("", R"("status":"completed")"), Finish::stop);
    EXPECT_EQ(finish(refusal, R"("status":"completed")"), Finish::refusal);
    EXPECT_EQ(
        finish("", R"("status":"incomplete","incomplete_details":{"reason":"max_output_tokens"})"),
        Finish::length);
    EXPECT_EQ(
        finish("", R"("status":"incomplete","incomplete_details":{"reason":"content_filter"})"),
        Finish::content_filter);
    EXPECT_EQ(finish("", R"("status":"failed","error":{"code":"server_error","message":"x"})"),
              Finish::failed);
}

TEST(ResponsesAnswer, RaisesWhatFailed) {
    const auto error = [](std::string_view members) {
        return DecodedAnswer(response("", members)).answer.error();
    };
    const auto slow = error(
        R"("status":"failed","error":{"code":"rate_limit_exceeded","message":"Please try again in 7.66s"})");
    EXPECT_EQ(slow.kind, ErrorKind::upstream_refused);
    EXPECT_EQ(slow.http_status(), 429);
    EXPECT_EQ(slow.retry_after, "8");
    EXPECT_EQ(
        error(R"("status":"failed","error":{"code":"invalid_prompt","message":"x"})").http_status(),
        400);
    EXPECT_EQ(error(R"("status":"failed","error":{"code":"invalid_image_format","message":"x"})")
                  .http_status(),
              400);
    EXPECT_EQ(
        error(R"("status":"failed","error":{"code":"server_error","message":"x"})").http_status(),
        500);
    EXPECT_EQ(error(R"("status":"cancelled")").http_status(), 502);
    for (const auto* broken : {R"({"output":[{"type":"reasoning","summary":[{"a" 1}]}]})", "", "[]",
                               "{", "{}", "null", R"({"output":3})"})
        EXPECT_EQ(DecodedAnswer(broken).answer.error().kind, ErrorKind::upstream_broken) << broken;
}

TEST(ResponsesAnswer, AddsReasoningThatIsCountedBeside) {
    const DecodedAnswer answer(response(
        "",
        R"("status":"completed","usage":{"input_tokens":12,"output_tokens":2,"output_tokens_details":{"reasoning_tokens":340},"total_tokens":354})"));
    EXPECT_EQ(answer->usage.completion, 342U);
    EXPECT_EQ(answer->usage.total, 354U);
}

TEST(ResponsesAnswer, EncodesItemsOfEveryKind) {
    Answer answer;
    answer.usage = {.prompt = 1, .completion = 2, .is_known = true};
    answer.choices.push_back(
        {.blocks =
             {ThinkingBlock{
                  .text = {"hm"},
                  .signature = {.origin = Origin::openai, .value = {"E"}, .item_id = "rs_9"}},
              TextBlock{
                  .text = {"hi"},
                  .citations = {{.url = {"https://x"}, .title = {"X"}, .start = 0, .end = 2}}},
              TextBlock{.text = {" you"}},
              ToolCallBlock{
                  .id = "c1", .name = "f", .name_space = "ns", .arguments = R"({"a":"\n"})"},
              ToolCallBlock{
                  .id = "c2", .name = "g", .kind = ToolKind::custom, .arguments = R"(say \"x\")"},
              MediaBlock{.mime = "image/png", .data = {"AAAA"}},
              OpaqueBlock{.type = "server_tool_use", .json = "{}"}},
         .ending = {.reason = Finish::tool_calls}});
    const auto body = dialect().encode_answer(answer, context);
    EXPECT_TRUE(wire::json::is_valid(body));
    EXPECT_TRUE(
        body.find(
            R"("output":[{"id":"rs_9","type":"reasoning","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":"E"},)"
            R"({"id":"msg_ab0000","type":"message","status":"completed","content":[{"type":"output_text","annotations":[{"type":"url_citation","start_index":0,"end_index":2,"url":"https://x","title":"X"}],"logprobs":[],"text":"hi"},{"type":"output_text","annotations":[],"logprobs":[],"text":" you"}],"role":"assistant"},)"
            R"({"id":"fc_ab0001","type":"function_call","status":"completed","arguments":"{\"a\":\"\\n\"}","call_id":"c1","name":"f","namespace":"ns"},)"
            R"({"id":"ctc_ab0002","type":"custom_tool_call","status":"completed","input":"say \"x\"","call_id":"c2","name":"g"},)"
            R"({"id":"ig_ab0003","type":"image_generation_call","status":"completed","output_format":"png","result":"AAAA"}])") !=
        std::string::npos)
        << body;
    EXPECT_TRUE(body.starts_with(
        R"({"id":"resp_ab","object":"response","created_at":5,"model":"asked","status":"completed","completed_at":5,"error":null,"incomplete_details":null,"output":[)"));
    EXPECT_EQ(body.find("output_text\":"), std::string::npos);
}

TEST(ResponsesAnswer, GivesBackWhatItSealed) {
    Answer answer;
    answer.choices.push_back(
        {.blocks = {
             ThinkingBlock{.text = {"deep"},
                           .signature = {.origin = Origin::anthropic, .value = {"SIG"}}},
             ToolCallBlock{.id = "c",
                           .name = "f",
                           .arguments = "{}",
                           .signature = {.origin = Origin::gemini, .value = {"GEM"}}},
             TextBlock{.text = {"t"}, .signature = {.origin = Origin::gemini, .value = {"TXT"}}}}});
    const Padded body(dialect().encode_answer(answer, context));
    const std::string_view text = body;
    const auto begin = text.find("\"output\":") + 9;
    const auto items = text.substr(begin, text.find(",\"service_tier\"") - begin);
    const auto request = asked("\"input\":" + std::string(items));
    ASSERT_TRUE(request.request) << request.request.error().message;
    const auto& blocks = request->turns.at(0).blocks;
    ASSERT_EQ(blocks.size(), 4U);
    EXPECT_EQ(at<ThinkingBlock>(blocks, 0).signature.value.escaped, "SIG");
    EXPECT_EQ(at<ThinkingBlock>(blocks, 0).text.escaped, "deep");
    EXPECT_EQ(at<ToolCallBlock>(blocks, 1).signature.value.escaped, "GEM");
    EXPECT_EQ(at<TextBlock>(blocks, 3).signature.value.escaped, "TXT");
}

TEST(ResponsesAnswer, CitesADocumentWithoutAUrlAsAFile) {
    Answer answer;
    TextBlock text{.text = {"ab"}};
    text.citations = {{.title = {"a.pdf"}, .start = 0, .end = 2}};
    answer.choices.push_back({.blocks = {text}});
    EXPECT_NE(
        dialect()
            .encode_answer(answer, context)
            .find(
                R"("annotations":[{"type":"file_citation","file_id":"a.pdf","filename":"a.pdf","index":2}])"),
        std::string::npos);
}

TEST(ResponsesAnswer, TellsOfASearchThatAnthropicRan) {
    const auto output = [](std::string_view json) {
        Answer answer;
        OpaqueBlock search{.type = "server_tool_use", .json = json, .origin = Origin::anthropic};
        answer.choices.push_back({.blocks = {search}});
        const auto body = dialect().encode_answer(answer, context);
        const auto begin = body.find("\"output\":") + 9;
        return body.substr(begin, body.find("]", begin) + 1 - begin);
    };
    EXPECT_EQ(
        output(
            R"({"type":"server_tool_use","id":"s","name":"web_search","input":{"query":"a \"b\""}})"),
        R"([{"id":"ws_ab0000","type":"web_search_call","status":"completed","action":{"type":"search","query":"a \"b\""}}])");
    EXPECT_EQ(output(R"({"type":"server_tool_use","id":"s","name":"code_execution","input":{}})"),
              "[]");
}

TEST(ResponsesAnswer, EncodesHowItEnded) {
    const auto body = [](Ending ending, std::vector<Block> blocks = {TextBlock{.text = {"x"}}}) {
        Answer answer;
        answer.choices.push_back({.blocks = std::move(blocks), .ending = std::move(ending)});
        return dialect().encode_answer(answer, context);
    };
    const auto has = [](const std::string& text, std::string_view part) {
        return text.find(part) != std::string::npos;
    };
    EXPECT_TRUE(has(
        body({.reason = Finish::length}),
        R"("status":"incomplete","completed_at":5,"error":null,"incomplete_details":{"reason":"max_output_tokens"})"));
    EXPECT_TRUE(has(body({.reason = Finish::refusal}, {RefusalBlock{.text = {"no"}}}),
                    R"("status":"completed")"));
    EXPECT_TRUE(has(body({.reason = Finish::refusal}), R"({"reason":"content_filter"})"));
    EXPECT_TRUE(has(
        body({.reason = Finish::failed, .detail = "MALFORMED"}, {}),
        R"("error":{"code":"server_error","message":"The model's answer failed: MALFORMED."})"));
    EXPECT_TRUE(has(body({}), R"("usage":null)"));
}

TEST(ResponsesAnswer, IsPeekedAt) {
    const auto text = response(
        R"({"type":"web_search_call"},{"type":"message","content":[]})",
        R"("status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"usage":{"input_tokens":3,"output_tokens":2})");
    const Padded body(text);
    const auto peeked = dialect().peek_answer(body);
    EXPECT_TRUE(peeked.is_object);
    EXPECT_FALSE(peeked.is_error);
    EXPECT_EQ(peeked.model, "\"gpt-y\"");
    EXPECT_EQ(peeked.finish_reason, "max_output_tokens");
    EXPECT_EQ(peeked.usage.total, 5U);
    EXPECT_EQ(peeked.usage.web_searches, 1U);
    EXPECT_TRUE(dialect().peek_answer(Padded(R"({"error":{"message":"x"}})")).is_error);
    EXPECT_FALSE(dialect().peek_answer(Padded("{\"model\":")).is_object);
}

}  // namespace
}  // namespace router::dialects::openai_responses
