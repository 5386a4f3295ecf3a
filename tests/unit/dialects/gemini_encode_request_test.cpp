#include "gemini_fixture.hpp"

namespace router::dialects::gemini {
namespace {

using canonical::Block;
using canonical::DialectId;
using canonical::MediaBlock;
using canonical::MediaKind;
using canonical::MediaSource;
using canonical::Origin;
using canonical::OutputKind;
using canonical::Request;
using canonical::Role;
using canonical::TextBlock;
using canonical::ThinkingBlock;
using canonical::ThinkingMode;
using canonical::ToolCallBlock;
using canonical::ToolKind;
using canonical::ToolMode;
using canonical::ToolResultBlock;

Request chat(std::vector<canonical::Turn> turns) {
    Request request;
    request.turns = std::move(turns);
    return request;
}

// What stands in `contents`.
std::string contents(std::vector<canonical::Turn> turns, const Variant& variant = {}) {
    const auto body = encoded(chat(std::move(turns)), variant);
    const std::string_view begin = R"({"contents":)";
    EXPECT_TRUE(body.starts_with(begin) && body.ends_with('}')) << body;
    return body.substr(begin.size(), body.size() - begin.size() - 1);
}

ToolCallBlock call(std::string id, std::string name, std::string_view arguments = "{}") {
    ToolCallBlock made{.id = std::move(id), .name = std::move(name)};
    made.arguments = arguments;
    return made;
}

ToolResultBlock result(std::string id, std::string_view said, bool is_error = false) {
    ToolResultBlock made{.call_id = std::move(id)};
    made.parts.emplace_back(text(said));
    made.is_error = is_error;
    return made;
}

TEST(GeminiEncodeRequest, WritesASimpleCall) {
    EXPECT_EQ(encoded(chat({user(R"(a\n\"b\")")})),
              R"({"contents":[{"role":"user","parts":[{"text":"a\n\"b\""}]}]})");
}

TEST(GeminiEncodeRequest, PutsLeadingSystemTurnsIntoTheInstruction) {
    EXPECT_EQ(
        encoded(chat({turn(Role::system, {text("a")}), turn(Role::developer, {text("b"), text("")}),
                      user("hi")})),
        R"({"systemInstruction":{"parts":[{"text":"a"},{"text":"b"}]},"contents":[{"role":"user","parts":[{"text":"hi"}]}]})");
}

TEST(GeminiEncodeRequest, KeepsALaterSystemTurnInItsPlace) {
    EXPECT_EQ(
        contents({user("hi"), turn(Role::assistant, {text("yes?")}),
                  turn(Role::system, {text("be brief")}), user("so")}),
        R"([{"role":"user","parts":[{"text":"hi"}]},{"role":"model","parts":[{"text":"yes?"}]},)"
        R"({"role":"user","parts":[{"text":"<system>"},{"text":"be brief"},{"text":"</system>"},{"text":"so"}]}])");
}

TEST(GeminiEncodeRequest, MergesTurnsOfOneSideAndBeginsWithTheUser) {
    EXPECT_EQ(
        contents({turn(Role::assistant, {text("a"), text("")}), turn(Role::assistant, {text("b")}),
                  turn(Role::user, {text("")}), user("c"), user("d")}),
        R"([{"role":"user","parts":[{"text":"."}]},{"role":"model","parts":[{"text":"a"},{"text":"b"}]},)"
        R"({"role":"user","parts":[{"text":"c"},{"text":"d"}]}])");
    EXPECT_EQ(
        encoded(chat({turn(Role::system, {text("alone")})})),
        R"({"systemInstruction":{"parts":[{"text":"alone"}]},"contents":[{"role":"user","parts":[{"text":"."}]}]})");
}

TEST(GeminiEncodeRequest, WritesResultsInTheOrderOfTheirCalls) {
    EXPECT_EQ(
        contents({user("go"), turn(Role::assistant, {call("1", "f", R"({"n":1})"), call("2", "g")}),
                  turn(Role::tool, {result("2", "two")}),
                  turn(Role::tool, {result("1", "one", true)}), user("well?")}),
        R"([{"role":"user","parts":[{"text":"go"}]},)"
        R"({"role":"model","parts":[{"functionCall":{"id":"1","name":"f","args":{"n":1}}},{"functionCall":{"id":"2","name":"g","args":{}}}]},)"
        R"({"role":"user","parts":[{"functionResponse":{"id":"1","name":"f","response":{"error":"one"}}},)"
        R"({"functionResponse":{"id":"2","name":"g","response":{"output":"two"}}},{"text":"well?"}]}])");
}

std::string response(const ToolResultBlock& made) {
    Variant without_ids;
    without_ids.takes_call_ids = false;
    const auto body =
        contents({user("go"), turn(Role::assistant, {call("1", "f")}), turn(Role::tool, {made})},
                 without_ids);
    const std::string_view before = R"("response":)";
    const auto at = body.find(before);
    return body.substr(at + before.size(), body.size() - at - before.size() - 5);
}

TEST(GeminiEncodeRequest, MakesAnObjectOfEveryResult) {
    EXPECT_EQ(response(result("1", R"({\"a\":[1]})")), R"({"a":[1]})");
    EXPECT_EQ(response(result("1", "[1,2]")), R"({"output":[1,2]})");
    EXPECT_EQ(response(result("1", "42")), R"({"output":"42"})");
    EXPECT_EQ(response(result("1", R"({\"a\":)")), R"({"output":"{\"a\":"})");
    EXPECT_EQ(response(result("1", R"({\"a\":1})", true)), R"({"error":{"a":1}})");
    EXPECT_EQ(response(result("1", "")), R"({"output":""})");
    auto own = result("1", "x");
    own.object = R"({"said":"x"})";
    EXPECT_EQ(response(own), R"({"said":"x"})");
    auto two = result("1", "x");
    two.parts.emplace_back(text("y"));
    EXPECT_EQ(response(two), R"({"output":"x\ny"})");
}

TEST(GeminiEncodeRequest, PutsPicturesOfResultsInsideOrBeside) {
    auto made = result("1", "see");
    MediaBlock picture{.mime = "image/png"};
    picture.data = {"iVBO"};
    made.parts.emplace_back(picture);
    const std::vector<canonical::Turn> turns{user("go"), turn(Role::assistant, {call("1", "f")}),
                                             turn(Role::tool, {made})};
    Variant inside;
    inside.takes_images_in_tool_results = true;
    EXPECT_NE(
        contents(turns, inside)
            .find(
                R"("response":{"output":"see"},"parts":[{"inlineData":{"mimeType":"image/png","data":"iVBO"}}]}}]}])"),
        std::string::npos);
    EXPECT_NE(
        contents(turns).find(
            R"("response":{"output":"see"}}},{"inlineData":{"mimeType":"image/png","data":"iVBO"}}]}])"),
        std::string::npos);
}

TEST(GeminiEncodeRequest, RefusesAResultWithoutItsCall) {
    const auto made =
        dialect().encode_request(chat({user("go"), turn(Role::tool, {result("9", "x")})}), "m", {});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, ErrorKind::bad_request);
}

std::string media(MediaBlock block) { return contents({turn(Role::user, {std::move(block)})}); }

TEST(GeminiEncodeRequest, WritesMediaAsDataOrFiles) {
    const auto wrapped = [](const std::string& part) {
        return R"([{"role":"user","parts":[)" + part + "]}]";
    };
    EXPECT_EQ(media({.mime = "image/webp", .data = {"UklG"}}),
              wrapped(R"({"inlineData":{"mimeType":"image/webp","data":"UklG"}})"));
    EXPECT_EQ(media({.data = {"/9j/4AA"}}),
              wrapped(R"({"inlineData":{"mimeType":"image/jpeg","data":"/9j/4AA"}})"));
    EXPECT_EQ(
        media({.source = MediaSource::url, .data = {"https://x.test/a.PNG?b=c"}}),
        wrapped(R"({"fileData":{"mimeType":"image/png","fileUri":"https://x.test/a.PNG?b=c"}})"));
    EXPECT_EQ(
        media({.kind = MediaKind::document,
               .source = MediaSource::url,
               .data = {"https://x.test/a"}}),
        wrapped(R"({"fileData":{"mimeType":"application/pdf","fileUri":"https://x.test/a"}})"));
    EXPECT_EQ(media({.source = MediaSource::url, .data = {"https://youtu.be/abc"}}),
              wrapped(R"({"fileData":{"mimeType":"video/mp4","fileUri":"https://youtu.be/abc"}})"));
    EXPECT_EQ(media({.kind = MediaKind::document, .source = MediaSource::text, .data = {"plain"}}),
              wrapped(R"({"text":"plain"})"));
}

TEST(GeminiEncodeRequest, RefusesAFileOfAnotherProvider) {
    const auto made = dialect().encode_request(
        chat({turn(Role::user, {MediaBlock{.source = MediaSource::file_id, .data = {"file-1"}}})}),
        "m", {});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, ErrorKind::bad_request);
}

canonical::Signature proof(Origin origin, std::string_view value) {
    return {.origin = origin, .value = {value}};
}

TEST(GeminiEncodeRequest, PutsSignaturesBackWhereTheyWere) {
    auto signed_call = call("1", "f");
    signed_call.signature = proof(Origin::gemini, "Y2FsbA==");
    TextBlock empty;
    empty.signature = proof(Origin::gemini, "dGV4dA==");
    auto foreign = text("x");
    foreign.signature = proof(Origin::anthropic, "bm8=");
    ThinkingBlock thinking{.text = {"hm"}};
    thinking.signature = proof(Origin::gemini, "dGhpbms=");
    ThinkingBlock stranger{.text = {"hm"}};
    stranger.signature = proof(Origin::anthropic, "bm8=");
    EXPECT_EQ(
        contents({user("go"), turn(Role::assistant, {stranger, foreign, empty, signed_call,
                                                     thinking, call("2", "g")})}),
        R"([{"role":"user","parts":[{"text":"go"}]},{"role":"model","parts":[{"text":"x"},{"text":"","thoughtSignature":"dGV4dA=="},)"
        R"({"functionCall":{"id":"1","name":"f","args":{}},"thoughtSignature":"Y2FsbA=="},)"
        R"({"functionCall":{"id":"2","name":"g","args":{}},"thoughtSignature":"dGhpbms="}]}])");
}

TEST(GeminiEncodeRequest, PutsTheSignatureOfAPictureBackOnIt) {
    const MediaBlock picture{.mime = "image/png", .data = {"AA"}};
    TextBlock behind;
    behind.signature = proof(Origin::gemini, "c2ln");
    EXPECT_EQ(
        contents({user("go"), turn(Role::assistant, {picture, behind, text("x")})}),
        R"([{"role":"user","parts":[{"text":"go"}]},{"role":"model","parts":[{"inlineData":{"mimeType":"image/png","data":"AA"},"thoughtSignature":"c2ln"},{"text":"x"}]}])");
}

TEST(GeminiEncodeRequest, SaysThatSignaturesOfTheCurrentTurnAreLost) {
    Variant strict;
    strict.wants_call_signatures = true;
    const std::vector<canonical::Turn> turns{
        user("one"),
        turn(Role::assistant, {call("1", "f")}),
        turn(Role::tool, {result("1", "a")}),
        user("two"),
        turn(Role::assistant, {call("2", "f"), call("3", "g")}),
        turn(Role::tool, {result("2", "b"), result("3", "c")}),
        turn(Role::assistant, {call("4", "f")}),
        turn(Role::tool, {result("4", "d")})};
    const auto body = contents(turns, strict);
    const auto lost = [&](std::string_view id) {
        const auto at = body.find(R"("functionCall":{"id":")" + std::string(id));
        return body.substr(at, body.find("]", at) - at)
            .starts_with(
                R"("functionCall":{"id":")" + std::string(id) +
                R"(","name":"f","args":{}},"thoughtSignature":"skip_thought_signature_validator")");
    };
    EXPECT_FALSE(lost("1"));
    EXPECT_TRUE(lost("2"));
    EXPECT_FALSE(lost("3"));
    EXPECT_TRUE(lost("4"));
    EXPECT_EQ(contents(turns).find("skip_"), std::string::npos);
}

// What stands behind the contents.
std::string rest(Request request, const Variant& variant = {}) {
    request.turns = {user("hi")};
    const auto body = encoded(request, variant);
    const std::string_view begin = R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}])";
    EXPECT_TRUE(body.starts_with(begin)) << body;
    return body.size() > begin.size() + 1
               ? body.substr(begin.size() + 1, body.size() - begin.size() - 2)
               : "";
}

canonical::Tool function(std::string name, std::string_view parameters = {}) {
    canonical::Tool tool{.name = std::move(name)};
    tool.parameters = parameters;
    return tool;
}

TEST(GeminiEncodeRequest, DeclaresAllFunctionsInOneTool) {
    Request request;
    request.tools = {function("f", R"({"type":"object","properties":{"a":{"type":"string"}}})"),
                     function("g", R"({"type":"object","properties":{ }})"), function("h")};
    request.tools[0].description = {R"(d\n)"};
    EXPECT_EQ(
        rest(request),
        R"("tools":[{"functionDeclarations":[{"name":"f","description":"d\n","parametersJsonSchema":{"type":"object","properties":{"a":{"type":"string"}}}},{"name":"g"},{"name":"h"}]}])");
    Variant subset;
    subset.takes_json_schema_tools = false;
    EXPECT_NE(rest(request, subset).find(R"("parameters":{)"), std::string::npos);
}

std::string calling(canonical::ToolChoice choice, bool is_strict = false) {
    Request request;
    request.tools = {function("f")};
    if (is_strict) request.tools[0].strict = true;
    request.tool_choice = std::move(choice);
    const auto all = rest(request);
    const std::string_view before = R"("functionCallingConfig":)";
    const auto at = all.find(before);
    return at == std::string::npos
               ? ""
               : all.substr(at + before.size(), all.size() - at - before.size() - 1);
}

TEST(GeminiEncodeRequest, SaysWhichFunctionsMayBeCalled) {
    EXPECT_EQ(calling({.mode = ToolMode::automatic}), R"({"mode":"AUTO"})");
    EXPECT_EQ(calling({.mode = ToolMode::none}), R"({"mode":"NONE"})");
    EXPECT_EQ(calling({.mode = ToolMode::required}), R"({"mode":"ANY"})");
    EXPECT_EQ(calling({.mode = ToolMode::named, .name = "f"}),
              R"({"mode":"ANY","allowedFunctionNames":["f"]})");
    EXPECT_EQ(calling({.mode = ToolMode::required, .allowed = {"f", "g"}}),
              R"({"mode":"ANY","allowedFunctionNames":["f","g"]})");
    EXPECT_EQ(calling({.mode = ToolMode::automatic, .allowed = {"f"}}),
              R"({"mode":"VALIDATED","allowedFunctionNames":["f"]})");
    EXPECT_EQ(calling({.mode = ToolMode::automatic}, true), R"({"mode":"VALIDATED"})");
    EXPECT_EQ(calling({.mode = ToolMode::required}, true), R"({"mode":"ANY"})");
}

TEST(GeminiEncodeRequest, KnowsToolsThatTheProviderRuns) {
    Request request;
    request.tools = {{.kind = ToolKind::web_search, .name = "web_search"},
                     {.kind = ToolKind::web_fetch, .name = "web_fetch"},
                     {.kind = ToolKind::code_execution, .name = "code"}};
    request.tool_choice = canonical::ToolChoice{};
    EXPECT_EQ(rest(request),
              R"("tools":[{"googleSearch":{}},{"urlContext":{}},{"codeExecution":{}}])");
    request.tools = {{.kind = ToolKind::opaque, .name = "computer"}};
    request.turns = {user("hi")};
    const auto refused = dialect().encode_request(request, "m", {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::bad_request);
}

TEST(GeminiEncodeRequest, WritesTheSettings) {
    Request request;
    request.sampling = {.temperature = 0.5,
                        .top_p = 0.9,
                        .top_k = 4,
                        .presence_penalty = 1,
                        .frequency_penalty = -1,
                        .seed = 3};
    request.max_tokens = 100;
    request.choices = 2;
    request.stop = {{"a"}, {"b"}, {"c"}, {"d"}, {"e"}, {"f"}};
    request.logprobs = true;
    request.top_logprobs = 2;
    request.modalities = {"text", "image"};
    request.output = {
        .kind = OutputKind::json_schema, .name = "n", .schema = R"({"type":"object"})"};
    request.service_tier = "default";
    EXPECT_EQ(
        rest(request),
        R"("generationConfig":{"temperature":0.5,"topP":0.9,"topK":4,"presencePenalty":1,"frequencyPenalty":-1,"seed":3,)"
        R"("maxOutputTokens":100,"candidateCount":2,"stopSequences":["a","b","c","d","e"],"responseLogprobs":true,"logprobs":2,)"
        R"("responseMimeType":"application/json","responseJsonSchema":{"type":"object"},"responseModalities":["TEXT","IMAGE"]},"serviceTier":"standard")");
}

std::string thinking(canonical::Reasoning reasoning) {
    Request request;
    request.reasoning = std::move(reasoning);
    return rest(request);
}

TEST(GeminiEncodeRequest, WritesABudgetOrALevelNeverBoth) {
    const auto config = [](const std::string& inside) {
        return R"("generationConfig":{"thinkingConfig":)" + inside + "}";
    };
    using canonical::Effort;
    EXPECT_EQ(thinking({.mode = ThinkingMode::budget, .budget = 512, .is_shown = true}),
              config(R"({"thinkingBudget":512,"includeThoughts":true})"));
    EXPECT_EQ(thinking({.mode = ThinkingMode::budget, .budget = 0}),
              config(R"({"thinkingBudget":0})"));
    EXPECT_EQ(thinking({.mode = ThinkingMode::adaptive, .budget = -1}),
              config(R"({"thinkingBudget":-1})"));
    EXPECT_EQ(thinking({.mode = ThinkingMode::adaptive, .effort = Effort::high}),
              config(R"({"thinkingLevel":"high"})"));
    EXPECT_EQ(thinking({.effort = Effort::low, .budget = 512}),
              config(R"({"thinkingLevel":"low"})"));
    EXPECT_EQ(thinking({.mode = ThinkingMode::off}), config(R"({"thinkingBudget":0})"));
    EXPECT_EQ(thinking({.is_shown = false}), config(R"({"includeThoughts":false})"));
    EXPECT_EQ(thinking({}), "");
}

TEST(GeminiEncodeRequest, ListsWhatGeminiHasNoFieldFor) {
    Request request = chat({user("hi")});
    request.parallel_tool_calls = false;
    request.verbosity = "low";
    request.sampling.logit_bias = R"({"1":2})";
    request.cache_key = "k";
    request.store = true;
    request.service_tier = "scale";
    request.stop = {{"a"}, {"b"}, {"c"}, {"d"}, {"e"}, {"f"}};
    request.metadata = R"({"team":"red","Owner":"Me"})";
    request.user = "User 1";
    request.extras = {{"prediction", "{}"}};
    std::vector<std::string> fields;
    for (const auto& loss : losses(request)) fields.push_back(loss.field);
    EXPECT_EQ(fields, (std::vector<std::string>{"stop", "service_tier", "store", "metadata.Owner",
                                                "user", "prediction", "parallel_tool_calls",
                                                "verbosity", "logit_bias", "prompt_cache_key"}));
    EXPECT_NE(encoded(request).find(R"("labels":{"team":"red"})"), std::string::npos);
    request.user = "user-1";
    EXPECT_NE(encoded(request).find(R"("labels":{"team":"red","user":"user-1"})"),
              std::string::npos);
}

TEST(GeminiEncodeRequest, GivesAGeminiRequestBackAsItWas) {
    const std::string body =
        R"({"systemInstruction":{"parts":[{"text":"s"}]},"contents":[{"role":"user","parts":[{"text":"hi"}]},)"
        R"({"role":"model","parts":[{"text":"x","thoughtSignature":"c2ln"},{"functionCall":{"id":"1","name":"f","args":{"a":1}},"thoughtSignature":"Y2FsbA=="},{"executableCode":{"language":"PYTHON","code":"1"}}]},)"
        R"({"role":"user","parts":[{"functionResponse":{"id":"1","name":"f","response":{"result":"r"}}}]}],)"
        R"("tools":[{"functionDeclarations":[{"name":"f"}]},{"googleSearch":{"timeRangeFilter":{}}},{"googleMaps":{}}],)"
        R"("toolConfig":{"functionCallingConfig":{"mode":"VALIDATED"},"retrievalConfig":{"languageCode":"en"}},)"
        R"("generationConfig":{"temperature":1,"thinkingConfig":{"thinkingLevel":"high","includeThoughts":true},"speechConfig":{"a":1}},)"
        R"("store":false,"labels":{"Team":"x"},"safetySettings":[{"category":"C","threshold":"OFF"}]})";
    const Decoded request(body);
    ASSERT_TRUE(request.request);
    EXPECT_EQ(encoded(*request), body);
    EXPECT_EQ(losses(*request), std::vector<canonical::Loss>());
}

}  // namespace
}  // namespace router::dialects::gemini
