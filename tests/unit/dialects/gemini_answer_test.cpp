#include "dialects/seal.hpp"
#include "gemini_fixture.hpp"

namespace router::dialects::gemini {
namespace {

using canonical::Answer;
using canonical::MediaBlock;
using canonical::OpaqueBlock;
using canonical::Origin;
using canonical::RefusalBlock;
using canonical::TextBlock;
using canonical::ThinkingBlock;
using canonical::ToolCallBlock;

// An answer as a provider sends it, and what it is in the canonical form.
struct Read {
    explicit Read(std::string_view body) : bytes(body), answer(dialect().decode_answer(bytes)) {}
    const Answer* operator->() const { return &*answer; }
    template <class Kind>
    const Kind& at(std::size_t block, std::size_t choice = 0) const {
        return std::get<Kind>(answer->choices.at(choice).blocks.at(block));
    }
    const canonical::Ending& ending(std::size_t choice = 0) const {
        return answer->choices.at(choice).ending;
    }

    Padded bytes;
    Result<Answer> answer;
};

std::string candidate(const std::string& parts,
                      const std::string& more = R"("finishReason":"STOP")") {
    return R"({"candidates":[{"content":{"parts":)" + parts + R"(,"role":"model"},)" + more +
           R"(,"index":0}],"usageMetadata":{"promptTokenCount":9,"cachedContentTokenCount":4,"candidatesTokenCount":5,"thoughtsTokenCount":7,"toolUsePromptTokenCount":2,"totalTokenCount":23},"modelVersion":"gemini-z","responseId":"r-1_x"})";
}

TEST(GeminiAnswer, ReadsTextThoughtsAndCalls) {
    const Read read(candidate(R"([{"text":"hm","thought":true},{"text":"a\n"},{"text":"b"},
        {"functionCall":{"name":"f","args":{ "city": "Z\u00fcrich" }},"thoughtSignature":"c2ln"},{"functionCall":{"id":"own","name":"g"}}])"));
    ASSERT_TRUE(read.answer);
    EXPECT_EQ(read->id, "r-1_x");
    EXPECT_EQ(read->model, "gemini-z");
    ASSERT_EQ(read->choices[0].blocks.size(), 4u);
    EXPECT_EQ(read.at<ThinkingBlock>(0).text.escaped, "hm");
    EXPECT_EQ(read.at<TextBlock>(1).text.escaped, R"(a\nb)");
    const auto& call = read.at<ToolCallBlock>(2);
    EXPECT_EQ(call.id, "call_r-1_x_0");
    EXPECT_EQ(call.arguments, R"({"city":"Z\u00fcrich"})");
    EXPECT_EQ(call.signature.origin, Origin::gemini);
    EXPECT_EQ(call.signature.value.escaped, "c2ln");
    EXPECT_EQ(read.at<ToolCallBlock>(3).id, "own");
    EXPECT_EQ(read.at<ToolCallBlock>(3).arguments, "{}");
    EXPECT_EQ(read.ending().reason, Finish::tool_calls);
}

TEST(GeminiAnswer, CountsTokensAsOpenAiDoes) {
    const Read read(candidate(R"([{"text":"a"}])"));
    const auto& usage = read->usage;
    EXPECT_TRUE(usage.is_known);
    EXPECT_EQ(usage.prompt, 11u);
    EXPECT_EQ(usage.cached, 4u);
    EXPECT_EQ(usage.completion, 12u);
    EXPECT_EQ(usage.reasoning, 7u);
    EXPECT_EQ(usage.total, 23u);
}

canonical::Usage usage(const std::string& counts) {
    return Read(R"({"candidates":[{"finishReason":"STOP"}],"usageMetadata":)" + counts + "}")
        ->usage;
}

TEST(GeminiAnswer, CountsWhatTheProviderLeavesOut) {
    EXPECT_EQ(
        usage(R"({"promptTokenCount":9,"thoughtsTokenCount":7,"totalTokenCount":16})").completion,
        7u);
    EXPECT_EQ(usage(R"({"promptTokenCount":9,"totalTokenCount":16})").completion, 7u);
    EXPECT_EQ(usage(R"({"promptTokenCount":9,"candidatesTokenCount":2})").total, 11u);
    EXPECT_FALSE(usage(R"({"trafficType":"ON_DEMAND"})").is_known);
    EXPECT_EQ(
        usage(
            R"({"promptTokenCount":9,"promptTokensDetails":[{"modality":"TEXT","tokenCount":5},{"modality":"AUDIO","tokenCount":4}]})")
            .prompt_audio,
        4u);
}

TEST(GeminiAnswer, ReadsEveryFinish) {
    const auto ending = [](const std::string& word,
                           const std::string& parts = R"([{"text":"a"}])") {
        return Read(candidate(parts, R"("finishReason":")" + word + "\"")).ending();
    };
    const std::string call = R"([{"functionCall":{"name":"f"}}])";
    EXPECT_EQ(ending("STOP").reason, Finish::stop);
    EXPECT_EQ(ending("STOP").detail, "");
    EXPECT_EQ(ending("MAX_TOKENS").reason, Finish::length);
    EXPECT_EQ(ending("MAX_TOKENS", call).reason, Finish::length);
    EXPECT_EQ(ending("CONTINUATION").reason, Finish::length);
    for (const auto* word : {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII",
                             "LANGUAGE", "ESCALATION", "PUP_LIMITED_DISABLED", "MODEL_ARMOR",
                             "IMAGE_SAFETY", "IMAGE_RECITATION", "IMAGE_PROHIBITED_CONTENT"}) {
        EXPECT_EQ(ending(word).reason, Finish::content_filter) << word;
        EXPECT_EQ(ending(word).detail, word);
    }
    for (const auto* word :
         {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS",
          "MISSING_THOUGHT_SIGNATURE", "MALFORMED_RESPONSE", "OTHER", "NO_IMAGE", "IMAGE_OTHER"}) {
        EXPECT_EQ(ending(word).reason, Finish::failed) << word;
        EXPECT_EQ(ending(word).detail, word);
    }
    EXPECT_EQ(ending("OTHER", call).reason, Finish::tool_calls);
    EXPECT_EQ(ending("SOMETHING_NEW").reason, Finish::stop);
    EXPECT_EQ(ending("SOMETHING_NEW").detail, "SOMETHING_NEW");
}

TEST(GeminiAnswer, KeepsWhyItEnded) {
    const Read read(candidate(
        "[]",
        R"("finishMessage":"Malformed function call: f(","finishReason":"MALFORMED_FUNCTION_CALL")"));
    EXPECT_EQ(read.ending().explanation.escaped, "Malformed function call: f(");
}

TEST(GeminiAnswer, BearsAContentWithoutParts) {
    const Read read(
        R"({"candidates":[{"content":{"role":"model"},"finishReason":"MAX_TOKENS"}],"usageMetadata":{"promptTokenCount":9,"thoughtsTokenCount":64,"totalTokenCount":73}})");
    ASSERT_TRUE(read.answer);
    EXPECT_TRUE(read->choices[0].blocks.empty());
    EXPECT_EQ(read.ending().reason, Finish::length);
    EXPECT_EQ(read->usage.completion, 64u);
}

TEST(GeminiAnswer, MakesARefusalOfABlockedPrompt) {
    const Read read(
        R"({"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":9,"totalTokenCount":9},"modelVersion":"z"})");
    ASSERT_TRUE(read.answer);
    EXPECT_EQ(read.at<RefusalBlock>(0).text.escaped, "The prompt was blocked: PROHIBITED_CONTENT");
    EXPECT_EQ(read.ending().reason, Finish::content_filter);
    EXPECT_EQ(read.ending().detail, "PROHIBITED_CONTENT");
    EXPECT_EQ(read->usage.prompt, 9u);
    const Read vertex(
        R"({"promptFeedback":{"blockReason":"SAFETY","blockReasonMessage":"Too hot."}})");
    EXPECT_EQ(vertex.at<RefusalBlock>(0).text.escaped, "Too hot.");
}

TEST(GeminiAnswer, KeepsASignatureOnAnEmptyPartApart) {
    const Read read(candidate(R"([{"text":"a"},{"text":"","thoughtSignature":"c2ln"}])"));
    ASSERT_EQ(read->choices[0].blocks.size(), 2u);
    EXPECT_FALSE(read.at<TextBlock>(0).signature.is_present());
    EXPECT_TRUE(read.at<TextBlock>(1).text.is_empty());
    EXPECT_EQ(read.at<TextBlock>(1).signature.value.escaped, "c2ln");
}

TEST(GeminiAnswer, ReadsPicturesAndCode) {
    const Read read(candidate(
        R"([{"inlineData":{"mimeType":"image/png","data":"iVBO"}},{"executableCode":{"language":"PYTHON","code":"1"}}])"));
    EXPECT_EQ(read.at<MediaBlock>(0).data.escaped, "iVBO");
    EXPECT_EQ(read.at<OpaqueBlock>(1).json,
              R"({"executableCode":{"language":"PYTHON","code":"1"}})");
}

TEST(GeminiAnswer, CountsCitationsInCharacters) {
    const Read read(
        candidate(R"([{"text":"Zürich is \u00e4 city. Yes."}])",
                  R"("finishReason":"STOP","groundingMetadata":{"webSearchQueries":["a","b"],
        "groundingSupports":[{"segment":{"startIndex":8,"endIndex":21,"text":"is ä city."},"groundingChunkIndices":[1,0]},
                             {"segment":{"endIndex":7},"groundingChunkIndices":[7]}],
        "groundingChunks":[{"web":{"uri":"https://a.test","title":"A"}},{"retrievedContext":{"uri":"https://b.test","title":"B"}}]})"));
    const auto& citations = read.at<TextBlock>(0).citations;
    ASSERT_EQ(citations.size(), 2u);
    EXPECT_EQ(citations[0].url.escaped, "https://b.test");
    EXPECT_EQ(citations[0].title.escaped, "B");
    EXPECT_EQ(citations[0].start, 7);
    EXPECT_EQ(citations[0].end, 19);
    EXPECT_EQ(citations[1].url.escaped, "https://a.test");
    EXPECT_EQ(read->usage.web_searches, 2u);
}

TEST(GeminiAnswer, CitesDocumentsThatHaveNoUrl) {
    const Read read(candidate(
        R"([{"text":"Paris."}])",
        R"("finishReason":"STOP","groundingMetadata":{"groundingChunks":[{"retrievedContext":{"text":"It is Paris.","title":"a.txt"}},{"retrievedContext":{"fileSearchStore":"fileSearchStores/x"}},{"web":{}}],"groundingSupports":[{"segment":{"endIndex":5},"groundingChunkIndices":[0,1,2]}]})"));
    const auto& citations = read.at<TextBlock>(0).citations;
    ASSERT_EQ(citations.size(), 2u);
    EXPECT_TRUE(citations[0].url.is_empty());
    EXPECT_EQ(citations[0].title.escaped, "a.txt");
    EXPECT_EQ(citations[0].cited_text.escaped, "It is Paris.");
    EXPECT_EQ(citations[0].end, 5);
    EXPECT_EQ(citations[1].title.escaped, "fileSearchStores/x");
}

TEST(GeminiAnswer, TakesThePagesThatWereReadForSourcesWhereNoneIsTold) {
    const std::string pages =
        R"("finishReason":"STOP","urlContextMetadata":{"urlMetadata":[{"retrievedUrl":"https://a.test","urlRetrievalStatus":"URL_RETRIEVAL_STATUS_SUCCESS"},{"retrievedUrl":"https://b.test","urlRetrievalStatus":"URL_RETRIEVAL_STATUS_ERROR"}]})";
    const Read alone(candidate(R"([{"text":"a"}])", pages));
    ASSERT_EQ(alone.at<TextBlock>(0).citations.size(), 1u);
    EXPECT_EQ(alone.at<TextBlock>(0).citations[0].url.escaped, "https://a.test");
    const Read beside(candidate(
        R"([{"text":"a"}])",
        pages + R"(,"groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://c.test"}}]})"));
    ASSERT_EQ(beside.at<TextBlock>(0).citations.size(), 1u);
    EXPECT_EQ(beside.at<TextBlock>(0).citations[0].url.escaped, "https://c.test");
}

TEST(GeminiAnswer, ShowsNoPictureThatTheModelThoughtWith) {
    const Read read(candidate(
        R"([{"inlineData":{"mimeType":"image/png","data":"AA"},"thought":true},{"inlineData":{"mimeType":"image/png","data":"BB"}}])"));
    ASSERT_EQ(read->choices[0].blocks.size(), 1u);
    EXPECT_EQ(read.at<MediaBlock>(0).data.escaped, "BB");
}

TEST(GeminiAnswer, ReadsSourcesOfRecitedText) {
    const Read read(candidate(
        R"([{"text":"a poem"}])",
        R"("finishReason":"STOP","citationMetadata":{"citationSources":[{"endIndex":6,"uri":"https://p.test","license":"x"},{"startIndex":1,"endIndex":2}]})"));
    const auto& citations = read.at<TextBlock>(0).citations;
    ASSERT_EQ(citations.size(), 1u);
    EXPECT_EQ(citations[0].start, 0);
    EXPECT_EQ(citations[0].end, 6);
}

TEST(GeminiAnswer, WritesLogprobsAsOpenAiDoes) {
    const Read read(candidate(
        R"([{"text":"a"}])",
        R"("logprobsResult":{"topCandidates":[{"candidates":[{"token":"a","logProbability":-0.5},{"token":"b","logProbability":-1}]}],"chosenCandidates":[{"token":"a","tokenId":3,"logProbability":-0.5}]},"finishReason":"STOP")"));
    EXPECT_EQ(
        read->choices[0].logprobs,
        R"({"content":[{"token":"a","logprob":-0.5,"bytes":null,"top_logprobs":[{"token":"a","logprob":-0.5,"bytes":null},{"token":"b","logprob":-1,"bytes":null}]}],"refusal":null})");
}

TEST(GeminiAnswer, ReadsSeveralCandidatesByTheirIndex) {
    const Read read(
        R"({"candidates":[{"index":1,"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"},
                                      {"content":{"parts":[{"text":"a"}]},"finishReason":"MAX_TOKENS","index":0}]})");
    ASSERT_EQ(read->choices.size(), 2u);
    EXPECT_EQ(read.at<TextBlock>(0, 0).text.escaped, "a");
    EXPECT_EQ(read.at<TextBlock>(0, 1).text.escaped, "b");
    EXPECT_EQ(read.ending(0).reason, Finish::length);
}

TEST(GeminiAnswer, PutsAStreamThatCameAsAnArrayTogether) {
    const Read read(
        R"([{"candidates":[{"content":{"parts":[{"text":"a"}]}}],"usageMetadata":{"promptTokenCount":1}},
        {"candidates":[{"content":{"parts":[{"text":"b"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2}}])");
    ASSERT_TRUE(read.answer);
    EXPECT_EQ(read.at<TextBlock>(0).text.escaped, "ab");
    EXPECT_EQ(read->usage.completion, 2u);
}

TEST(GeminiAnswer, RefusesWhatIsNoAnswer) {
    EXPECT_EQ(Read("<html>").answer.error().kind, ErrorKind::upstream_broken);
    EXPECT_EQ(Read("{}").answer.error().kind, ErrorKind::upstream_broken);
    const Read read(
        R"({"error":{"code":429,"message":"slow down","status":"RESOURCE_EXHAUSTED"}})");
    EXPECT_EQ(read.answer.error().kind, ErrorKind::upstream_refused);
    EXPECT_EQ(read.answer.error().status, 429);
}

// --- written

std::string written(Answer answer, bool wants_thinking = true) {
    const AnswerContext context{.model = "gemini-x", .wants_thinking = wants_thinking, .id = "abc"};
    auto body = dialect().encode_answer(answer, context);
    EXPECT_TRUE(wire::json::is_valid(body)) << body;
    const std::string_view end = R"(,"modelVersion":"gemini-x","responseId":"abc"})";
    EXPECT_TRUE(body.ends_with(end)) << body;
    return body.substr(0, body.size() - end.size());
}

Answer answer(std::vector<canonical::Block> blocks,
              canonical::Ending ending = {.reason = Finish::stop}) {
    Answer made;
    made.choices.push_back({.blocks = std::move(blocks), .ending = std::move(ending)});
    return made;
}

std::string one(const std::string& parts, const std::string& finish = R"("finishReason":"STOP")") {
    return R"({"candidates":[{"content":{"parts":[)" + parts + R"(],"role":"model"},)" + finish +
           R"(,"index":0}])";
}

ToolCallBlock call(std::string name, std::string_view arguments, std::string id = "1") {
    ToolCallBlock made{.id = std::move(id), .name = std::move(name)};
    made.arguments = arguments;
    return made;
}

ThinkingBlock thought(std::string_view said, Origin origin = Origin::none,
                      std::string_view value = {}) {
    ThinkingBlock made{.text = {said}};
    made.signature = {.origin = origin, .value = {value}};
    return made;
}

TEST(GeminiAnswer, WritesTextsAndCalls) {
    EXPECT_EQ(
        written(answer({text("a\\n"), call("f", R"({"n":1})"), call("g", "", "2")},
                       {.reason = Finish::tool_calls})),
        one(R"({"text":"a\n"},{"functionCall":{"id":"1","name":"f","args":{"n":1}}},{"functionCall":{"id":"2","name":"g","args":{}}})"));
    EXPECT_EQ(written(answer({})), one(R"({"text":""})"));
    EXPECT_EQ(written(Answer()), one(R"({"text":""})"));
}

TEST(GeminiAnswer, SaysWhenArgumentsAreNoObject) {
    EXPECT_EQ(
        written(answer({call("f", R"({"n":)")}, {.reason = Finish::tool_calls})),
        one(R"({"text":""})",
            R"("finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"The arguments of f are no JSON object: {\"n\":")"));
}

TEST(GeminiAnswer, ShowsThoughtsToThoseWhoAskedForThem) {
    const auto made = answer({thought("hm"), text("a")});
    EXPECT_EQ(written(made), one(R"({"text":"hm","thought":true},{"text":"a"})"));
    EXPECT_EQ(written(made, false), one(R"({"text":"a"})"));
}

TEST(GeminiAnswer, CarriesForeignProofsSealedOnTheNextPartAndTheFirstCall) {
    const auto proven = thought("hm", Origin::anthropic, "c2ln");
    const auto sealed = seal(proven);
    EXPECT_EQ(written(answer({proven, text("a"), call("f", "{}")}), false),
              one(R"({"text":"a","thoughtSignature":")" + sealed +
                  R"("},{"functionCall":{"id":"1","name":"f","args":{}},"thoughtSignature":")" +
                  sealed + "\"}"));
    EXPECT_EQ(written(answer({text("a"), proven}), false),
              one(R"({"text":"a"},{"text":"","thoughtSignature":")" + sealed + "\"}"));
}

TEST(GeminiAnswer, LosesNoneOfSeveralProofs) {
    auto redacted = thought("", Origin::anthropic, "cmVk");
    redacted.is_redacted = true;
    const auto first = thought("hm", Origin::anthropic, "c2ln");
    const auto body = written(answer({first, redacted, text("a")}), false);
    EXPECT_EQ(body, one(R"({"text":"","thoughtSignature":")" + seal(first) +
                        R"("},{"text":"a","thoughtSignature":")" + seal(redacted) + "\"}"));
}

TEST(GeminiAnswer, WritesGeminisOwnProofsAsTheyWere) {
    auto signed_call = call("f", "{}");
    signed_call.signature = {.origin = Origin::gemini, .value = {"Y2FsbA=="}};
    TextBlock empty;
    empty.signature = {.origin = Origin::gemini, .value = {"ZW1w"}};
    EXPECT_EQ(
        written(answer({text("a"), empty, signed_call})),
        one(R"({"text":"a"},{"text":"","thoughtSignature":"ZW1w"},{"functionCall":{"id":"1","name":"f","args":{}},"thoughtSignature":"Y2FsbA=="})"));
}

std::string finish(canonical::Ending ending) {
    const auto body = written(answer({text("a")}, std::move(ending)));
    const auto at = body.find(R"("finishReason":)") + 15;
    return body.substr(at, body.find(R"(,"index")") - at);
}

TEST(GeminiAnswer, WritesEveryFinish) {
    EXPECT_EQ(finish({.reason = Finish::stop}), "\"STOP\"");
    EXPECT_EQ(finish({.reason = Finish::stop_sequence, .stop_sequence = "x"}), "\"STOP\"");
    EXPECT_EQ(finish({.reason = Finish::length}), "\"MAX_TOKENS\"");
    EXPECT_EQ(finish({.reason = Finish::context_window}), "\"MAX_TOKENS\"");
    EXPECT_EQ(finish({.reason = Finish::content_filter, .detail = "RECITATION"}), "\"RECITATION\"");
    EXPECT_EQ(finish({.reason = Finish::refusal, .detail = "cyber"}),
              R"("SAFETY","finishMessage":"cyber")");
    EXPECT_EQ(finish({.reason = Finish::refusal, .explanation = {"no\\n"}}),
              R"("SAFETY","finishMessage":"no\n")");
    EXPECT_EQ(finish({.reason = Finish::pause}), "\"STOP\"");
    EXPECT_EQ(finish({.reason = Finish::failed, .detail = "MALFORMED_RESPONSE"}),
              "\"MALFORMED_RESPONSE\"");
    EXPECT_EQ(finish({.reason = Finish::failed}), "\"OTHER\"");
}

TEST(GeminiAnswer, LeavesNoRefusalWithoutASign) {
    EXPECT_EQ(written(answer({RefusalBlock{.text = {"I won't."}}})),
              one(R"({"text":"I won't."})", R"("finishReason":"SAFETY")"));
}

TEST(GeminiAnswer, WritesUsageAsGeminiCounts) {
    auto made = answer({text("a")});
    made.usage = {
        .prompt = 11, .completion = 12, .total = 23, .cached = 4, .reasoning = 7, .is_known = true};
    EXPECT_EQ(
        written(made),
        one(R"({"text":"a"})") +
            R"(,"usageMetadata":{"promptTokenCount":11,"cachedContentTokenCount":4,"candidatesTokenCount":5,"thoughtsTokenCount":7,"totalTokenCount":23,"promptTokensDetails":[{"modality":"TEXT","tokenCount":11}]})");
}

TEST(GeminiAnswer, CitesInBytes) {
    auto first = text("ä. ");
    auto second = text("Zürich");
    second.citations = {{.url = {"https://a.test"}, .title = {"A"}, .start = 1, .end = 3},
                        {.url = {"https://a.test"}, .title = {"A"}, .start = 0, .end = 6}};
    EXPECT_NE(
        written(answer({first, second}))
            .find(
                R"("groundingMetadata":{"groundingChunks":[{"web":{"uri":"https://a.test","title":"A"}}],"groundingSupports":[)"
                R"({"segment":{"startIndex":5,"endIndex":8},"groundingChunkIndices":[0]},{"segment":{"startIndex":4,"endIndex":11},"groundingChunkIndices":[0]}]})"),
        std::string::npos);
}

TEST(GeminiAnswer, CitesDocumentsByTheirNames) {
    auto said = text("abc");
    said.citations = {
        {.title = {"a.pdf"}, .cited_text = {"x"}, .place = {.document = 0}, .start = 0, .end = 3},
        {.place = {.document = 1}, .start = 0, .end = 3}};
    EXPECT_NE(
        written(answer({said}))
            .find(
                R"("groundingChunks":[{"retrievedContext":{"title":"a.pdf","text":"x"}},{"retrievedContext":{"title":"document 2"}}],)"),
        std::string::npos);
}

TEST(GeminiAnswer, WritesLogprobs) {
    auto made = answer({text("a")});
    made.choices[0].logprobs =
        R"({"content":[{"token":"a","logprob":-0.5,"bytes":[97],"top_logprobs":[{"token":"b","logprob":-1}]}],"refusal":null})";
    EXPECT_NE(
        written(made).find(
            R"("logprobsResult":{"chosenCandidates":[{"token":"a","logProbability":-0.5}],"topCandidates":[{"candidates":[{"token":"b","logProbability":-1}]}]})"),
        std::string::npos);
}

// --- looked at

TEST(GeminiAnswer, IsLookedAtWithoutBeingTakenApart) {
    const Padded body(candidate(R"([{"text":"a"}])"));
    const auto peeked = dialect().peek_answer(body);
    EXPECT_TRUE(peeked.is_object);
    EXPECT_FALSE(peeked.is_error);
    EXPECT_EQ(peeked.model, R"("gemini-z")");
    EXPECT_EQ(peeked.finish_reason, "STOP");
    EXPECT_EQ(peeked.usage.total, 23u);
    EXPECT_TRUE(dialect().peek_answer(Padded(R"([{"error":{"code":400}}])")).is_error);
    EXPECT_TRUE(dialect().peek_answer(Padded(R"({"error":{"code":400}})")).is_error);
    EXPECT_FALSE(dialect().peek_answer(Padded(R"({"candidates":[)")).is_object);
    EXPECT_EQ(dialect()
                  .peek_answer(Padded(R"({"promptFeedback":{"blockReason":"SAFETY"}})"))
                  .finish_reason,
              "SAFETY");
}

}  // namespace
}  // namespace router::dialects::gemini
