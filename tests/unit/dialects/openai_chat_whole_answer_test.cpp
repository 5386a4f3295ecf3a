#include "dialects/openai_chat/whole_answer.hpp"

#include "openai_chat_fixture.hpp"

namespace router::dialects::openai_chat {
namespace {

using namespace canonical;

struct Read {
    explicit Read(std::string_view text) : body(text), answer(dialect().decode_answer(body)) {}
    const Choice& choice(std::size_t at = 0) const { return answer->choices.at(at); }
    template <class Kind>
    const Kind& block(std::size_t at = 0) const {
        return std::get<Kind>(choice().blocks.at(at));
    }
    Padded body;
    Result<Answer> answer;
};

std::string with(std::string_view message, std::string_view finish = "\"stop\"",
                 std::string_view members = {}) {
    return R"({"id":"c-1","model":"up","created":3,"choices":[{"index":0,"message":)" +
           std::string(message) + R"(,"finish_reason":)" + std::string(finish) + "}]" +
           std::string(members) + "}";
}

TEST(ChatAnswerDecoder, ReadsATextAndItsUsage) {
    const Read read(with(
        R"({"role":"assistant","content":"hi","refusal":null})",
        R"("stop","logprobs":{"content":[]})",
        R"(,"service_tier":"default","usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"prompt_tokens_details":{"cached_tokens":1,"cache_write_tokens":2}})"));
    ASSERT_TRUE(read.answer);
    EXPECT_EQ(read.answer->id, "c-1");
    EXPECT_EQ(read.answer->model, "up");
    EXPECT_EQ(read.answer->created, 3);
    EXPECT_EQ(read.answer->service_tier, "default");
    EXPECT_EQ(read.answer->usage.cached, 1U);
    EXPECT_EQ(read.answer->usage.cache_written, 2U);
    EXPECT_EQ(read.block<TextBlock>().text.escaped, "hi");
    EXPECT_EQ(read.choice().ending.reason, Finish::stop);
    EXPECT_EQ(read.choice().logprobs, R"({"content":[]})");
}

TEST(ChatAnswerDecoder, ReadsThoughtsTextAndCallsInOrder) {
    const Read read(with(
        R"({"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}},{"function":{"name":"g","arguments":"{}"}}],"content":"t","reasoning_content":"r"})"));
    ASSERT_EQ(read.choice().blocks.size(), 4U);
    EXPECT_EQ(read.block<ThinkingBlock>(0).text.escaped, "r");
    EXPECT_EQ(read.block<TextBlock>(1).text.escaped, "t");
    EXPECT_EQ(read.block<ToolCallBlock>(2).arguments, R"({"x":1})");
    EXPECT_TRUE(read.block<ToolCallBlock>(3).id.starts_with("call_"));
    EXPECT_EQ(read.choice().ending.reason, Finish::tool_calls);
}

TEST(ChatAnswerDecoder, ReadsThoughtsWhateverTheyAreCalled) {
    for (const std::string field : {"reasoning", "thinking", "reasoning_text"}) {
        const Read read(with(R"({"content":"t",")" + field + R"(":"r"})"));
        EXPECT_EQ(read.block<ThinkingBlock>(0).text.escaped, "r") << field;
    }
}

TEST(ChatAnswerDecoder, ReadsSourcesImagesAndAudio) {
    const Read cited(with(
        R"({"content":"t","annotations":[{"type":"url_citation","url_citation":{"url":"https://a","title":"A","start_index":0,"end_index":1}}]})"));
    ASSERT_EQ(cited.block<TextBlock>().citations.size(), 1U);
    EXPECT_EQ(cited.block<TextBlock>().citations[0].end, 1);
    const Read listed(with(R"({"content":"t"})", "\"stop\"", R"(,"citations":["https://a"])"));
    EXPECT_EQ(listed.block<TextBlock>().citations.at(0).url.escaped, "https://a");
    const Read image(with(
        R"({"content":"","images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}]})"));
    EXPECT_EQ(image.block<MediaBlock>().mime, "image/png");
    const Read audio(
        with(R"({"content":null,"audio":{"id":"x","data":"YQ==","transcript":"Hi"}})"));
    EXPECT_EQ(audio.block<TextBlock>(0).text.escaped, "Hi");
    EXPECT_EQ(audio.block<MediaBlock>(1).data.escaped, "YQ==");
}

TEST(ChatAnswerDecoder, ReadsTheSourcesAmongMistralsParts) {
    const Read read(with(
        R"({"content":[{"type":"text","text":"x"},{"type":"tool_reference","tool":"web_search","title":"A","url":"https://a","source":"brave"}]})"));
    ASSERT_TRUE(read.answer);
    ASSERT_EQ(read.choice().blocks.size(), 1U);
    ASSERT_EQ(read.block<TextBlock>().citations.size(), 1U);
    EXPECT_EQ(read.block<TextBlock>().citations[0].url.escaped, "https://a");
    EXPECT_EQ(read.block<TextBlock>().citations[0].title.escaped, "A");
}

TEST(ChatAnswerDecoder, JoinsTheTextAndTheCallsThatAreToldApart) {
    const Read read(
        R"({"choices":[{"finish_reason":"tool_calls","message":{"content":"Let me.","role":"assistant"}},{"finish_reason":"tool_calls","message":{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}}]})");
    ASSERT_TRUE(read.answer);
    ASSERT_EQ(read.answer->choices.size(), 1U);
    EXPECT_EQ(read.choice().blocks.size(), 2U);
    EXPECT_EQ(read.choice().ending.reason, Finish::tool_calls);
}

TEST(ChatAnswerDecoder, MakesAnIdWhereTwoCallsHaveOne) {
    for (const std::string id : {"a", "null"}) {
        const auto call = R"({"id":")" + id + R"(","function":{"name":"f","arguments":"{}"}})";
        const Read read(with(R"({"content":null,"tool_calls":[)" + call + "," + call + "]}"));
        const auto& blocks = read.choice().blocks;
        ASSERT_EQ(blocks.size(), 2U);
        EXPECT_NE(std::get<ToolCallBlock>(blocks[0]).id, std::get<ToolCallBlock>(blocks[1]).id);
        EXPECT_NE(std::get<ToolCallBlock>(blocks[0]).id, "null");
    }
}

TEST(ChatAnswerDecoder, SaysThatTheModelRefused) {
    const Read read(with(R"({"content":null,"refusal":"no"})"));
    EXPECT_EQ(read.block<RefusalBlock>().text.escaped, "no");
    EXPECT_EQ(read.choice().ending.reason, Finish::refusal);
}

TEST(ChatAnswerDecoder, FailsForErrorsAndForWhatIsNone) {
    const auto error = [](std::string_view body) {
        const Read read(body);
        return read.answer ? "none" : read.answer.error().message;
    };
    EXPECT_EQ(error(R"({"error":{"message":"busy","code":429}})"), "busy");
    EXPECT_EQ(error(R"({"object":"error","message":"too long","code":400})"), "too long");
    EXPECT_EQ(error(with(R"({"content":""})", R"("error","error":{"message":"cut","code":502})")),
              "cut");
    for (const auto* body :
         {"", "{}", "[]", R"({"choices":[]})", R"({"choices":null})", "{\"choices\":"})
        EXPECT_EQ(error(body), "The provider's answer is not a chat completion.") << body;
}

// Writing

std::string message_of(std::vector<Block> blocks, Ending ending = {.reason = Finish::stop}) {
    Answer answer;
    answer.choices.push_back({.blocks = std::move(blocks), .ending = std::move(ending)});
    const auto body = dialect().encode_answer(answer, client_context());
    EXPECT_TRUE(wire::json::is_valid(body)) << body;
    const std::string head =
        R"({"id":"chatcmpl-abc","object":"chat.completion","created":7,"model":"public","choices":[{"index":0,"message":{"role":"assistant",)";
    EXPECT_TRUE(body.starts_with(head)) << body;
    return body.substr(head.size(), body.size() - head.size() - 3);
}

TEST(ChatAnswerEncoder, WritesAText) {
    EXPECT_EQ(message_of({TextBlock{.text = {"a"}}, TextBlock{.text = {"b"}}}),
              R"("content":"ab","refusal":null},"logprobs":null,"finish_reason":"stop")");
}

TEST(ChatAnswerEncoder, WritesCallsWithoutAContent) {
    EXPECT_EQ(
        message_of({ToolCallBlock{.id = "a",
                                  .name = "f",
                                  .arguments = R"({"x": "\n"})",
                                  .signature = {.origin = Origin::gemini, .value = {"G"}}},
                    ToolCallBlock{.name = "g"}},
                   {.reason = Finish::tool_calls}),
        R"("content":null,"refusal":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\": \"\\n\"}"},"extra_content":{"google":{"thought_signature":"G"}}},)"
        R"({"id":"call_abc1","type":"function","function":{"name":"g","arguments":"{}"}}]},"logprobs":null,"finish_reason":"tool_calls")");
}

TEST(ChatAnswerEncoder, WritesThoughtsThatCanComeBack) {
    const auto message = message_of(
        {ThinkingBlock{.text = {"T"}, .signature = {.origin = Origin::anthropic, .value = {"S"}}},
         ThinkingBlock{.signature = {.origin = Origin::anthropic, .value = {"R"}},
                       .is_redacted = true},
         TextBlock{.text = {"x"},
                   .signature = {.origin = Origin::gemini, .issuer = "acc", .value = {"G"}}}});
    EXPECT_EQ(
        message,
        R"("content":"x","refusal":null,"reasoning_content":"T","reasoning_details":[{"type":"reasoning.text","text":"T","signature":"S","format":"anthropic-claude-v1","index":0},)"
        R"({"type":"reasoning.encrypted","data":"R","format":"anthropic-claude-v1","index":1},{"type":"reasoning.encrypted","data":"G","issuer":"acc","format":"google-gemini-v1","index":2}]},"logprobs":null,"finish_reason":"stop")");
    // A client that sends the message back as it came.
    const auto end = message.find("},\"logprobs\"");
    const Decoded request(asking(R"([{"role":"assistant",)" + message.substr(0, end) + "}]"));
    ASSERT_EQ(request->turns.at(0).blocks.size(), 3U);
    const auto& turn = request->turns[0];
    EXPECT_EQ(block<ThinkingBlock>(turn, 0).signature.value.escaped, "S");
    EXPECT_TRUE(block<ThinkingBlock>(turn, 1).is_redacted);
    EXPECT_EQ(block<TextBlock>(turn, 2).signature.value.escaped, "G");
}

TEST(ChatAnswerEncoder, WritesRefusalsAnnotationsAndImages) {
    EXPECT_EQ(message_of({RefusalBlock{.text = {"no"}}}, {.reason = Finish::refusal}),
              R"("content":null,"refusal":"no"},"logprobs":null,"finish_reason":"content_filter")");
    EXPECT_NE(message_of({}, {.reason = Finish::content_filter}).find("\"refusal\":\"The answer"),
              std::string::npos);
    TextBlock text{.text = {"\\u00e4b"}};
    text.citations.push_back({.url = {"https://a"}, .title = {"A"}});
    EXPECT_EQ(
        message_of(
            {TextBlock{.text = {"x"}}, text, MediaBlock{.mime = "image/png", .data = {"AA"}}}),
        R"("content":"x\u00e4b","refusal":null,"annotations":[{"type":"url_citation","url_citation":{"start_index":1,"end_index":3,"url":"https://a","title":"A"}}],)"
        R"("images":[{"type":"image_url","index":0,"image_url":{"url":"data:image/png;base64,AA"}}]},"logprobs":null,"finish_reason":"stop")");
}

TEST(ChatAnswerEncoder, CallsADocumentWithoutAUrlByItsName) {
    TextBlock text{.text = {"ab"}};
    text.citations = {
        {.title = {"a.pdf"}, .cited_text = {"x"}, .place = {.document = 0}, .start = 0, .end = 2},
        {.place = {.document = 1}, .start = 0, .end = 2},
        {.cited_text = {"nameless"}, .start = 0, .end = 2}};
    EXPECT_NE(
        message_of({text}).find(
            R"("annotations":[{"type":"url_citation","url_citation":{"start_index":0,"end_index":2,"url":"a.pdf","title":"a.pdf","content":"x"}},)"
            R"({"type":"url_citation","url_citation":{"start_index":0,"end_index":2,"url":"document 2","title":"document 2"}}])"),
        std::string::npos);
}

// The arithmetic of every server

Usage usage_of(const std::string& usage) {
    const Read read(with(R"({"content":"x"})", "\"stop\"", ",\"usage\":" + usage));
    return read.answer->usage;
}

TEST(ChatUsage, CountsXaisReasoningIn) {
    const auto usage = usage_of(
        R"({"prompt_tokens":291,"completion_tokens":26,"total_tokens":513,"completion_tokens_details":{"reasoning_tokens":196}})");
    EXPECT_EQ(usage.completion, 222U);
    EXPECT_EQ(usage.reasoning, 196U);
    EXPECT_EQ(usage.total, 513U);
    EXPECT_TRUE(usage.knows_reasoning);
}

TEST(ChatUsage, LeavesReasoningThatIsCountedAlone) {
    const auto usage = usage_of(
        R"({"prompt_tokens":339,"completion_tokens":83,"total_tokens":422,"completion_tokens_details":{"reasoning_tokens":39}})");
    EXPECT_EQ(usage.completion, 83U);
    EXPECT_EQ(usage.total, 422U);
}

TEST(ChatUsage, CountsReasoningInThatIsLargerThanAll) {
    const auto usage = usage_of(
        R"({"prompt_tokens":33,"completion_tokens":7163,"total_tokens":7196,"reasoning_tokens":73997,"num_search_queries":19})");
    EXPECT_EQ(usage.completion, 81160U);
    EXPECT_EQ(usage.total, 81193U);
    EXPECT_EQ(usage.web_searches, 19U);
}

TEST(ChatUsage, TakesTheTotalsWordWhereReasoningIsATokenMoreThanAll) {
    const auto usage = usage_of(
        R"({"prompt_tokens":951,"completion_tokens":6000,"total_tokens":6952,"completion_tokens_details":{"reasoning_tokens":6001}})");
    EXPECT_EQ(usage.completion, 6001U);
    EXPECT_EQ(usage.total, 6952U);
}

TEST(ChatUsage, FindsWhatCameFromACache) {
    for (const auto* usage :
         {R"({"prompt_tokens":9,"prompt_cache_hit_tokens":5,"prompt_cache_miss_tokens":4})",
          R"({"prompt_tokens":9,"num_cached_tokens":5})",
          R"({"prompt_tokens":9,"cached_tokens":5})",
          R"({"prompt_tokens":9,"prompt_tokens_details":{"cached_tokens":5},"cached_tokens":0})",
          R"({"prompt_tokens":9,"cache_read_input_tokens":5,"cache_creation_input_tokens":2})"}) {
        EXPECT_EQ(usage_of(usage).cached, 5U) << usage;
    }
    EXPECT_EQ(
        usage_of(R"({"prompt_tokens":9,"reasoning_tokens":0,"prompt_tokens_details":null})").cached,
        0U);
}

TEST(ChatUsage, FindsWhatWentToACache) {
    for (const auto* usage :
         {R"({"prompt_tokens":9,"prompt_tokens_details":{"cache_write_tokens":2}})",
          R"({"prompt_tokens":9,"prompt_tokens_details":{"cache_creation_input_tokens":2}})",
          R"({"prompt_tokens":9,"cache_creation_input_tokens":2})"}) {
        EXPECT_EQ(usage_of(usage).cache_written, 2U) << usage;
    }
}

TEST(ChatUsage, CountsAudio) {
    const auto usage = usage_of(
        R"({"prompt_tokens":9,"completion_tokens":8,"prompt_tokens_details":{"audio_tokens":4},"completion_tokens_details":{"audio_tokens":3}})");
    EXPECT_EQ(usage.prompt_audio, 4U);
    EXPECT_EQ(usage.completion_audio, 3U);
}

}  // namespace
}  // namespace router::dialects::openai_chat
