#include "openai_responses_fixture.hpp"

namespace router::dialects::openai_responses {
namespace {

TEST(ResponsesDecodeRequest, TakesATextAsTheUsersTurn) {
    const auto request = asked(R"("input":"Hi \"you\"","instructions":"Be kind","stream":true)");
    ASSERT_EQ(request->turns.size(), 2U);
    EXPECT_EQ(request->turns[0].role, Role::system);
    EXPECT_EQ(at<TextBlock>(request->turns[0].blocks).text.plain(), "Be kind");
    EXPECT_EQ(request->turns[1].role, Role::user);
    EXPECT_EQ(at<TextBlock>(request->turns[1].blocks).text.plain(), "Hi \"you\"");
    EXPECT_TRUE(request->is_streaming);
    EXPECT_TRUE(request->wants_usage);
    EXPECT_EQ(request->model, "m");
}

TEST(ResponsesDecodeRequest, ReadsSettings) {
    const auto request = asked(
        R"("input":"x","temperature":0.5,"top_p":1,"max_output_tokens":100,"top_logprobs":3,
           "store":false,"parallel_tool_calls":false,"metadata":{"a":"b"},"service_tier":"flex",
           "prompt_cache_key":"k","user":"u","safety_identifier":"s","truncation":"auto",
           "reasoning":{"effort":"high","summary":"auto","context":"all_turns"},
           "text":{"verbosity":"low","format":{"type":"json_schema","name":"n","strict":true,
                   "schema":{"type":"object"}}},
           "include":["reasoning.encrypted_content","message.output_text.logprobs"])");
    EXPECT_EQ(request->sampling.temperature, 0.5);
    EXPECT_EQ(request->sampling.top_p, 1.0);
    EXPECT_EQ(request->max_tokens, 100);
    EXPECT_EQ(request->top_logprobs, 3);
    EXPECT_EQ(request->store, false);
    EXPECT_EQ(request->parallel_tool_calls, false);
    EXPECT_EQ(request->metadata, R"({"a":"b"})");
    EXPECT_EQ(request->service_tier, "flex");
    EXPECT_EQ(request->cache_key, "k");
    EXPECT_EQ(request->user, "s");
    EXPECT_EQ(request->reasoning.effort, Effort::high);
    EXPECT_EQ(request->reasoning.summary, "auto");
    EXPECT_EQ(request->reasoning.is_shown, true);
    EXPECT_EQ(request->verbosity, "low");
    EXPECT_EQ(request->output.kind, OutputKind::json_schema);
    EXPECT_EQ(request->output.name, "n");
    EXPECT_EQ(request->output.strict, true);
    EXPECT_EQ(request->output.schema, R"({"type":"object"})");
    EXPECT_EQ(request->logprobs, true);
    const std::vector<Extra> extras = {{"truncation", "\"auto\""},
                                       {"reasoning.context", "\"all_turns\""}};
    EXPECT_EQ(request->extras, extras);
    // What OpenAI alone can give is an extra, with all that was asked for beside it.
    constexpr auto more = R"(["reasoning.encrypted_content","web_search_call.results"])";
    const auto asks = asked(R"("input":"x","include":)" + std::string(more));
    EXPECT_EQ(asks->extras, (std::vector<Extra>{{"include", more}}));
}

TEST(ResponsesDecodeRequest, PassesOverWhatIsNull) {
    const auto request = asked(
        R"("input":"x","temperature":null,"tools":null,"text":null,"reasoning":null,"stream":null,
           "instructions":null,"tool_choice":null,"user":null,"metadata":null)");
    ASSERT_TRUE(request.request) << request.request.error().message;
    EXPECT_TRUE(request->extras.empty());
    EXPECT_TRUE(request->metadata.empty());
}

TEST(ResponsesDecodeRequest, MakesOneTurnOfWhatTheModelSaidAndCalled) {
    const auto request = asked(R"("input":[
        {"role":"user","content":[{"type":"input_text","text":"a"},
            {"type":"input_image","image_url":"data:image/png;base64,AAAA","detail":"low"},
            {"type":"input_file","filename":"f.pdf","file_data":"data:application/pdf;base64,BBBB"}]},
        {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"hm"},
            {"type":"summary_text","text":"so"}],"encrypted_content":"ENC"},
        {"type":"message","role":"assistant","id":"msg_1","status":"completed","phase":"commentary",
            "content":[{"type":"output_text","text":"b","annotations":[]}]},
        {"type":"function_call","id":"fc_1","call_id":"c1","name":"f","arguments":"{\"x\":\"\\n\"}"},
        {"type":"custom_tool_call","id":"ctc_1","call_id":"c2","name":"g","input":"raw \"text\""},
        {"type":"function_call_output","call_id":"c1","output":"done"},
        {"type":"custom_tool_call_output","call_id":"c2","output":[{"type":"input_text","text":"ok"},
            {"type":"input_image","image_url":"https://x/y.png"}]},
        {"role":"developer","content":"now"}])");
    ASSERT_TRUE(request.request) << request.request.error().message;
    const auto& turns = request->turns;
    ASSERT_EQ(turns.size(), 4U);
    EXPECT_EQ(turns[0].role, Role::user);
    const auto& image = at<MediaBlock>(turns[0].blocks, 1);
    EXPECT_EQ(image.mime, "image/png");
    EXPECT_EQ(image.data.escaped, "AAAA");
    EXPECT_EQ(image.detail, "low");
    const auto& file = at<MediaBlock>(turns[0].blocks, 2);
    EXPECT_EQ(file.kind, MediaKind::document);
    EXPECT_EQ(file.mime, "application/pdf");
    EXPECT_EQ(file.name.escaped, "f.pdf");

    EXPECT_EQ(turns[1].role, Role::assistant);
    EXPECT_EQ(turns[1].phase, "commentary");
    ASSERT_EQ(turns[1].blocks.size(), 4U);
    const auto& thinking = at<ThinkingBlock>(turns[1].blocks, 0);
    EXPECT_EQ(thinking.text.escaped, R"(hm\n\nso)");
    EXPECT_EQ(thinking.signature.origin, Origin::openai);
    EXPECT_EQ(thinking.signature.value.escaped, "ENC");
    EXPECT_EQ(thinking.signature.item_id, "rs_1");
    const auto& call = at<ToolCallBlock>(turns[1].blocks, 2);
    EXPECT_EQ(call.id, "c1");
    EXPECT_EQ(call.arguments, R"({"x":"\n"})");
    const auto& custom = at<ToolCallBlock>(turns[1].blocks, 3);
    EXPECT_EQ(custom.kind, ToolKind::custom);
    EXPECT_EQ(custom.arguments, R"(raw \"text\")");

    EXPECT_EQ(turns[2].role, Role::tool);
    ASSERT_EQ(turns[2].blocks.size(), 2U);
    const auto& result = at<ToolResultBlock>(turns[2].blocks, 1);
    EXPECT_EQ(result.kind, ToolKind::custom);
    EXPECT_EQ(at<MediaBlock>(result.parts, 1).source, MediaSource::url);
    EXPECT_EQ(turns[3].role, Role::developer);
}

TEST(ResponsesDecodeRequest, KeepsMessagesApartButNeverBetweenCallsAndResults) {
    const auto request = asked(R"("input":[
        {"role":"assistant","content":"a"},{"role":"assistant","content":"b"},
        {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
        {"role":"assistant","content":"c"},
        {"type":"function_call_output","call_id":"c","output":""}])");
    ASSERT_EQ(request->turns.size(), 3U);
    EXPECT_EQ(request->turns[0].blocks.size(), 1U);
    EXPECT_EQ(request->turns[1].blocks.size(), 3U);
    EXPECT_TRUE(at<ToolResultBlock>(request->turns[2].blocks).parts.empty());
}

TEST(ResponsesDecodeRequest, OpensSealsOfOurs) {
    const auto anthropic =
        seal({.text = {"deep"}, .signature = {.origin = Origin::anthropic, .value = {"SIG"}}});
    const auto redacted =
        seal({.signature = {.origin = Origin::anthropic, .value = {"DATA"}}, .is_redacted = true});
    const auto gemini =
        seal({.signature = {.origin = Origin::gemini, .value = {"GEM"}}, .is_redacted = true});
    const auto item = [](const std::string& sealed) {
        return R"({"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"short"}],)"
               R"("content":null,"encrypted_content":")" +
               sealed + "\"},";
    };
    const auto request =
        asked(R"("input":[)" + item(anthropic) + item(redacted) + item(gemini) +
              R"({"type":"function_call","call_id":"c","name":"f","arguments":""}])");
    ASSERT_TRUE(request.request) << request.request.error().message;
    const auto& blocks = request->turns.at(0).blocks;
    ASSERT_EQ(blocks.size(), 3U);
    EXPECT_EQ(at<ThinkingBlock>(blocks, 0).text.escaped, "deep");
    EXPECT_EQ(at<ThinkingBlock>(blocks, 0).signature.origin, Origin::anthropic);
    EXPECT_TRUE(at<ThinkingBlock>(blocks, 1).is_redacted);
    EXPECT_EQ(at<ThinkingBlock>(blocks, 1).signature.value.escaped, "DATA");
    EXPECT_EQ(at<ToolCallBlock>(blocks, 2).signature.value.escaped, "GEM");
    EXPECT_EQ(at<ToolCallBlock>(blocks, 2).arguments, "{}");
}

TEST(ResponsesDecodeRequest, GivesATextsProofAPlaceWhenNoCallFollows) {
    const auto gemini =
        seal({.signature = {.origin = Origin::gemini, .value = {"GEM"}}, .is_redacted = true});
    const auto request =
        asked(R"("input":[{"role":"assistant","content":"a"},{"type":"reasoning","summary":[],
              "encrypted_content":")" +
              gemini + R"("},{"role":"user","content":"b"}])");
    ASSERT_EQ(request->turns.size(), 2U);
    ASSERT_EQ(request->turns[0].blocks.size(), 2U);
    EXPECT_TRUE(at<TextBlock>(request->turns[0].blocks, 1).text.is_empty());
    EXPECT_EQ(at<TextBlock>(request->turns[0].blocks, 1).signature.value.escaped, "GEM");
}

TEST(ResponsesDecodeRequest, KeepsWhatOnlyThisDialectKnows) {
    const auto request = asked(R"("previous_response_id":"resp_1","input":[
        {"type":"item_reference","id":"msg_1"},{"id":"msg_2"},
        {"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search"}},
        {"type":"computer_call_output","call_id":"c","output":{"type":"computer_screenshot"}},
        {"type":"compaction_trigger"}])");
    ASSERT_TRUE(request.request) << request.request.error().message;
    ASSERT_EQ(request->turns.size(), 3U);
    EXPECT_EQ(at<OpaqueBlock>(request->turns[0].blocks, 0).type, "item_reference");
    EXPECT_EQ(at<OpaqueBlock>(request->turns[0].blocks, 1).type, "item_reference");
    EXPECT_EQ(
        at<OpaqueBlock>(request->turns[0].blocks, 2).json,
        R"({"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search"}})");
    EXPECT_EQ(request->turns[1].role, Role::tool);
    EXPECT_EQ(at<OpaqueBlock>(request->turns[2].blocks).type, "compaction_trigger");
    EXPECT_EQ(request->extras.at(0).second, "\"resp_1\"");
}

TEST(ResponsesDecodeRequest, ReadsToolsOfEveryKind) {
    const auto request = asked(R"("input":"x","tools":[
        {"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":true},
        {"type":"function","name":"bare","parameters":null,"strict":null},
        {"type":"custom","name":"g","format":{"type":"grammar","syntax":"lark","definition":"s"}},
        {"type":"web_search","external_web_access":false},{"type":"code_interpreter"},
        {"type":"file_search","vector_store_ids":["v"]},
        {"type":"tool_search","execution":"client","description":"find","parameters":{"type":"object"}},
        {"type":"namespace","name":"mcp","description":"of mcp","tools":[
            {"type":"function","name":"inner","defer_loading":true},{"type":"custom","name":"c"}]},
        {"type":"namespace","name":"functions","tools":[{"type":"custom","name":"exec"}]}])");
    ASSERT_TRUE(request.request) << request.request.error().message;
    const auto& tools = request->tools;
    ASSERT_EQ(tools.size(), 10U);
    EXPECT_EQ(tools[0].strict, true);
    EXPECT_EQ(tools[0].parameters, R"({"type":"object"})");
    EXPECT_FALSE(tools[1].strict);
    EXPECT_TRUE(tools[1].parameters.empty());
    EXPECT_EQ(tools[2].kind, ToolKind::custom);
    EXPECT_EQ(tools[2].format, R"({"type":"grammar","syntax":"lark","definition":"s"})");
    EXPECT_EQ(tools[3].kind, ToolKind::web_search);
    EXPECT_EQ(tools[4].kind, ToolKind::code_execution);
    EXPECT_EQ(tools[5].kind, ToolKind::opaque);
    EXPECT_EQ(tools[5].declaration, R"({"type":"file_search","vector_store_ids":["v"]})");
    EXPECT_EQ(tools[6].kind, ToolKind::function);
    EXPECT_EQ(tools[6].name, "tool_search");
    EXPECT_EQ(tools[7].name_space, "mcp");
    EXPECT_EQ(tools[7].name_space_description.escaped, "of mcp");
    EXPECT_TRUE(tools[7].is_deferred);
    EXPECT_EQ(tools[8].kind, ToolKind::custom);
    EXPECT_EQ(tools[9].name, "exec");
    EXPECT_EQ(tools[9].name_space, "");
}

TEST(ResponsesDecodeRequest, FindsToolsInTheInput) {
    const auto request = asked(R"("tools":[{"type":"function","name":"late","defer_loading":true}],
        "input":[{"type":"additional_tools","role":"developer","tools":[
            {"type":"namespace","name":"ns","tools":[{"type":"function","name":"a"}]}]},
        {"type":"tool_search_call","call_id":"c","execution":"client","arguments":{"query":"q"}},
        {"type":"tool_search_output","call_id":"c","execution":"client","status":"completed",
         "tools":[{"type":"function","name":"late","defer_loading":true}]}])");
    ASSERT_TRUE(request.request) << request.request.error().message;
    ASSERT_EQ(request->tools.size(), 2U);
    EXPECT_EQ(request->tools[0].name, "late");
    EXPECT_FALSE(request->tools[0].is_deferred);
    EXPECT_EQ(request->tools[1].name_space, "ns");
    ASSERT_EQ(request->turns.size(), 2U);
    EXPECT_EQ(at<ToolCallBlock>(request->turns[0].blocks).arguments, R"({"query":"q"})");
    EXPECT_EQ(at<TextBlock>(at<ToolResultBlock>(request->turns[1].blocks).parts).text.escaped,
              "These tools can be called now: late");
}

TEST(ResponsesDecodeRequest, ReadsEveryChoiceOfTools) {
    const auto choice = [](std::string_view json) {
        return *asked(R"("input":"x","tool_choice":)" + std::string(json))->tool_choice;
    };
    EXPECT_EQ(choice("\"none\"").mode, ToolMode::none);
    EXPECT_EQ(choice("\"required\"").mode, ToolMode::required);
    EXPECT_EQ(choice(R"({"type":"function","name":"f"})").name, "f");
    EXPECT_EQ(choice(R"({"type":"custom","name":"g"})").mode, ToolMode::named);
    EXPECT_EQ(choice(R"({"type":"web_search_preview"})").name, "web_search");
    const auto allowed = choice(
        R"({"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"},{"type":"web_search"}]})");
    EXPECT_EQ(allowed.mode, ToolMode::required);
    EXPECT_EQ(allowed.allowed, (std::vector<std::string>{"f", "web_search"}));
}

TEST(ResponsesDecodeRequest, NamesTheFieldAtFault) {
    const auto fault = [](std::string_view members) {
        const auto request = asked(members);
        return request.request ? std::string("none") : request.request.error().param;
    };
    EXPECT_EQ(fault(R"("input":3)"), "input");
    EXPECT_EQ(fault(R"("input":[3])"), "input[0]");
    EXPECT_EQ(fault(R"("input":[{"role":"tool","content":"x"}])"), "input[0].role");
    EXPECT_EQ(fault(R"("input":[{"role":"user","content":"x"},{}])"), "input[1].type");
    EXPECT_EQ(fault(R"("input":[{"type":"function_call","name":"f"}])"), "input[0].call_id");
    EXPECT_EQ(fault(R"("input":[{"type":"function_call_output","output":"f"}])"),
              "input[0].call_id");
    EXPECT_EQ(fault(R"("input":"x","temperature":"hot")"), "temperature");
    EXPECT_EQ(fault(R"("input":"x","max_output_tokens":-1)"), "max_output_tokens");
    EXPECT_EQ(fault(R"("input":"x","reasoning":{"effort":"enormous"})"), "reasoning.effort");
    EXPECT_EQ(fault(R"("input":"x","tool_choice":"maybe")"), "tool_choice");
    EXPECT_EQ(fault(R"("input":"x","text":{"format":{"type":"json_schema","name":"n"}})"),
              "text.format.schema");
    EXPECT_EQ(fault(R"("messages":[])"), "input");
    EXPECT_EQ(Decoded(R"({"input":"x"})").request.error().param, "model");
    for (const auto* broken :
         {R"({"model":"m","input":[{"role":"user","content":[{"type" 3}]}]})",
          R"({"model":"m","input":"x","tools":[{"type":"namespace","tools":[{"a":1 2}]}]})", "",
          "[]", "{", R"({"model":"m","input":"x"} {})", "{\"model\" 3}"})
        EXPECT_EQ(Decoded(broken).request.error().code, "invalid_json") << broken;
}

}  // namespace
}  // namespace router::dialects::openai_responses
