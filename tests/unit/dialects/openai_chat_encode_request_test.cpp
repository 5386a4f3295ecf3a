#include "dialects/openai_chat/encode_request.hpp"
#include "openai_chat_fixture.hpp"

namespace router::dialects::openai_chat {
namespace {

using namespace canonical;

struct Encoded {
    explicit Encoded(const Request& request, const Variant& variant = {})
        : made(dialect().encode_request(request, "up", variant)) {
        if (made) EXPECT_TRUE(wire::json::is_valid(made->body)) << made->body;
    }
    // What stands in the body behind the model.
    std::string body() const {
        if (!made) return "error: " + made.error().param + ": " + made.error().message;
        const std::string head = R"({"model":"up",)";
        EXPECT_TRUE(made->body.starts_with(head)) << made->body;
        return made->body.substr(head.size(), made->body.size() - head.size() - 1);
    }
    std::vector<std::string> lost() const {
        std::vector<std::string> fields;
        for (const auto& loss : made->losses) fields.push_back(loss.field);
        return fields;
    }
    Result<EncodedRequest> made;
};

Request from(DialectId dialect, std::vector<Turn> turns) {
    Request request;
    request.dialect = dialect;
    request.model = "m";
    request.turns = std::move(turns);
    return request;
}
Request claudes(std::vector<Turn> turns) {
    return from(DialectId::anthropic_messages, std::move(turns));
}
Turn user(std::string_view text) {
    return {.role = Role::user, .blocks = {TextBlock{.text = {text}}}};
}

TEST(ChatEncodeRequest, SaysWhatChatSaid) {
    const std::string members =
        R"("messages":[{"role":"developer","content":"d"},{"role":"user","content":[{"type":"text","text":"x"},)"
        R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AA","detail":"low"}},{"type":"input_audio","input_audio":{"data":"BB","format":"wav"}},)"
        R"({"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,CC"}}],"name":"ann"},)"
        R"({"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"x\": \"\\u00e4\"}"}},)"
        R"({"id":"b","type":"custom","custom":{"name":"g","input":"in\nput"}}]},{"role":"tool","tool_call_id":"a","content":"one"},)"
        R"({"role":"tool","tool_call_id":"b","content":"two"}],"tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true}},)"
        R"({"type":"custom","custom":{"name":"g","format":{"type":"text"}}}],"tool_choice":"required","parallel_tool_calls":false,)"
        R"("max_completion_tokens":9,"temperature":0.5,"top_p":0.1,"presence_penalty":1,"frequency_penalty":-1,"seed":3,"logit_bias":{"1":2},)"
        R"("logprobs":true,"top_logprobs":2,"n":2,"stop":["a"],"reasoning_effort":"low","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"a":1},"strict":false}},)"
        R"("safety_identifier":"u","service_tier":"flex","verbosity":"low","prompt_cache_key":"k","store":true,"metadata":{"a":"b"},)"
        R"("modalities":["text"],"stream":true,"stream_options":{"include_usage":true},"prediction":{"p":1})";
    const Decoded request("{\"model\":\"m\"," + members + "}");
    ASSERT_TRUE(request.request) << request.request.error().message;
    const Encoded encoded(*request);
    EXPECT_EQ(encoded.body(), members);
    EXPECT_TRUE(encoded.made->losses.empty());
}

TEST(ChatEncodeRequest, ObeysTheVariant) {
    const Decoded request(asking(
        R"([{"role":"developer","content":"d"}])",
        R"(,"max_tokens":9,"top_k":4,"seed":3,"stream":true,"user":"u",)"
        R"("tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"required")"));
    const Variant mistral{.takes_developer_role = false,
                          .max_tokens_field = "max_tokens",
                          .takes_stream_options = false,
                          .takes_top_k = true,
                          .required_choice = "any",
                          .seed_field = "random_seed"};
    EXPECT_EQ(
        Encoded(*request, mistral).body(),
        R"("messages":[{"role":"system","content":"d"}],"tools":[{"type":"function","function":{"name":"f",)"
        R"("parameters":{"type":"object","properties":{}}}}],"tool_choice":"any","max_tokens":9,"top_k":4,)"
        R"("random_seed":3,"user":"u","stream":true)");
    EXPECT_EQ(Encoded(*request).lost(), std::vector<std::string>{"top_k"});
}

TEST(ChatEncodeRequest, JoinsTextsToAString) {
    auto request = claudes(
        {{.role = Role::system, .blocks = {TextBlock{.text = {"a"}}, TextBlock{.text = {"b"}}}},
         {.role = Role::user, .blocks = {TextBlock{.text = {"c"}}, TextBlock{.text = {"d"}}}},
         {.role = Role::assistant,
          .blocks = {TextBlock{.text = {"e"}}, TextBlock{.text = {"f"}}}}});
    EXPECT_EQ(
        Encoded(request).body(),
        R"("messages":[{"role":"system","content":"a\n\nb"},{"role":"user","content":"c\n\nd"},)"
        R"({"role":"assistant","content":"ef"}])");
}

TEST(ChatEncodeRequest, PutsResultsBeforeWhatTheUserSays) {
    auto request = claudes(
        {{.role = Role::tool,
          .blocks = {ToolResultBlock{
                         .call_id = "a", .parts = {TextBlock{.text = {"bad"}}}, .is_error = true},
                     ToolResultBlock{.call_id = "b",
                                     .parts = {TextBlock{.text = {"see"}},
                                               MediaBlock{.mime = "image/png", .data = {"AA"}}}},
                     ToolResultBlock{.call_id = "c", .object = R"({"ok":"yes"})"}}}});
    EXPECT_EQ(
        Encoded(request).body(),
        R"("messages":[{"role":"tool","tool_call_id":"a","content":"Error: bad"},{"role":"tool","tool_call_id":"b","content":"see"},)"
        R"({"role":"tool","tool_call_id":"c","content":"{\"ok\":\"yes\"}"},{"role":"user","content":[{"type":"text","text":"From the result of the tool call b:"},)"
        R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}]}])");
    EXPECT_EQ(
        Encoded(request, {.takes_images_in_tool_results = true}).body(),
        R"("messages":[{"role":"tool","tool_call_id":"a","content":"Error: bad"},{"role":"tool","tool_call_id":"b","content":[{"type":"text","text":"see"},)"
        R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AA"}}]},{"role":"tool","tool_call_id":"c","content":"{\"ok\":\"yes\"}"}])");
}

TEST(ChatEncodeRequest, SendsThoughtsBackAsTheServerWantsThem) {
    const auto request = claudes(
        {user("q"),
         {.role = Role::assistant,
          .blocks = {ThinkingBlock{.text = {"T"},
                                   .signature = {.origin = Origin::anthropic, .value = {"S"}}},
                     ToolCallBlock{.id = "a",
                                   .name = "f",
                                   .arguments = "{}",
                                   .signature = {.origin = Origin::gemini, .value = {"G"}}}}}});
    const auto assistant = [&](std::string_view field) {
        auto body = Encoded(request, {.reasoning_field = field}).body();
        return body.substr(body.find(R"({"role":"assistant")"));
    };
    const std::string call =
        R"("tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}}]}])";
    const std::string sealed =
        R"("tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"G"}}}]}])";
    const std::string head = R"({"role":"assistant","content":null,)";
    EXPECT_EQ(assistant(""), head + sealed);
    EXPECT_EQ(Encoded(request).lost(), std::vector<std::string>{"thinking"});
    EXPECT_EQ(assistant("reasoning_content"), head + R"("reasoning_content":"T",)" + sealed);
    EXPECT_EQ(assistant("reasoning"), head + R"("reasoning":"T",)" + sealed);
    EXPECT_EQ(
        assistant("reasoning_details"),
        head +
            R"("reasoning_details":[{"type":"reasoning.text","text":"T","signature":"S","format":"anthropic-claude-v1","index":0},)" +
            R"({"type":"reasoning.encrypted","data":"G","id":"a","format":"google-gemini-v1","index":1}],)" +
            call);
}

TEST(ChatEncodeRequest, SaysHowMuchToThink) {
    auto request = claudes({user("q")});
    const auto said = [&](Reasoning reasoning, std::string_view field = {}) {
        request.reasoning = reasoning;
        auto body = Encoded(request, {.reasoning_field = field}).body();
        return body.substr(
            std::string_view(R"("messages":[{"role":"user","content":"q"}])").size());
    };
    EXPECT_EQ(said({}), "");
    EXPECT_EQ(said({.effort = Effort::none}), R"(,"reasoning_effort":"none")");
    EXPECT_EQ(said({.mode = ThinkingMode::adaptive, .effort = Effort::max}),
              R"(,"reasoning_effort":"max")");
    EXPECT_EQ(said({.mode = ThinkingMode::off}), R"(,"thinking":{"type":"disabled"})");
    EXPECT_EQ(said({.mode = ThinkingMode::budget, .budget = 5}, "reasoning_details"),
              R"(,"reasoning":{"max_tokens":5})");
    EXPECT_EQ(said({.effort = Effort::low, .is_shown = false}, "reasoning_details"),
              R"(,"reasoning":{"effort":"low","exclude":true})");
    said({.mode = ThinkingMode::budget, .budget = 5});
    EXPECT_EQ(Encoded(request).lost(), std::vector<std::string>{"thinking"});
}

TEST(ChatEncodeRequest, RefusesWhatWouldMeanSomethingElse) {
    auto document = claudes(
        {{.role = Role::user,
          .blocks = {MediaBlock{
              .kind = MediaKind::document, .source = MediaSource::url, .data = {"https://x"}}}}});
    EXPECT_TRUE(Encoded(document).body().starts_with("error: messages:"));
    auto file =
        claudes({{.role = Role::user,
                  .blocks = {MediaBlock{.source = MediaSource::file_id, .data = {"file_1"}}}}});
    EXPECT_TRUE(Encoded(file).body().starts_with("error: messages:"));
    auto tool = claudes({user("q")});
    tool.tools = {{.kind = ToolKind::code_execution, .name = "code_execution"}};
    EXPECT_TRUE(Encoded(tool).body().starts_with("error: tools:"));
    tool.tools = {{.kind = ToolKind::web_search, .name = "web_search"}};
    EXPECT_TRUE(Encoded(tool).body().starts_with("error: tools:"));
    tool.tools.push_back({.name = "f"});
    EXPECT_EQ(Encoded(tool).lost(), std::vector<std::string>{"tools"});
}

TEST(ChatEncodeRequest, TellsWhatIsLost) {
    auto request = claudes({user("q")});
    request.stop = {{"1"}, {"2"}, {"3"}, {"4"}, {"5"}};
    request.user = std::string(200, 'x');
    request.extras = {{"context_management", "{}"}};
    const Encoded encoded(request);
    EXPECT_EQ(encoded.lost(), (std::vector<std::string>{"stop_sequences", "metadata.user_id",
                                                        "context_management"}));
    EXPECT_NE(encoded.body().find(R"("stop":["1","2","3","4"])"), std::string::npos);
}

TEST(ChatEncodeRequest, MakesTextsOfTextDocuments) {
    const auto request = claudes(
        {{.role = Role::user,
          .blocks = {
              MediaBlock{
                  .kind = MediaKind::document, .source = MediaSource::text, .data = {"plain"}},
              MediaBlock{.kind = MediaKind::document, .mime = "text/plain", .data = {"YSBi"}},
              OpaqueBlock{.type = "search_result", .json = "{}", .as_text = {"found"}}}}});
    EXPECT_EQ(Encoded(request).body(),
              R"("messages":[{"role":"user","content":"plain\n\na b\n\nfound"}])");
}

TEST(ChatEncodeRequest, MarksWhatMayBeKeptWhereTheServerKnowsHow) {
    const auto request =
        claudes({{.role = Role::system,
                  .blocks = {TextBlock{.text = {"a"}, .cache = CacheMark::one_hour}}}});
    const std::string plain = R"("messages":[{"role":"system","content":"a"}])";
    EXPECT_EQ(Encoded(request).body(), plain);
    EXPECT_EQ(
        Encoded(request, {.cache_mark_field = "cache_control"}).body(),
        R"("messages":[{"role":"system","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral","ttl":"1h"}}]}])");
    EXPECT_EQ(
        Encoded(request, {.cache_mark_field = "prompt_cache_breakpoint"}).body(),
        R"("messages":[{"role":"system","content":[{"type":"text","text":"a","prompt_cache_breakpoint":{"mode":"explicit"}}]}])");
}

TEST(ChatEncodeRequest, KeepsAllowedTools) {
    const Decoded request(hello(
        R"("tools":[{"type":"function","function":{"name":"a"}}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"a"}}]}})"));
    EXPECT_NE(
        Encoded(*request).body().find(
            R"("tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"a"}}]}})"),
        std::string::npos);
}

TEST(ChatEncodeRequest, SaysNothingOfToolsWhereThereAreNone) {
    auto request = claudes({user("q")});
    request.tool_choice = ToolChoice{.mode = ToolMode::automatic};
    request.parallel_tool_calls = false;
    EXPECT_EQ(Encoded(request).body(), R"("messages":[{"role":"user","content":"q"}])");
}

}  // namespace
}  // namespace router::dialects::openai_chat
