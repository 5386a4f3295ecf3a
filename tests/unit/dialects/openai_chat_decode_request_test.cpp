#include "openai_chat_fixture.hpp"

namespace router::dialects::openai_chat {
namespace {

using namespace canonical;

std::string fault(std::string_view body) {
    const Decoded request(body);
    return request.request ? "none" : request.request.error().param;
}

TEST(ChatDecodeRequest, ReadsTheTurnsInTheirPlaces) {
    const Decoded request(asking(
        R"([{"role":"developer","content":"Be brief."},{"role":"user","name":"ann","content":"a\n\u00e4"},)"
        R"({"role":"assistant","content":null,"refusal":"no"},{"role":"system","content":[{"type":"text","text":"now"}]}])"));
    ASSERT_TRUE(request.request);
    ASSERT_EQ(request->turns.size(), 4U);
    EXPECT_EQ(request->model, "m");
    EXPECT_EQ(request->turns[0].role, Role::developer);
    EXPECT_EQ(request->turns[1].name, "ann");
    EXPECT_EQ(block<TextBlock>(request->turns[1]).text.escaped, R"(a\n\u00e4)");
    EXPECT_EQ(block<RefusalBlock>(request->turns[2]).text.escaped, "no");
    EXPECT_EQ(request->turns[3].role, Role::system);
}

TEST(ChatDecodeRequest, ReadsEverySetting) {
    const Decoded request(hello(
        R"("temperature":0.5,"top_p":1,"top_k":40,"presence_penalty":-1,"frequency_penalty":2,"seed":7,)"
        R"("n":2,"logprobs":true,"top_logprobs":3,"logit_bias":{"5":-1},"stop":["a","b"],"max_tokens":5,)"
        R"("max_completion_tokens":9,"reasoning_effort":"xhigh","verbosity":"low","service_tier":"flex",)"
        R"("safety_identifier":"u","user":"old","prompt_cache_key":"k","store":true,"metadata":{"a":"b"},)"
        R"("modalities":["text","audio"],"audio":{"voice":"x"},"stream":true,"stream_options":{"include_usage":true},)"
        R"("parallel_tool_calls":false,"prediction":{"type":"content"},"min_p":0.1)"));
    ASSERT_TRUE(request.request);
    const auto& sampling = request->sampling;
    EXPECT_EQ(sampling.temperature, 0.5);
    EXPECT_EQ(sampling.top_p, 1);
    EXPECT_EQ(sampling.top_k, 40);
    EXPECT_EQ(sampling.presence_penalty, -1);
    EXPECT_EQ(sampling.frequency_penalty, 2);
    EXPECT_EQ(sampling.seed, 7);
    EXPECT_EQ(sampling.logit_bias, R"({"5":-1})");
    EXPECT_EQ(request->choices, 2);
    EXPECT_EQ(request->logprobs, true);
    EXPECT_EQ(request->top_logprobs, 3);
    ASSERT_EQ(request->stop.size(), 2U);
    EXPECT_EQ(request->max_tokens, 9);
    EXPECT_EQ(request->reasoning.effort, Effort::xhigh);
    EXPECT_EQ(request->verbosity, "low");
    EXPECT_EQ(request->service_tier, "flex");
    EXPECT_EQ(request->user, "u");
    EXPECT_EQ(request->cache_key, "k");
    EXPECT_EQ(request->store, true);
    EXPECT_EQ(request->metadata, R"({"a":"b"})");
    EXPECT_EQ(request->modalities, (std::vector<std::string>{"text", "audio"}));
    EXPECT_TRUE(request->is_streaming);
    EXPECT_TRUE(request->wants_usage);
    EXPECT_EQ(request->parallel_tool_calls, false);
    ASSERT_EQ(request->extras.size(), 2U);
    EXPECT_EQ(request->extras[0].first, "prediction");
    EXPECT_EQ(request->extras[1].second, "0.1");
}

TEST(ChatDecodeRequest, TakesNullForAbsentAndMinusOneForNoLimit) {
    const Decoded request(hello(
        R"("temperature":null,"stop":null,"tools":null,"response_format":null,"max_tokens":-1,"n":null,"x":null)"));
    ASSERT_TRUE(request.request) << request.request.error().message;
    EXPECT_FALSE(request->max_tokens);
    EXPECT_EQ(request->choices, 1);
    EXPECT_TRUE(request->extras.empty());
}

TEST(ChatDecodeRequest, ReadsEveryPart) {
    const Decoded request(asking(
        R"([{"role":"user","content":[{"text":"t","type":"text","cache_control":{"type":"ephemeral","ttl":"1h"}},)"
        R"({"type":"image_url","image_url":{"url":"data:image\/PNG;base64,AAAA","detail":"low"}},)"
        R"({"type":"image_url","image_url":"https://x/y.png"},{"type":"input_audio","input_audio":{"data":"BB","format":"wav"}},)"
        R"({"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,CC"}},)"
        R"({"type":"file","file":{"file_id":"f-1"}},{"type":"text","text":"p","prompt_cache_breakpoint":{"mode":"explicit"}}]}])"));
    ASSERT_TRUE(request.request) << request.request.error().message;
    const auto& turn = request->turns[0];
    ASSERT_EQ(turn.blocks.size(), 7U);
    EXPECT_EQ(block<TextBlock>(turn, 0).cache, CacheMark::one_hour);
    const auto& image = block<MediaBlock>(turn, 1);
    EXPECT_EQ(image.mime, "image/png");
    EXPECT_EQ(image.data.escaped, "AAAA");
    EXPECT_EQ(image.detail, "low");
    EXPECT_EQ(block<MediaBlock>(turn, 2).source, MediaSource::url);
    EXPECT_EQ(block<MediaBlock>(turn, 3).mime, "audio/wav");
    const auto& file = block<MediaBlock>(turn, 4);
    EXPECT_EQ(file.kind, MediaKind::document);
    EXPECT_EQ(file.name.escaped, "a.pdf");
    EXPECT_EQ(file.data.escaped, "CC");
    EXPECT_EQ(block<MediaBlock>(turn, 5).source, MediaSource::file_id);
    EXPECT_EQ(block<TextBlock>(turn, 6).cache, CacheMark::short_lived);
}

TEST(ChatDecodeRequest, MakesADataUrlWithoutBase64OneWithIt) {
    const Decoded request(asking(
        R"([{"role":"user","content":[{"type":"file","file":{"file_data":"data:text/plain,a%20b"}}]}])"));
    const auto& file = block<MediaBlock>(request->turns[0]);
    EXPECT_EQ(file.mime, "text/plain");
    EXPECT_EQ(file.data.escaped, "YSBi");
}

TEST(ChatDecodeRequest, JoinsARunOfResultsBehindTheirCalls) {
    const Decoded request(asking(
        R"([{"role":"assistant","content":"","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\": 1}"}},)"
        R"({"id":"b","type":"custom","custom":{"name":"g","input":"free\ntext"}},{"id":"c","function":{"name":"h","arguments":""}}]},)"
        R"({"role":"tool","tool_call_id":"a","content":"one"},{"role":"tool","tool_call_id":"b","content":[{"type":"text","text":"two"},{"type":"image_url","image_url":{"url":"https://x"}}]},)"
        R"({"role":"tool","tool_call_id":"c","content":""},{"role":"user","content":"go on"}])"));
    ASSERT_TRUE(request.request) << request.request.error().message;
    ASSERT_EQ(request->turns.size(), 3U);
    EXPECT_EQ(block<ToolCallBlock>(request->turns[0], 0).arguments, R"({"x": 1})");
    EXPECT_EQ(block<ToolCallBlock>(request->turns[0], 1).kind, ToolKind::custom);
    EXPECT_EQ(block<ToolCallBlock>(request->turns[0], 1).arguments, R"(free\ntext)");
    EXPECT_EQ(block<ToolCallBlock>(request->turns[0], 2).arguments, "{}");
    ASSERT_EQ(request->turns[1].blocks.size(), 3U);
    EXPECT_EQ(request->turns[1].role, Role::tool);
    EXPECT_EQ(block<ToolResultBlock>(request->turns[1], 1).parts.size(), 2U);
    EXPECT_EQ(block<ToolResultBlock>(request->turns[1], 1).kind, ToolKind::custom);
    EXPECT_TRUE(block<ToolResultBlock>(request->turns[1], 2).parts.empty());
}

TEST(ChatDecodeRequest, KeepsArgumentsThatAreNoObjectWhole) {
    const auto arguments = [](const std::string& text) {
        const Decoded request(asking(
            R"([{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":)" +
            text + "}}]}]"));
        return std::string(block<ToolCallBlock>(request->turns[0]).arguments);
    };
    EXPECT_EQ(arguments(R"("{\"a\": tru")"), R"({"a": tru)");
    EXPECT_EQ(arguments(R"("[1]")"), "[1]");
    EXPECT_EQ(arguments(R"("null")"), "{}");
    EXPECT_EQ(arguments(R"({"a": 1})"), R"({"a": 1})");
    EXPECT_EQ(arguments("null"), "{}");
}

TEST(ChatDecodeRequest, MakesToolsOfTheDeprecatedFunctions) {
    const Decoded request(asking(
        R"([{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},)"
        R"({"role":"function","name":"f","content":"ok"}])",
        R"(,"functions":[{"name":"f","description":"d","parameters":{"type":"object"}}],"function_call":{"name":"f"})"));
    ASSERT_TRUE(request.request) << request.request.error().message;
    EXPECT_EQ(block<ToolResultBlock>(request->turns[1]).call_id,
              block<ToolCallBlock>(request->turns[0]).id);
    EXPECT_NE(block<ToolCallBlock>(request->turns[0]).id, "");
    ASSERT_EQ(request->tools.size(), 1U);
    EXPECT_EQ(request->tools[0].parameters, R"({"type":"object"})");
    EXPECT_EQ(request->tool_choice->mode, ToolMode::named);
    EXPECT_EQ(request->tool_choice->name, "f");
}

TEST(ChatDecodeRequest, ReadsToolsOfEveryKind) {
    const Decoded request(hello(
        R"("tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"a": 1}},"cache_control":{"type":"ephemeral"}},)"
        R"({"type":"custom","custom":{"name":"g","format":{"type":"text"}}},{"type":"function","name":"flat","parameters":{}},)"
        R"({"name":"claudes","input_schema":{"b":2}},{"type":"openrouter:web_search"},{"type":"strange","x":1}],)"
        R"("web_search_options":{"search_context_size":"low"})"));
    ASSERT_TRUE(request.request) << request.request.error().message;
    const auto& tools = request->tools;
    ASSERT_EQ(tools.size(), 7U);
    EXPECT_EQ(tools[0].strict, true);
    EXPECT_EQ(tools[0].cache, CacheMark::short_lived);
    EXPECT_EQ(tools[1].kind, ToolKind::custom);
    EXPECT_EQ(tools[1].format, R"({"type":"text"})");
    EXPECT_EQ(tools[2].name, "flat");
    EXPECT_EQ(tools[3].parameters, R"({"b":2})");
    EXPECT_EQ(tools[4].kind, ToolKind::web_search);
    EXPECT_EQ(tools[5].kind, ToolKind::opaque);
    EXPECT_EQ(tools[5].declaration, R"({"type":"strange","x":1})");
    EXPECT_EQ(tools[6].kind, ToolKind::web_search);
}

TEST(ChatDecodeRequest, ReadsEveryToolChoice) {
    const auto choice = [](const std::string& json) {
        const Decoded request(hello("\"tool_choice\":" + json));
        if (!request.request) return "error " + request.request.error().param;
        const auto& made = *request->tool_choice;
        auto text = std::to_string(static_cast<int>(made.mode)) + made.name;
        for (const auto& name : made.allowed) text += "," + name;
        return text;
    };
    EXPECT_EQ(choice(R"("auto")"), "0");
    EXPECT_EQ(choice(R"("none")"), "1");
    EXPECT_EQ(choice(R"("required")"), "2");
    EXPECT_EQ(choice(R"("any")"), "2");
    EXPECT_EQ(choice(R"({"type":"function","function":{"name":"f"}})"), "3f");
    EXPECT_EQ(choice(R"({"function":{"name":"f"}})"), "3f");
    EXPECT_EQ(choice(R"({"type":"custom","custom":{"name":"g"}})"), "3g");
    EXPECT_EQ(choice(R"({"type":"auto"})"), "0");
    EXPECT_EQ(choice(R"({"type":"tool","name":"h"})"), "3h");
    EXPECT_EQ(
        choice(
            R"({"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"b"}}]}})"),
        "2,a,b");
    EXPECT_EQ(choice(R"("sometimes")"), "error tool_choice");
    EXPECT_EQ(choice(R"({"type":"function"})"), "error tool_choice");
}

TEST(ChatDecodeRequest, ReadsWhatIsSaidOfThinking) {
    const auto reasoning = [](const std::string& members) {
        return Decoded(hello(members))->reasoning;
    };
    EXPECT_EQ(reasoning(R"("reasoning":{"max_tokens":100,"exclude":true})").budget, 100);
    EXPECT_EQ(reasoning(R"("reasoning":{"max_tokens":100,"exclude":true})").is_shown, false);
    EXPECT_EQ(reasoning(R"("reasoning":{"enabled":false})").mode, ThinkingMode::off);
    EXPECT_EQ(reasoning(R"("reasoning":{"effort":"low"})").effort, Effort::low);
    EXPECT_EQ(reasoning(R"("thinking":{"type":"enabled","budget_tokens":2000})").mode,
              ThinkingMode::budget);
    EXPECT_EQ(reasoning(R"("thinking":{"type":"disabled"})").mode, ThinkingMode::off);
    EXPECT_EQ(reasoning(R"("thinking":{"type":"adaptive"})").mode, ThinkingMode::adaptive);
    EXPECT_FALSE(reasoning(R"("reasoning_effort":"default")").effort);
    EXPECT_EQ(reasoning(R"("reasoning_effort":"none")").effort, Effort::none);
}

TEST(ChatDecodeRequest, ReadsTheFormatOfTheAnswer) {
    const Decoded request(hello(
        R"("response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":{"type":"object"}}})"));
    EXPECT_EQ(request->output.kind, OutputKind::json_schema);
    EXPECT_EQ(request->output.name, "n");
    EXPECT_EQ(request->output.schema, R"({"type":"object"})");
    EXPECT_EQ(request->output.strict, true);
    EXPECT_EQ(Decoded(hello(R"("response_format":{"type":"json_object"})"))->output.kind,
              OutputKind::json_object);
    EXPECT_EQ(Decoded(hello(R"("response_format":{"type":"text"})"))->output.kind,
              OutputKind::text);
}

// Thoughts that come back

TEST(ChatDecodeRequest, TakesThoughtsBackWithTheirProofs) {
    const Decoded request(asking(
        R"([{"role":"assistant","content":"hi","reasoning_content":"A thought","reasoning_details":[)"
        R"({"type":"reasoning.text","text":"A thought","signature":"SIG=","format":"anthropic-claude-v1","index":0,"issuer":"acc"},)"
        R"({"type":"reasoning.encrypted","data":"RED","format":"anthropic-claude-v1","index":1},)"
        R"({"type":"reasoning.summary","summary":"S","id":"rs_1","format":"openai-responses-v1","index":2},)"
        R"({"type":"reasoning.encrypted","data":"ENC","id":"rs_1","format":"openai-responses-v1","index":3},)"
        R"({"type":"reasoning.encrypted","data":"X","format":"xai-responses-v1","index":4}]}])"));
    const auto& turn = request->turns[0];
    ASSERT_EQ(turn.blocks.size(), 5U);
    const auto& first = block<ThinkingBlock>(turn, 0);
    EXPECT_EQ(first.text.escaped, "A thought");
    EXPECT_EQ(first.signature.origin, Origin::anthropic);
    EXPECT_EQ(first.signature.issuer, "acc");
    EXPECT_EQ(first.signature.value.escaped, "SIG=");
    EXPECT_TRUE(block<ThinkingBlock>(turn, 1).is_redacted);
    EXPECT_EQ(block<ThinkingBlock>(turn, 1).signature.value.escaped, "RED");
    const auto& openais = block<ThinkingBlock>(turn, 2);
    EXPECT_EQ(openais.text.escaped, "S");
    EXPECT_EQ(openais.signature.origin, Origin::openai);
    EXPECT_EQ(openais.signature.value.escaped, "ENC");
    EXPECT_EQ(openais.signature.item_id, "rs_1");
    EXPECT_EQ(block<ThinkingBlock>(turn, 3).signature.origin, Origin::openrouter);
    EXPECT_EQ(block<TextBlock>(turn, 4).text.escaped, "hi");
}

TEST(ChatDecodeRequest, JoinsPiecesOfAThought) {
    const Decoded request(asking(
        R"([{"role":"assistant","content":"","reasoning_details":[)"
        R"({"type":"reasoning.text","text":"A ","format":"anthropic-claude-v1","index":0},)"
        R"({"type":"reasoning.text","text":"B","format":"anthropic-claude-v1","index":0},)"
        R"({"type":"reasoning.text","signature":"S","format":"anthropic-claude-v1","index":0}]}])"));
    ASSERT_EQ(request->turns[0].blocks.size(), 1U);
    EXPECT_EQ(block<ThinkingBlock>(request->turns[0]).text.escaped, "A B");
    EXPECT_EQ(block<ThinkingBlock>(request->turns[0]).signature.value.escaped, "S");
}

TEST(ChatDecodeRequest, TakesThoughtsWithoutProofs) {
    for (
        const auto* message :
        {R"([{"role":"assistant","content":"x","reasoning_content":"T"}])",
         R"([{"role":"assistant","content":"x","reasoning":"T"}])",
         R"([{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"T"}]},{"type":"text","text":"x"}]}])"}) {
        const Decoded request(asking(message));
        ASSERT_EQ(request->turns[0].blocks.size(), 2U) << message;
        EXPECT_EQ(block<ThinkingBlock>(request->turns[0]).text.escaped, "T");
        EXPECT_FALSE(block<ThinkingBlock>(request->turns[0]).signature.is_present());
    }
}

// A seller of Gemini's models passed them on; Google's own endpoint writes extra_content.
TEST(ChatDecodeRequest, ForgetsGeminisProofsThatNameNoIssuer) {
    const Decoded request(asking(
        R"([{"role":"assistant","content":"y","tool_calls":[{"id":"b","type":"function","function":{"name":"f","arguments":"{}"}}],"reasoning_details":[)"
        R"({"type":"reasoning.text","text":"T","signature":"S","format":"google-gemini-v1","index":0},)"
        R"({"type":"reasoning.encrypted","data":"TWO","id":"b","format":"google-gemini-v1","index":1}]}])"));
    const auto& turn = request->turns[0];
    EXPECT_EQ(block<ThinkingBlock>(turn, 0).text.escaped, "T");
    EXPECT_FALSE(block<ThinkingBlock>(turn, 0).signature.is_present());
    EXPECT_FALSE(block<ToolCallBlock>(turn, 2).signature.is_present());
}

TEST(ChatDecodeRequest, KeepsTheProofOfAPictureBehindIt) {
    const Decoded request(asking(
        R"([{"role":"assistant","content":"Look:","images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}],)"
        R"("reasoning_details":[{"type":"reasoning.encrypted","data":"PIC","issuer":"acc","format":"google-gemini-v1","index":0}]}])"));
    const auto& turn = request->turns[0];
    ASSERT_EQ(turn.blocks.size(), 3U);
    EXPECT_FALSE(block<TextBlock>(turn, 0).signature.is_present());
    EXPECT_EQ(block<MediaBlock>(turn, 1).data.escaped, "AA");
    EXPECT_EQ(block<TextBlock>(turn, 2).signature.value.escaped, "PIC");
}

TEST(ChatDecodeRequest, GivesGeminisProofsToCallsAndTexts) {
    const Decoded request(asking(
        R"([{"role":"assistant","content":"x","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"ONE"}}}]},)"
        R"({"role":"assistant","content":"y","tool_calls":[{"id":"b","type":"function","function":{"name":"f","arguments":"{}"}}],)"
        R"("reasoning_details":[{"type":"reasoning.encrypted","data":"TWO","id":"b","issuer":"acc","format":"google-gemini-v1","index":0}]},)"
        R"({"role":"assistant","content":"z","reasoning_details":[{"type":"reasoning.encrypted","data":"THREE","issuer":"acc","format":"google-gemini-v1","index":0}]},)"
        R"({"role":"assistant","content":null,"reasoning_details":[{"type":"reasoning.encrypted","data":"FOUR","issuer":"acc","format":"google-gemini-v1","index":0}]}])"));
    EXPECT_EQ(block<ToolCallBlock>(request->turns[0], 1).signature.value.escaped, "ONE");
    EXPECT_EQ(block<ToolCallBlock>(request->turns[0], 1).signature.origin, Origin::gemini);
    EXPECT_EQ(block<ToolCallBlock>(request->turns[1], 1).signature.value.escaped, "TWO");
    EXPECT_FALSE(block<TextBlock>(request->turns[1], 0).signature.is_present());
    EXPECT_EQ(block<TextBlock>(request->turns[2]).signature.value.escaped, "THREE");
    EXPECT_EQ(block<TextBlock>(request->turns[3]).signature.value.escaped, "FOUR");
}

TEST(ChatDecodeRequest, PutsACacheMarkOfAMessageOnItsLastBlock) {
    const Decoded request(asking(
        R"([{"role":"user","content":"x","cache_control":{"type":"ephemeral"}},)"
        R"({"role":"assistant","content":"y","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"},"cache_control":{"type":"ephemeral"}}]}])"));
    EXPECT_EQ(block<TextBlock>(request->turns[0]).cache, CacheMark::short_lived);
    EXPECT_EQ(block<ToolCallBlock>(request->turns[1], 1).cache, CacheMark::short_lived);
}

TEST(ChatDecodeRequest, NamesTheFieldAtFault) {
    EXPECT_EQ(fault(R"({"messages":[]})"), "messages");
    EXPECT_EQ(fault(R"({"model":"m"})"), "messages");
    EXPECT_EQ(fault(R"({"messages":[{"role":"user","content":"x"}]})"), "model");
    EXPECT_EQ(fault(asking("{}")), "messages");
    EXPECT_EQ(fault(asking("[1]")), "messages[0]");
    EXPECT_EQ(fault(asking(R"([{"role":"user","content":"x"},{"content":"x"}])")),
              "messages[1].role");
    EXPECT_EQ(fault(asking(R"([{"role":"boss","content":"x"}])")), "messages[0].role");
    EXPECT_EQ(fault(asking(R"([{"role":"user","content":7}])")), "messages[0].content");
    EXPECT_EQ(fault(asking(R"([{"role":"user","content":[{"type":"text","text":"x"},{"x":1}]}])")),
              "messages[0].content[1].type");
    EXPECT_EQ(fault(asking(R"([{"role":"user","content":[{"type":"smell"}]}])")),
              "messages[0].content[0]");
    EXPECT_EQ(fault(asking(R"([{"role":"tool","content":"x"}])")), "messages[0].tool_call_id");
    EXPECT_EQ(fault(asking(R"([{"role":"assistant","tool_calls":[{"id":"a","function":{}}]}])")),
              "messages[0].tool_calls[0].function.name");
    EXPECT_EQ(fault(hello(R"("temperature":"warm")")), "temperature");
    EXPECT_EQ(fault(hello(R"("stream":"yes")")), "stream");
    EXPECT_EQ(fault(hello(R"("n":0)")), "n");
    EXPECT_EQ(fault(hello(R"("reasoning_effort":"huge")")), "reasoning_effort");
    EXPECT_EQ(fault(hello(R"("tools":[{"type":"function","function":{}}])")),
              "tools[0].function.name");
    EXPECT_EQ(fault(hello(R"("tools":{})")), "tools");
    EXPECT_EQ(fault(hello(R"("response_format":{"type":"grammar"})")), "response_format.type");
    for (const auto* body : {"", "[]", "{", "null", R"({"model":"m")", "{} {}"})
        EXPECT_EQ(fault(body), body == std::string_view("{} {}") ? "" : "") << body;
}

}  // namespace
}  // namespace router::dialects::openai_chat
