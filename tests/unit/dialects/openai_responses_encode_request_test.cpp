#include "openai_responses_fixture.hpp"

namespace router::dialects::openai_responses {
namespace {

EncodedRequest encoded(const Request& request, const Variant& variant = {}) {
    auto made = dialect().encode_request(request, "gpt-y", variant);
    if (!made) return {.body = "error: " + made.error().message};
    EXPECT_TRUE(wire::json::is_valid(made->body)) << made->body;
    return std::move(*made);
}

Request chat(std::vector<Turn> turns) {
    Request request;
    request.turns = std::move(turns);
    return request;
}
Turn user(std::string_view text) {
    return {.role = Role::user, .blocks = {TextBlock{.text = {text}}}};
}

TEST(ResponsesEncodeRequest, WritesAPlainCall) {
    auto request =
        chat({{.role = Role::system, .blocks = {TextBlock{.text = {"Be kind"}}}}, user("Hi")});
    request.is_streaming = true;
    EXPECT_EQ(
        encoded(request).body,
        R"({"model":"gpt-y","instructions":"Be kind","input":[{"role":"user","content":"Hi"}],"store":false,"include":["reasoning.encrypted_content"],"stream":true})");
    EXPECT_TRUE(encoded(request).losses.empty());
}

TEST(ResponsesEncodeRequest, KeepsDevelopersInTheirPlace) {
    const auto request = chat({{.role = Role::developer, .blocks = {TextBlock{.text = {"a"}}}},
                               user("b"),
                               {.role = Role::system, .blocks = {TextBlock{.text = {"c"}}}}});
    EXPECT_TRUE(
        encoded(request).body.find(
            R"("input":[{"role":"developer","content":"a"},{"role":"user","content":"b"},{"role":"system","content":"c"}])") !=
        std::string::npos);
    EXPECT_TRUE(encoded(request, {.takes_developer_role = false})
                    .body.find(R"({"role":"system","content":"a"})") != std::string::npos);
}

TEST(ResponsesEncodeRequest, WritesMediaAsItsOwnParts) {
    const auto request =
        chat({{.role = Role::user,
               .blocks = {
                   TextBlock{.text = {"see"}, .cache = CacheMark::short_lived},
                   MediaBlock{.mime = "image/png", .data = {"AAAA"}},
                   MediaBlock{.source = MediaSource::url, .data = {"https://x"}, .detail = "high"},
                   MediaBlock{.kind = MediaKind::document,
                              .mime = "application/pdf",
                              .data = {"BBBB"},
                              .name = {"f.pdf"}},
                   MediaBlock{.kind = MediaKind::document,
                              .source = MediaSource::file_id,
                              .data = {"file-1"}}}}});
    EXPECT_TRUE(
        encoded(request).body.find(
            R"("content":[{"type":"input_text","text":"see","prompt_cache_breakpoint":{"mode":"explicit"}},)"
            R"({"type":"input_image","image_url":"data:image/png;base64,AAAA","detail":"auto"},)"
            R"({"type":"input_image","image_url":"https://x","detail":"high"},)"
            R"({"type":"input_file","filename":"f.pdf","file_data":"data:application/pdf;base64,BBBB"},)"
            R"({"type":"input_file","file_id":"file-1"}])") != std::string::npos)
        << encoded(request).body;
    const auto sound =
        chat({{.role = Role::user, .blocks = {MediaBlock{.kind = MediaKind::audio}}}});
    EXPECT_EQ(encoded(sound).body, "error: OpenAI's Responses takes no audio as input.");
}

TEST(ResponsesEncodeRequest, WritesCallsAndResultsAsItems) {
    const auto request = chat(
        {user("x"),
         {.role = Role::assistant,
          .blocks = {ThinkingBlock{.text = {"hm"},
                                   .signature = {.origin = Origin::openai,
                                                 .value = {"ENC"},
                                                 .item_id = "rs_1"}},
                     TextBlock{.text = {"let me"}},
                     ToolCallBlock{.id = "c1", .name = "f", .arguments = R"({"a":"\n"})"},
                     ToolCallBlock{.id = "c2",
                                   .name = "g",
                                   .name_space = "ns",
                                   .kind = ToolKind::custom,
                                   .arguments = R"(say \"x\")"}}},
         {.role = Role::tool,
          .blocks = {ToolResultBlock{
                         .call_id = "c1", .parts = {TextBlock{.text = {"no"}}}, .is_error = true},
                     ToolResultBlock{.call_id = "c2",
                                     .parts = {TextBlock{.text = {"see"}},
                                               MediaBlock{.mime = "image/png", .data = {"AA"}}},
                                     .kind = ToolKind::custom}}}});
    const auto made = encoded(request);
    EXPECT_TRUE(
        made.body.find(
            R"({"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"hm"}],"encrypted_content":"ENC"},)"
            R"({"type":"message","role":"assistant","content":[{"type":"output_text","text":"let me","annotations":[]}]},)"
            R"({"type":"function_call","call_id":"c1","name":"f","arguments":"{\"a\":\"\\n\"}"},)"
            R"({"type":"custom_tool_call","call_id":"c2","name":"g","namespace":"ns","input":"say \"x\""},)"
            R"({"type":"function_call_output","call_id":"c1","output":"Error: no"},)"
            R"({"type":"custom_tool_call_output","call_id":"c2","output":[{"type":"input_text","text":"see"},{"type":"input_image","image_url":"data:image/png;base64,AA","detail":"auto"}]}])") !=
        std::string::npos)
        << made.body;
    ASSERT_EQ(made.losses.size(), 1U);
    EXPECT_EQ(made.losses[0].field, "is_error");
}

TEST(ResponsesEncodeRequest, SendsNoThoughtsThatNothingFollowsOrThatAreNotItsOwn) {
    const Signature own{.origin = Origin::openai, .value = {"ENC"}};
    const Signature other{.origin = Origin::anthropic, .value = {"SIG"}};
    const auto request =
        chat({user("x"),
              {.role = Role::assistant,
               .blocks = {ThinkingBlock{.text = {"no"}, .signature = other},
                          TextBlock{.text = {"a"}}, ThinkingBlock{.signature = own}}},
              user("y")});
    const auto made = encoded(request);
    EXPECT_EQ(made.body.find("reasoning\","), std::string::npos) << made.body;
    ASSERT_EQ(made.losses.size(), 1U);
    EXPECT_EQ(made.losses[0].field, "thinking");
}

TEST(ResponsesEncodeRequest, FlattensToolsAndSaysWhetherTheyAreStrict) {
    auto request = chat({user("x")});
    request.tools = {
        {.name = "f", .description = {"d"}, .parameters = R"({"type":"object"})"},
        {.name = "bare", .strict = true},
        {.kind = ToolKind::custom,
         .name = "g",
         .format = R"({"type":"grammar","grammar":{"syntax":"lark","definition":"s"}})"},
        {.kind = ToolKind::web_search, .name = "web_search"},
        {.name = "a", .name_space = "ns"},
        {.name = "b", .name_space = "ns"}};
    request.tool_choice = ToolChoice{.mode = ToolMode::named, .name = "g"};
    request.parallel_tool_calls = false;
    EXPECT_TRUE(
        encoded(request).body.find(
            R"("tools":[{"type":"function","name":"f","description":"d","parameters":{"type":"object"},"strict":false},)"
            R"({"type":"function","name":"bare","parameters":{"type":"object","properties":{}},"strict":true},)"
            R"({"type":"custom","name":"g","format":{"type":"grammar","syntax":"lark","definition":"s"}},)"
            R"({"type":"web_search"},)"
            R"({"type":"namespace","name":"ns","description":"","tools":[{"type":"function","name":"a","parameters":{"type":"object","properties":{}},"strict":false},)"
            R"({"type":"function","name":"b","parameters":{"type":"object","properties":{}},"strict":false}]}],)"
            R"("tool_choice":{"type":"custom","name":"g"},"parallel_tool_calls":false)") !=
        std::string::npos)
        << encoded(request).body;
    request.tool_choice = ToolChoice{.mode = ToolMode::required, .allowed = {"f", "g"}};
    EXPECT_TRUE(
        encoded(request).body.find(
            R"("tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"},{"type":"custom","name":"g"}]})") !=
        std::string::npos);
    request.tools = {{.kind = ToolKind::opaque, .name = "computer_2026", .declaration = "{}"}};
    EXPECT_EQ(encoded(request).body,
              "error: The tool 'computer_2026' is not known to OpenAI's Responses.");
}

TEST(ResponsesEncodeRequest, WritesSettingsWhereResponsesKeepsThem) {
    auto request = chat({user("x")});
    request.reasoning = {.effort = Effort::xhigh, .is_shown = true};
    request.output = {.kind = OutputKind::json_schema,
                      .name = "n",
                      .schema = R"({"type":"object"})",
                      .strict = true};
    request.verbosity = "low";
    request.max_tokens = 5;
    request.top_logprobs = 2;
    request.logprobs = true;
    request.sampling.temperature = 0.5;
    request.service_tier = "flex";
    request.user = "u";
    request.cache_key = "k";
    request.metadata = R"({"a":"b"})";
    request.store = true;
    const auto made = encoded(request);
    EXPECT_TRUE(
        made.body.find(
            R"("reasoning":{"effort":"xhigh","summary":"auto"},"text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true},"verbosity":"low"},)"
            R"("max_output_tokens":16,"temperature":0.5,"top_logprobs":2,"service_tier":"flex","safety_identifier":"u","prompt_cache_key":"k","metadata":{"a":"b"},"store":true,)"
            R"("include":["message.output_text.logprobs"]})") != std::string::npos)
        << made.body;
    ASSERT_EQ(made.losses.size(), 1U);
    EXPECT_EQ(made.losses[0].field, "max_completion_tokens");
}

TEST(ResponsesEncodeRequest, ListsWhatItCannotSayInTheClientsWords) {
    auto request = chat({user("x")});
    request.stop = {{"END"}};
    request.choices = 2;
    request.sampling = {
        .top_k = 4, .presence_penalty = 1, .frequency_penalty = 1, .seed = 3, .logit_bias = "{}"};
    request.extras = {{"prediction", "{}"}, {"prompt_cache_retention", "\"24h\""}};
    const auto fields = [](const Request& of) {
        std::vector<std::string> names;
        for (const auto& loss : encoded(of).losses) names.push_back(loss.field);
        return names;
    };
    EXPECT_EQ(fields(request),
              (std::vector<std::string>{"prediction", "n", "stop", "seed", "top_k",
                                        "presence_penalty", "frequency_penalty", "logit_bias"}));
    request.dialect = DialectId::anthropic_messages;
    request.extras.clear();
    request.choices = 1;
    EXPECT_EQ(fields(request)[0], "stop_sequences");
    request.dialect = DialectId::gemini;
    EXPECT_EQ(fields(request)[1], "generationConfig.seed");
    request.modalities = {"audio"};
    EXPECT_EQ(encoded(request).body, "error: OpenAI's Responses does not answer with audio.");
}

TEST(ResponsesEncodeRequest, AsksForWhatItsOwnClientsCanBeGivenBesides) {
    const auto request =
        asked(R"("input":"x","store":true,"include":["message.output_text.logprobs",)"
              R"("reasoning.encrypted_content"])");
    ASSERT_TRUE(request.request);
    EXPECT_TRUE(request->extras.empty());  // nothing that another dialect had no words for
    const auto body = encoded(*request).body;
    EXPECT_TRUE(body.find("\"reasoning.encrypted_content\"") != std::string::npos) << body;
    EXPECT_TRUE(body.find("\"message.output_text.logprobs\"") != std::string::npos) << body;
}

TEST(ResponsesEncodeRequest, WritesItsOwnFieldsBack) {
    const std::string members =
        R"("input":[{"type":"message","role":"user","content":"x"},{"type":"item_reference","id":"i"}],)"
        R"("truncation":"auto","include":["web_search_call.results"],"reasoning":{"effort":"low","context":"all_turns"},)"
        R"("tools":[{"type":"file_search","vector_store_ids":["v"]},{"type":"tool_search","execution":"client"}],"tool_choice":{"type":"file_search"})";
    const auto request = asked(members);
    ASSERT_TRUE(request.request);
    EXPECT_EQ(
        encoded(*request).body,
        R"({"model":"gpt-y","input":[{"role":"user","content":"x"},{"type":"item_reference","id":"i"}],)"
        R"("tools":[{"type":"file_search","vector_store_ids":["v"]},{"type":"tool_search","execution":"client"}],"tool_choice":{"type":"file_search"},)"
        R"("reasoning":{"effort":"low","context":"all_turns"},"store":false,"include":["web_search_call.results","reasoning.encrypted_content"],"truncation":"auto"})");
}

}  // namespace
}  // namespace router::dialects::openai_responses
