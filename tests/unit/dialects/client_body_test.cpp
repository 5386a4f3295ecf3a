#include "dialects/client_body.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "../wire/feeding.hpp"
#include "wire/json.hpp"

namespace router::dialects {
namespace {

using namespace std::string_literals;

constexpr std::string_view messages_required[] = {"messages"};

// What becomes of a body under `changes`; the text of the error where it is refused.
std::string written(const std::string& text, const Changes& changes) {
    const Padded body(text);
    const auto request = ClientBody::read(body, {});
    if (!request) return request.error().message;
    OutgoingBody out;
    request->write(changes, out);
    std::string all;
    for (const auto piece : out.view()) all += piece;
    EXPECT_EQ(out.size(), all.size());
    EXPECT_EQ(wire::json::is_valid(all), wire::json::is_valid(text)) << all;
    return all;
}

Error refusal_of(const std::string& text, std::span<const std::string_view> required = {}) {
    const Padded body(text);
    const auto request = ClientBody::read(body, required);
    EXPECT_FALSE(request) << text;
    return request ? Error() : request.error();
}

bool is_read(const std::string& text, std::span<const std::string_view> required = {}) {
    return ClientBody::read(Padded(text), required).has_value();
}

bool is_streaming(const std::string& stream) {
    const Padded body(R"({"model":"m","stream":)" + stream + "}");
    const auto request = ClientBody::read(body, {});
    return request && request->is_streaming();
}

bool wants_usage(const std::string& options) {
    const Padded body(R"({"model":"m","stream":true,"stream_options":)" + options + "}");
    const auto request = ClientBody::read(body, {});
    return request && request->wants_usage();
}

// Reading

TEST(ClientBody, ReadsWhatRoutingMustKnow) {
    const Padded body(
        R"({"model":"gpt-4o","messages":[],"stream":true,"stream_options":{"include_usage":true}})");
    const auto request = ClientBody::read(body, messages_required);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->model(), "gpt-4o");
    EXPECT_TRUE(request->is_streaming());
    EXPECT_TRUE(request->wants_usage());
}

TEST(ClientBody, ReadsEscapedModelNames) {
    const Padded body(R"({"model":"a\/b\u002Dc\"d\u00e4"})");
    const auto request = ClientBody::read(body, {});
    ASSERT_TRUE(request);
    EXPECT_EQ(request->model(), "a/b-c\"d\xC3\xA4");
}

TEST(ClientBody, ReadsEscapedKeys) {
    const Padded body(R"({"mod\u0065l":"m","str\u0065am":true,"\u006dessages":[]})");
    const auto request = ClientBody::read(body, messages_required);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->model(), "m");
    EXPECT_TRUE(request->is_streaming());
}

TEST(ClientBody, StreamsForTrueAlone) {
    EXPECT_TRUE(is_streaming("true"));
    EXPECT_TRUE(is_streaming(" true\n"));
    for (const auto& value : {"false"s, "null"s, "1"s, "\"true\""s, "[true]"s})
        EXPECT_FALSE(is_streaming(value)) << value;
}

TEST(ClientBody, WantsUsageWhereItIsAskedFor) {
    EXPECT_TRUE(wants_usage(R"({"include_usage":true})"));
    EXPECT_TRUE(wants_usage(R"({ "x" : {} , "include_usage" : true })"));
    for (const auto& options :
         {"null"s, "{}"s, R"({"include_usage":false})"s, R"({"include_usage":1})"s,
          R"({"include_usage":null})"s, "true"s, "[]"s, "\"include_usage\""s}) {
        EXPECT_FALSE(wants_usage(options)) << options;
    }
}

TEST(ClientBody, IsRefusedWhenItIsNoJsonObject) {
    for (const auto& text : {""s,
                             " "s,
                             "null"s,
                             "1"s,
                             "\"model\""s,
                             "[]"s,
                             R"([{"model":"m"}])"s,
                             "{"s,
                             "}"s,
                             "model=m"s,
                             "\0"s,
                             R"({"model":"m")"s,
                             R"({"model":"m",})"s,
                             R"({"model":"m" "a":1})"s,
                             R"({"model"})"s,
                             R"({"model":})"s,
                             R"({model:"m"})"s,
                             R"({'model':'m'})"s,
                             R"({"model":"m","a":[1})"s,
                             R"({"model":"m","a":{"b":1})"s,
                             R"({"model":"m","a":)"s,
                             R"({"model":"m","a)"s}) {
        const auto error = refusal_of(text);
        EXPECT_EQ(error.kind, ErrorKind::bad_request) << text;
        EXPECT_EQ(error.code, "invalid_json") << text;
    }
}

TEST(ClientBody, IsRefusedWhereverItIsCutOff) {
    const auto text =
        R"({"model":"m","messages":[{"role":"user","content":"a\"b{}[]"}],"x":{"y":[1,2,{}]},"n":1.5})"s;
    ASSERT_TRUE(is_read(text));
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_FALSE(is_read(text.substr(0, size))) << size;
}

TEST(ClientBody, IsRefusedWithTextBehindIt) {
    for (const auto& rest :
         {"x"s, "{}"s, R"({"model":"other"})"s, ","s, "]"s, "}"s, "null"s, "\0"s, "\n\n1"s}) {
        EXPECT_EQ(refusal_of(R"({"model":"m"})" + rest).code, "invalid_json") << rest;
    }
    EXPECT_TRUE(is_read("\r\n\t {\"model\":\"m\"} \r\n\t"));
}

TEST(ClientBody, IsRefusedWithBytesThatAreNoText) {
    EXPECT_EQ(refusal_of("{\"model\":\"m\",\"a\":\"\xFF\"}").code, "invalid_json");
    EXPECT_EQ(refusal_of("{\"model\":\"m\",\"a\":\"\n\"}").code, "invalid_json");
}

TEST(ClientBody, NamesTheFieldThatItLacks) {
    for (const auto& text : {"{}"s, R"({"messages":[]})"s, R"({"model":null,"messages":[]})"s}) {
        EXPECT_EQ(refusal_of(text, messages_required).param, "model") << text;
        EXPECT_EQ(refusal_of(text, messages_required).code, "missing_required_parameter") << text;
    }
    for (const auto& text : {R"({"model":"m"})"s, R"({"model":"m","messages":null})"s,
                             R"({"model":"m","Messages":[]})"s}) {
        EXPECT_EQ(refusal_of(text, messages_required).param, "messages") << text;
    }
    EXPECT_TRUE(is_read(R"({"model":"m","messages":0})", messages_required));
}

TEST(ClientBody, IsRefusedWhenItsModelIsNoName) {
    for (const auto& model : {"1"s, "true"s, "{}"s, R"(["m"])"s, "\"\""s, R"("\x")"s}) {
        const auto error = refusal_of("{\"model\":" + model + "}");
        EXPECT_EQ(error.param, "model") << model;
        EXPECT_EQ(error.code, "invalid_type") << model;
    }
}

TEST(ClientBody, IsRefusedWhenWhatWeObeyStandsTwice) {
    for (const auto& text : {R"({"model":"a","model":"b"})"s, R"({"model":"a","model":"a"})"s,
                             R"({"model":"a","mod\u0065l":"b"})"s,
                             R"({"\u006d\u006f\u0064\u0065\u006c":"a","model":"b"})"s,
                             R"({"model":"a","stream":true,"stream":false})"s,
                             R"({"model":"a","stream":true,"\u0073tream":1})"s,
                             R"({"model":"a","stream_options":{},"stream_option\u0073":null})"s}) {
        EXPECT_EQ(refusal_of(text).code, "duplicate_parameter") << text;
    }
}

TEST(ClientBody, LetsOtherFieldsStandTwice) {
    const auto text = R"({"model":"m","a":1,"a":2,"x":{"model":"n","model":"o"}})"s;
    EXPECT_EQ(written(text, {.model = "m"}), text);
}

// Writing: the model's name and nothing else

TEST(ClientBody, KeepsEveryByteButTheModelsName) {
    const auto before =
        " { \"temperature\" : 1.0e+00 ,\n\t\"seed\":12345678901234567890123,\"a\\u0062\":\"\\/\\u00E4ä\",\"model\":  "s;
    const auto after =
        "  ,\"messages\":[ { \"content\":\"x \\ud83d\\ude00 \" } ],\"b\":-0.0,\"c\":1E400,\"c\":2,\"\":null } \n"s;
    EXPECT_EQ(written(before + "\"public\"" + after, {.model = "private"}),
              before + "\"private\"" + after);
}

TEST(ClientBody, SplicesTheModelWhereverItStands) {
    EXPECT_EQ(written(R"({"model":"a"})", {.model = "b"}), R"({"model":"b"})");
    EXPECT_EQ(written(R"({"model":"a","x":1})", {.model = "b"}), R"({"model":"b","x":1})");
    EXPECT_EQ(written(R"({"x":1,"model":"a"})", {.model = "b"}), R"({"x":1,"model":"b"})");
    EXPECT_EQ(written(R"({"mod\u0065l":"a"})", {.model = "b"}), R"({"mod\u0065l":"b"})");
}

TEST(ClientBody, WritesAnyNameAsJson) {
    EXPECT_EQ(written(R"({"model":"a"})", {.model = "x\"y\\z\n\xFF"}),
              "{\"model\":\"x\\\"y\\\\z\\n\xEF\xBF\xBD\"}");
}

TEST(ClientBody, LeavesModelsAloneThatAreNotItsOwn) {
    EXPECT_EQ(written(R"({"metadata":{"model":"a"},"messages":[{"model":"a"}],"model":"a"})",
                      {.model = "b"}),
              R"({"metadata":{"model":"a"},"messages":[{"model":"a"}],"model":"b"})");
}

TEST(ClientBody, MayBeWrittenAgainForAnotherTarget) {
    const Padded body(R"({"model":"a","stream":true})");
    const auto request = ClientBody::read(body, {});
    ASSERT_TRUE(request);
    for (const std::string_view model : {"first", "second"}) {
        OutgoingBody out;
        request->write({.model = model, .asks_for_usage = true}, out);
        std::string all;
        for (const auto piece : out.view()) all += piece;
        EXPECT_EQ(all, "{\"stream_options\":{\"include_usage\":true},\"model\":\"" +
                           std::string(model) + "\",\"stream\":true}");
    }
}

// Writing: asking for usage

TEST(ClientBody, AsksForUsageInFrontOfEverythingElse) {
    EXPECT_EQ(written(R"( { "model":"a","stream":true,"x":1.0 })",
                      {.model = "b", .asks_for_usage = true}),
              R"( {"stream_options":{"include_usage":true}, "model":"b","stream":true,"x":1.0 })");
}

TEST(ClientBody, AsksForUsageOfStreamsAlone) {
    for (const auto& text :
         {R"({"model":"a"})"s, R"({"model":"a","stream":false})"s,
          R"({"model":"a","stream":true,"stream_options":{"include_usage":true}})"s}) {
        EXPECT_EQ(written(text, {.model = "a", .asks_for_usage = true}), text);
    }
    EXPECT_EQ(written(R"({"model":"a","stream":true})", {.model = "a"}),
              R"({"model":"a","stream":true})");
}

TEST(ClientBody, AddsTheWishForUsageToTheClientsStreamOptions) {
    const auto with = [](const std::string& options) {
        return written(R"({"model":"a","stream":true,"stream_options":)" + options + R"(,"x":1.0})",
                       {.model = "b", .asks_for_usage = true});
    };
    const auto expected = [](const std::string& options) {
        return R"({"model":"b","stream":true,"stream_options":)" + options + R"(,"x":1.0})";
    };
    EXPECT_EQ(with("{}"), expected(R"({"include_usage":true})"));
    EXPECT_EQ(with("null"), expected(R"({"include_usage":true})"));
    EXPECT_EQ(with(R"({"include_usage":false})"), expected(R"({"include_usage":true})"));
    EXPECT_EQ(with(R"({"include_obfuscation":false,"include_usage":false,"n":1.0})"),
              expected(R"({"include_usage":true,"include_obfuscation":false,"n":1.0})"));
    EXPECT_EQ(with(R"({"a\"b":{"c":[1]}})"),
              expected(R"({"include_usage":true,"a\"b":{"c":[1]}})"));
}

// Writing: what a target adds and removes

TEST(ClientBody, TakesDefaultsWhereTheClientSentNothing) {
    const std::vector<JsonMember> defaults{
        {"temperature", "0.5"}, {"top_p", "1"}, {"stop", R"(["\n"])"}};
    EXPECT_EQ(written(R"({"model":"a","top_p":0.10})", {.model = "b", .defaults = defaults}),
              R"({"model":"b","top_p":0.10,"temperature":0.5,"stop":["\n"]})");
    EXPECT_EQ(written(R"({"model":"a","top_p":null,"t\u0065mperature":1})",
                      {.model = "b", .defaults = defaults}),
              R"({"model":"b","top_p":null,"t\u0065mperature":1,"stop":["\n"]})");
}

TEST(ClientBody, PutsReplacementsInPlaceOfWhatTheClientSent) {
    const std::vector<JsonMember> replacements{{"temperature", "1"},
                                               {"think", R"({"budget":1.50})"}};
    EXPECT_EQ(written(R"({"temperature":0,"model":"a","x":1,"temper\u0061ture":2})",
                      {.model = "b", .replacements = replacements}),
              R"({"model":"b","x":1,"temperature":1,"think":{"budget":1.50}})");
}

TEST(ClientBody, LeavesOutWhatIsDropped) {
    const std::vector<std::string> dropped{"user", "seed"};
    EXPECT_EQ(written(R"({"user":"u","model":"a","s\u0065ed":1,"x":{"user":1}})",
                      {.model = "b", .dropped = dropped}),
              R"({"model":"b","x":{"user":1}})");
    EXPECT_EQ(written(R"({"model":"a"})", {.model = "b", .dropped = dropped}), R"({"model":"b"})");
}

TEST(ClientBody, PrefersReplacementsToDefaultsAndDropsNoReplacement) {
    const std::vector<JsonMember> defaults{{"a", "1"}, {"b", "1"}, {"c", "1"}};
    const std::vector<JsonMember> replacements{{"a", "2"}, {"c", "2"}};
    const std::vector<std::string> dropped{"b", "c"};
    EXPECT_EQ(
        written(
            R"({"model":"m","b":0,"c":0})",
            {.model = "m", .defaults = defaults, .replacements = replacements, .dropped = dropped}),
        R"({"model":"m","a":2,"c":2})");
}

TEST(ClientBody, CannotLoseItsModel) {
    const std::vector<std::string> dropped{"model"};
    EXPECT_EQ(written(R"({"model":"a","x":1})", {.model = "b", .dropped = dropped}),
              R"({"model":"b","x":1})");
}

TEST(ClientBody, IsWithoutAModelThatStandsInTheUrl) {
    EXPECT_EQ(written(R"({"model":"a","x":1})", {.model = {}}), R"({"x":1})");
}

TEST(ClientBody, TouchesNoNumberWhenItIsRewritten) {
    const std::vector<std::string> dropped{"user"};
    const auto numbers =
        R"("a":1.0,"b":1e400,"c":-0,"d":123456789012345678901234567890,"e":[0.10,1E+2])"s;
    EXPECT_EQ(written("{\"model\":\"a\"," + numbers + ",\"user\":\"u\"}",
                      {.model = "a", .dropped = dropped}),
              "{\"model\":\"a\"," + numbers + "}");
}

TEST(ClientBody, KeepsTheWhiteSpaceInsideTheMembersThatItKeeps) {
    const std::vector<std::string> dropped{"user"};
    EXPECT_EQ(written("{ \"model\" : \"a\" ,\n \"x\" : [ 1 , 2 ] , \"user\":1 }",
                      {.model = "a", .dropped = dropped}),
              "{\"model\":\"a\",\"x\" : [ 1 , 2 ]}");
}

TEST(ClientBody, AddsTheWishForUsageWhenItIsRewritten) {
    const std::vector<JsonMember> defaults{{"temperature", "0.5"}};
    EXPECT_EQ(
        written(R"({"model":"a","stream":true})",
                {.model = "b", .defaults = defaults, .asks_for_usage = true}),
        R"({"model":"b","stream":true,"stream_options":{"include_usage":true},"temperature":0.5})");
    EXPECT_EQ(
        written(R"({"stream_options":{"x":1},"model":"a","stream":true})",
                {.model = "b", .defaults = defaults, .asks_for_usage = true}),
        R"({"stream_options":{"include_usage":true,"x":1},"model":"b","stream":true,"temperature":0.5})");
}

TEST(ClientBody, DoesNotAskForUsageInOptionsThatAreDropped) {
    const std::vector<std::string> dropped{"stream_options"};
    const Changes changes{.model = "a", .dropped = dropped, .asks_for_usage = true};
    EXPECT_EQ(written(R"({"model":"a","stream":true,"stream_options":{"x":1}})", changes),
              R"({"model":"a","stream":true})");
    EXPECT_EQ(written(R"({"model":"a","stream":true})", changes), R"({"model":"a","stream":true})");
}

TEST(ClientBody, HasStreamOptionsOnceWhoeverSetsThem) {
    const std::vector<JsonMember> options{{"stream_options", R"({"x":1})"}};
    EXPECT_EQ(written(R"({"model":"a","stream":true})",
                      {.model = "a", .replacements = options, .asks_for_usage = true}),
              R"({"model":"a","stream":true,"stream_options":{"x":1}})");
    EXPECT_EQ(written(R"({"stream_options":{"y":1},"model":"a","stream":true})",
                      {.model = "a", .replacements = options, .asks_for_usage = true}),
              R"({"model":"a","stream":true,"stream_options":{"x":1}})");
    EXPECT_EQ(written(R"({"model":"a","stream":true})",
                      {.model = "a", .defaults = options, .asks_for_usage = true}),
              R"({"model":"a","stream":true,"stream_options":{"include_usage":true}})");
}

TEST(ClientBody, HasItsModelOnceWhenThatIsReplaced) {
    const std::vector<JsonMember> replacements{{"model", R"("z")"}};
    EXPECT_EQ(written(R"({"model":"a","x":1})", {.model = "b", .replacements = replacements}),
              R"({"x":1,"model":"z"})");
}

TEST(ClientBody, TakesItsModelFromTheUrlAndLeavesTheBodyAlone) {
    const Padded body(R"( {"contents":[]} )");
    const auto request = ClientBody::read(body, {}, "gemini-3-pro");
    ASSERT_TRUE(request);
    EXPECT_EQ(request->model(), "gemini-3-pro");
    OutgoingBody out;
    request->write({.model = "other"}, out);
    ASSERT_EQ(out.view().size(), 1U);
    EXPECT_EQ(out.view()[0], R"( {"contents":[]} )");
}

}  // namespace
}  // namespace router::dialects
