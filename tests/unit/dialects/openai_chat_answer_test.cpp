#include "dialects/openai_chat/answer.hpp"

#include <gtest/gtest.h>

#include "../wire/feeding.hpp"
#include "wire/json.hpp"

namespace router::dialects::openai_chat {
namespace {

canonical::Usage usage_of(const std::string& usage) {
    return read_answer(Padded("{\"usage\":" + usage + "}")).usage;
}

TEST(ChatAnswer, SaysWhatAccountingMustKnow) {
    const Padded body(
        R"({"id":"chatcmpl-1","object":"chat.completion","model": "gpt-4o-2024" ,"choices":[{"index":0,"message":)"
        R"({"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,)"
        R"("completion_tokens":12,"total_tokens":21,"prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},)"
        R"("completion_tokens_details":{"reasoning_tokens":5}}})");
    const auto answer = read_answer(body);
    EXPECT_TRUE(answer.is_object);
    EXPECT_FALSE(answer.is_error);
    EXPECT_EQ(answer.model, "\"gpt-4o-2024\"");
    EXPECT_EQ(answer.finish_reason, "stop");
    EXPECT_TRUE(answer.usage.is_known);
    EXPECT_EQ(answer.usage.prompt, 9U);
    EXPECT_EQ(answer.usage.completion, 12U);
    EXPECT_EQ(answer.usage.total, 21U);
    EXPECT_EQ(answer.usage.cached, 4U);
    EXPECT_EQ(answer.usage.reasoning, 5U);
}

TEST(ChatAnswer, GivesTheModelWhereItStandsInTheBody) {
    const Padded body(R"({"model":"m\u006f","x":1})");
    const std::string_view bytes = body;
    const auto answer = read_answer(body);
    EXPECT_EQ(answer.model, R"("m\u006f")");
    EXPECT_EQ(answer.model.data(), bytes.data() + 9);
}

TEST(ChatAnswer, MayLackAModel) {
    EXPECT_EQ(read_answer(Padded(R"({"model":null,"data":[]})")).model, "");
    EXPECT_EQ(read_answer(Padded(R"({"model":7,"data":[]})")).model, "");
    EXPECT_EQ(read_answer(Padded(R"({"data":[{"model":"inner"}]})")).model, "");
}

TEST(ChatAnswer, TakesTheFirstFinishReasonThereIs) {
    EXPECT_EQ(
        read_answer(
            Padded(
                R"({"choices":[{"finish_reason":null},{"finish_reason":"length"},{"finish_reason":"stop"}]})"))
            .finish_reason,
        "length");
    EXPECT_EQ(read_answer(Padded(R"({"choices":[]})")).finish_reason, "");
    EXPECT_EQ(read_answer(Padded(R"({"choices":null,"model":"m"})")).model, "\"m\"");
    EXPECT_EQ(read_answer(Padded(R"({"choices":[1,2],"model":"m"})")).model, "\"m\"");
}

TEST(ChatAnswer, IsAnErrorWhenItHoldsOne) {
    EXPECT_TRUE(read_answer(Padded(R"({"error":{"message":"no"}})")).is_error);
    EXPECT_TRUE(read_answer(Padded(R"({"error":"no","choices":[]})")).is_error);
    EXPECT_TRUE(read_answer(Padded(R"({"object":"error","message":"no"})")).is_error);
    EXPECT_FALSE(read_answer(Padded(R"({"error":null,"choices":[]})")).is_error);
    EXPECT_FALSE(read_answer(Padded(R"({"x":{"error":1}})")).is_error);
}

TEST(ChatAnswer, IsNoObjectWhenItIsNone) {
    for (const std::string_view body :
         {"", "null", "[]", "\"a\"", "1", "<html></html>", "{", "{\"a\"", "{\"a\":1",
          "{\"choices\":[{", "{\"model\":\"m\",}", "{\"a\":\"\xFF\"}", "data: {}"}) {
        EXPECT_FALSE(read_answer(Padded(body)).is_object) << body;
    }
    EXPECT_TRUE(read_answer(Padded("{}")).is_object);
}

TEST(ChatAnswer, TakesAnErrorThatCannotBeReadForOne) {
    EXPECT_TRUE(read_answer(Padded(R"({"error":nope})")).is_error);
    EXPECT_TRUE(read_answer(Padded(R"({"error":nu~ll})")).is_error);
    EXPECT_FALSE(read_answer(Padded(R"({"error":n)")).is_object);
}

TEST(ChatAnswer, IsNoObjectWhenItIsCutOrNotAlone) {
    for (const std::string_view body :
         {R"({"choices":[{"message":{"content":"a"})", R"({"usage":{"a":{})", R"({"a":1}{)",
          R"({"a":{"b":{"c":1}})", R"({"a":1}{"a":1})", R"({"a":1} oops)"}) {
        EXPECT_FALSE(read_answer(Padded(body)).is_object) << body;
    }
}

TEST(ChatUsage, AddsUpATotalThatIsMissing) {
    EXPECT_EQ(usage_of(R"({"prompt_tokens":3,"completion_tokens":4})").total, 7U);
    EXPECT_EQ(usage_of(R"({"prompt_tokens":3,"completion_tokens":4,"total_tokens":null})").total,
              7U);
    EXPECT_EQ(usage_of(R"({"prompt_tokens":3,"completion_tokens":4,"total_tokens":9})").total, 9U);
}

TEST(ChatUsage, KnowsTheNamesOfTheOtherEndpoints) {
    const auto usage = usage_of(
        R"({"input_tokens":3,"output_tokens":4,"input_tokens_details":{"cached_tokens":1},"output_tokens_details":{"reasoning_tokens":2}})");
    EXPECT_EQ(usage.prompt, 3U);
    EXPECT_EQ(usage.completion, 4U);
    EXPECT_EQ(usage.cached, 1U);
    EXPECT_EQ(usage.reasoning, 2U);
}

TEST(ChatUsage, TakesNullsAndOddTypesForAbsent) {
    EXPECT_FALSE(usage_of("null").is_known);
    EXPECT_FALSE(usage_of("{}").is_known);
    EXPECT_FALSE(usage_of("[1]").is_known);
    EXPECT_FALSE(usage_of("5").is_known);
    const auto usage = usage_of(
        R"({"prompt_tokens":"3","completion_tokens":-4,"prompt_tokens_details":null,"completion_tokens_details":{"reasoning_tokens":null}})");
    EXPECT_EQ(usage.prompt, 0U);
    EXPECT_EQ(usage.completion, 0U);
    EXPECT_EQ(usage.reasoning, 0U);
    EXPECT_EQ(usage_of(R"({"prompt_tokens":3.0})").prompt, 3U);
}

// Answers of our own

TEST(MockAnswer, IsReadLikeAnyOther) {
    const auto text = mock_answer("1", "my \"model\"", "hello\nworld", 1700000000);
    ASSERT_TRUE(wire::json::is_valid(text)) << text;
    const Padded body(text);
    const auto answer = read_answer(body);
    EXPECT_EQ(answer.model, "\"my \\\"model\\\"\"");
    EXPECT_EQ(answer.finish_reason, "stop");
    EXPECT_EQ(answer.usage.prompt, mock_usage().prompt);
    EXPECT_EQ(answer.usage.completion, mock_usage().completion);
    EXPECT_EQ(answer.usage.total, mock_usage().total);
    EXPECT_NE(text.find(R"("content":"hello\nworld")"), std::string::npos);
    EXPECT_TRUE(wire::json::is_valid(mock_completion("1", "m", "\xFF", 0)));
}

}  // namespace
}  // namespace router::dialects::openai_chat
