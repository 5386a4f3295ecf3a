#include "dialects/seal.hpp"
#include "gemini_fixture.hpp"

namespace router::dialects::gemini {
namespace {

using canonical::MediaBlock;
using canonical::MediaKind;
using canonical::MediaSource;
using canonical::OpaqueBlock;
using canonical::Origin;
using canonical::OutputKind;
using canonical::Role;
using canonical::TextBlock;
using canonical::ThinkingBlock;
using canonical::ThinkingMode;
using canonical::ToolCallBlock;
using canonical::ToolKind;
using canonical::ToolMode;
using canonical::ToolResultBlock;
using namespace std::string_literals;

std::string with(const std::string& members) {
    return R"({"contents":[{"parts":[{"text":"hi"}]}],)" + members + "}";
}

TEST(GeminiDecodeRequest, TakesTheModelAndTheStreamingFromTheUrl) {
    const Decoded request(R"({"contents":[{"parts":[{"text":"hi"}]}],"model":"models/other"})",
                          true);
    EXPECT_EQ(request->model, "gemini-x");
    EXPECT_TRUE(request->is_streaming);
    EXPECT_TRUE(request->wants_usage);
    ASSERT_EQ(request->turns.size(), 1u);
    EXPECT_EQ(request->turns[0].role, Role::user);
}

TEST(GeminiDecodeRequest, LeavesTextsAsTheyAreEscaped) {
    const Decoded request(R"({"contents":[{"parts":[{"text":"a\n\u00e4\/"}]}]})");
    EXPECT_EQ(block<TextBlock>(request->turns[0]).text.escaped, R"(a\n\u00e4\/)");
}

TEST(GeminiDecodeRequest, ReadsTheSystemInstructionInEveryForm) {
    for (const auto& said :
         {R"("systemInstruction":{"parts":[{"text":"be brief"}]})"s,
          R"("system_instruction":{"role":"user","parts":{"text":"be brief"}})"s,
          R"("systemInstruction":"be brief")"s, R"("systemInstruction":[{"text":"be brief"}])"s}) {
        const Decoded request(with(said));
        ASSERT_TRUE(request.request) << said;
        ASSERT_EQ(request->turns.size(), 2u) << said;
        EXPECT_EQ(request->turns[0].role, Role::system);
        EXPECT_EQ(block<TextBlock>(request->turns[0]).text.escaped, "be brief");
    }
}

TEST(GeminiDecodeRequest, ReadsSnakeCaseAndCamelCaseMixed) {
    const Decoded request(R"({
        "system_instruction":{"parts":[{"text":"s"}]},
        "contents":[{"parts":[{"inline_data":{"mime_type":"image/png","data":"iVBO"}},
                              {"file_data":{"mime_type":"application/pdf","file_uri":"https://x.test/a.pdf"}}]}],
        "generation_config":{"max_output_tokens":7,"top_p":0.5,"topK":3,"stop_sequences":["a"],
            "candidate_count":2,"response_mime_type":"application/json",
            "response_json_schema":{"type":"object"},
            "thinking_config":{"include_thoughts":true,"thinking_level":"low"}},
        "tools":[{"function_declarations":[{"name":"f","parameters_json_schema":{"type":"object","properties":{"snake_key":{"type":"string"}}}}]}],
        "tool_config":{"function_calling_config":{"mode":"ANY","allowed_function_names":["f"]}},
        "cached_content":"cachedContents/1"})");
    ASSERT_TRUE(request.request);
    EXPECT_EQ(request->turns.size(), 2u);
    EXPECT_EQ(block<MediaBlock>(request->turns[1], 0).mime, "image/png");
    const auto& file = block<MediaBlock>(request->turns[1], 1);
    EXPECT_EQ(file.source, MediaSource::url);
    EXPECT_EQ(file.kind, MediaKind::document);
    EXPECT_EQ(request->max_tokens, 7);
    EXPECT_EQ(request->sampling.top_p, 0.5);
    EXPECT_EQ(request->sampling.top_k, 3);
    EXPECT_EQ(request->choices, 2);
    EXPECT_EQ(request->output.kind, OutputKind::json_schema);
    EXPECT_EQ(request->reasoning.effort, canonical::Effort::low);
    EXPECT_EQ(request->reasoning.is_shown, true);
    ASSERT_EQ(request->tools.size(), 1u);
    EXPECT_EQ(request->tools[0].parameters,
              R"({"type":"object","properties":{"snake_key":{"type":"string"}}})");
    EXPECT_EQ(request->tool_choice->mode, ToolMode::named);
    EXPECT_EQ(request->tool_choice->name, "f");
    ASSERT_EQ(request->extras.size(), 1u);
    EXPECT_EQ(request->extras[0].first, "cachedContent");
}

TEST(GeminiDecodeRequest, PutsUrlSafeBase64IntoTheStandardAlphabet) {
    const Decoded request(
        R"({"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"ab-_"}}]}]})");
    EXPECT_EQ(block<MediaBlock>(request->turns[0]).data.escaped, "ab+/");
}

TEST(GeminiDecodeRequest, KnowsFilesThatOnlyGoogleCanRead) {
    const Decoded request(R"({"contents":[{"parts":[
        {"fileData":{"fileUri":"https://generativelanguage.googleapis.com/v1beta/files/abc"}},
        {"fileData":{"fileUri":"gs://bucket/x.png","mimeType":"image/png"}},
        {"fileData":{"fileUri":"https://www.youtube.com/watch?v=1"}}]}]})");
    EXPECT_EQ(block<MediaBlock>(request->turns[0], 0).source, MediaSource::file_id);
    EXPECT_EQ(block<MediaBlock>(request->turns[0], 1).source, MediaSource::file_id);
    EXPECT_EQ(block<MediaBlock>(request->turns[0], 2).source, MediaSource::url);
    EXPECT_EQ(block<MediaBlock>(request->turns[0], 2).kind, MediaKind::video);
}

const auto two_calls = R"({"contents":[
    {"role":"user","parts":[{"text":"go"}]},
    {"role":"model","parts":[{"functionCall":{"name":"f","args":{"n": 1}}},{"functionCall":{"name":"f","args":{}}},{"functionCall":{"name":"g"}}]},
    {"role":"user","parts":[{"functionResponse":{"name":"g","response":{"output":"third"}}},
                            {"functionResponse":{"name":"f","response":{"output":"first"}}},
                            {"functionResponse":{"name":"f","response":{"output":"second"}}},
                            {"text":"and now?"}]}]})"s;

TEST(GeminiDecodeRequest, MatchesResultsWithoutIdsByNameInOrder) {
    const Decoded request(two_calls);
    ASSERT_EQ(request->turns.size(), 4u);
    const auto& calls = request->turns[1];
    const auto& results = request->turns[2];
    EXPECT_EQ(results.role, Role::tool);
    EXPECT_EQ(block<ToolCallBlock>(calls, 0).id, "call_1_0");
    EXPECT_EQ(block<ToolCallBlock>(calls, 0).arguments, R"({"n":1})");
    EXPECT_EQ(block<ToolCallBlock>(calls, 2).arguments, "{}");
    EXPECT_EQ(block<ToolResultBlock>(results, 0).call_id, "call_1_2");
    EXPECT_EQ(block<ToolResultBlock>(results, 1).call_id, "call_1_0");
    EXPECT_EQ(block<ToolResultBlock>(results, 2).call_id, "call_1_1");
    EXPECT_EQ(block<TextBlock>(request->turns[3]).text.escaped, "and now?");
}

TEST(GeminiDecodeRequest, KeepsIdsThatClientsMade) {
    const Decoded request(R"({"contents":[
        {"role":"user","parts":[{"text":"go"}]},
        {"parts":[{"functionCall":{"id":"a","name":"f"}},{"functionCall":{"id":"b","name":"f"}}],"role":"model"},
        {"role":"function","parts":[{"functionResponse":{"id":"b","name":"f","response":{}}},
                                    {"functionResponse":{"name":"f","response":{}}}]}]})");
    ASSERT_EQ(request->turns.size(), 3u);
    EXPECT_EQ(block<ToolCallBlock>(request->turns[1]).id, "a");
    EXPECT_EQ(block<ToolResultBlock>(request->turns[2], 0).call_id, "b");
    EXPECT_EQ(block<ToolResultBlock>(request->turns[2], 1).call_id, "a");
}

canonical::ToolResultBlock result_of(const std::string& response) {
    static std::vector<std::unique_ptr<Decoded>> kept;
    kept.push_back(std::make_unique<Decoded>(
        R"({"contents":[{"parts":[{"functionResponse":{"name":"f","response":)" + response +
        "}}]}]}"));
    return block<ToolResultBlock>(kept.back()->request->turns.at(0));
}

std::string_view text_of(const ToolResultBlock& result) {
    return result.parts.empty() ? "" : std::get<TextBlock>(result.parts[0]).text.escaped;
}

TEST(GeminiDecodeRequest, TakesTheTextOutOfAResponse) {
    EXPECT_EQ(text_of(result_of(R"({"output":"a\nb"})")), R"(a\nb)");
    EXPECT_EQ(text_of(result_of(R"({"output":{"x": [1, 2]}})")), R"({\"x\":[1,2]})");
    EXPECT_EQ(text_of(result_of(R"({"temperature": 3})")), R"({\"temperature\":3})");
    EXPECT_EQ(text_of(result_of(R"("bare")")), "bare");
    EXPECT_EQ(text_of(result_of("{}")), "{}");
    EXPECT_FALSE(result_of(R"({"output":"fine"})").is_error);
    const auto failed = result_of(R"({"error":"no such file"})");
    EXPECT_TRUE(failed.is_error);
    EXPECT_EQ(text_of(failed), "no such file");
    EXPECT_EQ(failed.object, R"({"error":"no such file"})");
}

TEST(GeminiDecodeRequest, TakesMediaOutOfAResponse) {
    const Decoded request(
        R"({"contents":[{"parts":[{"functionResponse":{"name":"f","response":{"output":"see"},
           "parts":[{"inlineData":{"mimeType":"image/png","data":"iVBO","displayName":"x.png"}}]}}]}]})");
    const auto& result = block<ToolResultBlock>(request->turns[0]);
    ASSERT_EQ(result.parts.size(), 2u);
    EXPECT_EQ(std::get<MediaBlock>(result.parts[1]).mime, "image/png");
}

TEST(GeminiDecodeRequest, KeepsTheSignatureOfAPictureBehindIt) {
    const Decoded request(
        R"({"contents":[{"role":"model","parts":[{"inlineData":{"mimeType":"image/png","data":"AA"},"thoughtSignature":"c2ln"}]}]})");
    const auto& said = request->turns.back();
    EXPECT_EQ(block<MediaBlock>(said, 0).data.escaped, "AA");
    EXPECT_EQ(block<TextBlock>(said, 1).signature.value.escaped, "c2ln");
}

TEST(GeminiDecodeRequest, KeepsSignaturesWithTheirParts) {
    const Decoded request(R"({"contents":[{"role":"model","parts":[
        {"text":"hm","thought":true},
        {"text":"a","thoughtSignature":"c2ln"},
        {"text":"","thoughtSignature":"ZW1wdHk="},
        {"functionCall":{"name":"f"},"thoughtSignature":"Y2FsbA=="},
        {"functionCall":{"name":"g"},"thoughtSignature":"skip_thought_signature_validator"}]}]})");
    const auto& said = request->turns[0];
    EXPECT_EQ(block<ThinkingBlock>(said, 0).text.escaped, "hm");
    EXPECT_EQ(block<TextBlock>(said, 1).signature.value.escaped, "c2ln");
    EXPECT_EQ(block<TextBlock>(said, 1).signature.origin, Origin::gemini);
    EXPECT_EQ(block<TextBlock>(said, 2).signature.value.escaped, "ZW1wdHk=");
    EXPECT_EQ(block<ToolCallBlock>(said, 3).signature.value.escaped, "Y2FsbA==");
    EXPECT_FALSE(block<ToolCallBlock>(said, 4).signature.is_present());
}

std::string sealed_thought() {
    ThinkingBlock thinking{.text = {"deep thought"}};
    thinking.signature = {.origin = Origin::anthropic, .issuer = "me", .value = {"c2ln"}};
    return seal(thinking);
}

TEST(GeminiDecodeRequest, OpensASealBeforeWhatWasSaidOfIt) {
    // The client dropped the thoughts and the text's signature, and kept the call's.
    const Decoded request(R"({"contents":[{"role":"model","parts":[{"text":"Let me look."},
        {"functionCall":{"name":"f"},"thoughtSignature":")" +
                          sealed_thought() + R"("}]}]})");
    const auto& said = request->turns[0];
    ASSERT_EQ(said.blocks.size(), 3u);
    const auto& thinking = block<ThinkingBlock>(said, 0);
    EXPECT_EQ(thinking.text.escaped, "deep thought");
    EXPECT_EQ(thinking.signature.origin, Origin::anthropic);
    EXPECT_EQ(thinking.signature.value.escaped, "c2ln");
    EXPECT_FALSE(block<ToolCallBlock>(said, 2).signature.is_present());
}

TEST(GeminiDecodeRequest, OpensASealOnceThoughThoughtsAndCallRepeatIt) {
    const auto seal = sealed_thought();
    const Decoded request(
        R"({"contents":[{"role":"model","parts":[{"text":"deep thought","thought":true},
        {"text":"So:","thoughtSignature":")" +
        seal + R"("},{"functionCall":{"name":"f"},"thoughtSignature":")" + seal + R"("}]}]})");
    const auto& said = request->turns[0];
    ASSERT_EQ(said.blocks.size(), 3u);
    EXPECT_TRUE(block<ThinkingBlock>(said, 0).signature.is_present());
    EXPECT_EQ(block<TextBlock>(said, 1).text.escaped, "So:");
}

TEST(GeminiDecodeRequest, KeepsPartsOfGeminisOwnWhole) {
    const Decoded request(R"j({"contents":[{"role":"model","parts":[
        {"executableCode":{"language":"PYTHON","code":"print(1)"},"thoughtSignature":"c2ln"},
        {"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"1\n"}},
        {"toolCall":{"toolType":"GOOGLE_SEARCH"}}]}]})j");
    const auto& code = block<OpaqueBlock>(request->turns[0], 0);
    EXPECT_EQ(code.type, "executableCode");
    EXPECT_EQ(
        code.json,
        R"j({"executableCode":{"language":"PYTHON","code":"print(1)"},"thoughtSignature":"c2ln"})j");
    EXPECT_EQ(code.as_text.escaped, R"j(```python\nprint(1)\n```)j");
    EXPECT_EQ(block<OpaqueBlock>(request->turns[0], 1).as_text.escaped, R"(```\n1\n```)");
    EXPECT_EQ(block<OpaqueBlock>(request->turns[0], 2).type, "toolCall");
}

TEST(GeminiDecodeRequest, TurnsGooglesSchemasIntoJsonSchema) {
    const Decoded request(with(R"("tools":[{"functionDeclarations":[{"name":"f","description":"d\n",
        "parameters":{"type":"OBJECT","properties":{"a":{"type":"STRING","nullable":true}}}}]}],
        "generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"ARRAY","items":{"type":"INTEGER"}}})"));
    ASSERT_EQ(request->tools.size(), 1u);
    EXPECT_EQ(request->tools[0].description.escaped, R"(d\n)");
    EXPECT_EQ(request->tools[0].parameters,
              R"({"type":"object","properties":{"a":{"type":["string","null"]}}})");
    EXPECT_EQ(request->output.schema, R"({"type":"array","items":{"type":"integer"}})");
}

TEST(GeminiDecodeRequest, ReadsWhatAnAnswerShallBe) {
    EXPECT_EQ(
        Decoded(with(R"("generationConfig":{"responseMimeType":"application/json"})"))->output.kind,
        OutputKind::json_object);
    EXPECT_EQ(Decoded(with(R"("generationConfig":{"responseMimeType":"text/plain"})"))->output.kind,
              OutputKind::text);
    const Decoded newest(with(
        R"("generationConfig":{"responseFormat":[{"text":{"mimeType":"application/json","schema":{"type":"object"}}}]})"));
    EXPECT_EQ(newest->output.kind, OutputKind::json_schema);
    EXPECT_EQ(newest->output.schema, R"({"type":"object"})");
}

TEST(GeminiDecodeRequest, KnowsToolsThatTheProviderRuns) {
    const Decoded request(with(
        R"("tools":[{"googleSearch":{},"urlContext":{}},{"code_execution":{}},{"googleMaps":{"x":1}}])"));
    ASSERT_EQ(request->tools.size(), 4u);
    EXPECT_EQ(request->tools[0].kind, ToolKind::web_search);
    EXPECT_EQ(request->tools[1].kind, ToolKind::web_fetch);
    EXPECT_EQ(request->tools[2].kind, ToolKind::code_execution);
    EXPECT_EQ(request->tools[3].kind, ToolKind::opaque);
    EXPECT_EQ(request->tools[3].declaration, R"({"googleMaps":{"x":1}})");
}

TEST(GeminiDecodeRequest, ReadsWhichToolsMayBeCalled) {
    const auto choice = [](const std::string& config) {
        return Decoded(with(R"("toolConfig":{"functionCallingConfig":)" + config + "}"))
            ->tool_choice;
    };
    EXPECT_EQ(choice(R"({"mode":"NONE"})")->mode, ToolMode::none);
    EXPECT_EQ(choice(R"({"mode":"AUTO"})")->mode, ToolMode::automatic);
    EXPECT_EQ(choice(R"({"mode":"ANY"})")->mode, ToolMode::required);
    const auto some = choice(R"({"mode":"ANY","allowedFunctionNames":["f","g"]})");
    EXPECT_EQ(some->mode, ToolMode::required);
    EXPECT_EQ(some->allowed, (std::vector<std::string>{"f", "g"}));
    EXPECT_EQ(choice(R"({"mode":"VALIDATED","allowedFunctionNames":["f"]})")->allowed.size(), 1u);
    EXPECT_FALSE(choice(R"({"mode":"MODE_UNSPECIFIED"})"));
}

TEST(GeminiDecodeRequest, ReadsHowMuchAModelShallThink) {
    const auto reasoning = [](const std::string& config) {
        return Decoded(with(R"("generationConfig":{"thinkingConfig":)" + config + "}"))->reasoning;
    };
    EXPECT_EQ(reasoning(R"({"thinkingLevel":"HIGH"})").effort, canonical::Effort::high);
    EXPECT_FALSE(reasoning(R"({"thinkingLevel":"THINKING_LEVEL_UNSPECIFIED"})").effort);
    EXPECT_EQ(reasoning(R"({"thinkingBudget":0})").mode, ThinkingMode::off);
    EXPECT_EQ(reasoning(R"({"thinkingBudget":-1})").mode, ThinkingMode::adaptive);
    EXPECT_EQ(reasoning(R"({"thinkingBudget":-1})").budget, -1);
    EXPECT_EQ(reasoning(R"({"thinkingBudget":"512"})").budget, 512);
}

TEST(GeminiDecodeRequest, KeepsWhatOnlyGeminiKnowsUnderItsPlace) {
    const Decoded request(
        R"({"contents":[{"parts":[{"fileData":{"fileUri":"https://x.test/a.mp4","mimeType":"video/mp4"},"videoMetadata":{"fps":1}}]}],
        "safetySettings":[{"category":"X","threshold":"OFF"}],"labels":{"team":"a"},"serviceTier":"STANDARD",
        "generationConfig":{"speechConfig":{"a":1},"seed":5,"responseLogprobs":true,"logprobs":2,"responseModalities":["TEXT","IMAGE"]},
        "toolConfig":{"retrievalConfig":{"b":2}}})");
    std::vector<std::string> names;
    for (const auto& [name, value] : request->extras) names.push_back(name);
    EXPECT_EQ(names, (std::vector<std::string>{"contents[0].parts[0].videoMetadata",
                                               "safetySettings", "generationConfig.speechConfig",
                                               "toolConfig.retrievalConfig"}));
    EXPECT_EQ(request->metadata, R"({"team":"a"})");
    EXPECT_EQ(request->service_tier, "default");
    EXPECT_EQ(request->sampling.seed, 5);
    EXPECT_EQ(request->logprobs, true);
    EXPECT_EQ(request->top_logprobs, 2);
    EXPECT_EQ(request->modalities, (std::vector<std::string>{"text", "image"}));
}

TEST(GeminiDecodeRequest, ReadsBothFormsOfCountTokens) {
    const Decoded request(
        R"({"generateContentRequest":{"model":"models/m","contents":[{"parts":[{"text":"hi"}]}],"systemInstruction":{"parts":[{"text":"s"}]}}})");
    ASSERT_TRUE(request.request);
    EXPECT_EQ(request->turns.size(), 2u);
}

TEST(GeminiDecodeRequest, RefusesWhatIsNoRequest) {
    for (const auto* body :
         {"", "[]", "{", "{}", R"({"contents":[]})", R"({"contents":[{"parts":[{"text":"a"}]}]} x)",
          R"({"contents":[{"parts":[{"text":"a"}])"}) {
        const Decoded request{std::string_view(body)};
        ASSERT_FALSE(request.request) << body;
        EXPECT_EQ(request.request.error().kind, ErrorKind::bad_request) << body;
    }
}

}  // namespace
}  // namespace router::dialects::gemini
