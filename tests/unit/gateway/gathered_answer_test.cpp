#include "gateway/gathered_answer.hpp"

#include <gtest/gtest.h>

#include <string>

#include "dialects/registry.hpp"
#include "wire/json.hpp"

namespace router::gateway {
namespace {

Result<canonical::Answer> gathered(std::string stream) {
    const auto bytes = stream.size();
    stream.append(wire::json::padding, '\0');
    return gather(std::string_view(stream).substr(0, bytes),
                  dialects::dialect(canonical::DialectId::openai_chat), providers::Framing::sse);
}

std::string chunk(const std::string& choice) {
    return R"(data: {"id":"c1","model":"m","choices":[)" + choice + "]}\n\n";
}

TEST(Gather, JoinsTheChoicesOfAStreamAndOutlivesItsBytes) {
    const auto answer = gathered(
        chunk(R"({"index":1,"delta":{"content":"two "}})") +
        chunk(R"({"index":0,"delta":{"content":"o\"n"},"logprobs":{"content":[{"token":"a"}]}})") +
        chunk(R"({"index":0,"delta":{"content":"e"},"logprobs":{"content":[{"token":"b"}]}})") +
        chunk(R"({"index":1,"delta":{"content":"three"},"finish_reason":"length"})") +
        chunk(R"({"index":0,"delta":{},"finish_reason":"stop"})") + "data: [DONE]\n\n");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->id, "c1");
    ASSERT_EQ(answer->choices.size(), 2U);
    const auto& [blocks, ending, logprobs] = answer->choices[0];
    ASSERT_EQ(blocks.size(), 1U);
    EXPECT_EQ(std::get<canonical::TextBlock>(blocks[0]).text.escaped, R"(o\"ne)");
    EXPECT_EQ(logprobs, R"({"content":[{"token":"a"},{"token":"b"}],"refusal":null})");
    EXPECT_EQ(ending.reason, canonical::Finish::stop);
    EXPECT_EQ(std::get<canonical::TextBlock>(answer->choices[1].blocks[0]).text.escaped,
              "two three");
    EXPECT_EQ(answer->choices[1].ending.reason, canonical::Finish::length);
}

TEST(Gather, IsAnErrorWhereTheStreamIsOneOrEndsEarly) {
    EXPECT_FALSE(gathered(chunk(R"({"index":0,"delta":{"content":"hal"}})")));
    const auto failed = gathered("data: {\"error\":{\"message\":\"on fire\"}}\n\n");
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message, "on fire");
}

}  // namespace
}  // namespace router::gateway
