#include "dialects/openai_responses/stored.hpp"

#include "openai_responses_fixture.hpp"

namespace router::dialects::openai_responses {
namespace {

TEST(ResponsesStored, ReadsWhatAStoreMustKnow) {
    const Padded body(
        R"({"model":"m","stream":true,"previous_response_id":"resp_1","store":false,"background":true,"conversation":null})");
    const auto options = read_store_options(body);
    ASSERT_TRUE(options);
    EXPECT_EQ(options->previous_response_id, "resp_1");
    EXPECT_EQ(options->store, false);
    EXPECT_TRUE(options->is_background);
    EXPECT_TRUE(options->is_streaming);
    EXPECT_FALSE(options->has_conversation);
    EXPECT_FALSE(read_store_options(Padded("[]")));
}

TEST(ResponsesStored, PutsEarlierItemsInFront) {
    const Padded first(R"({"model":"m","input":"Hi"})");
    const Padded answer(
        R"({"id":"r","output":[{"type":"message","id":"a"},{"type":"function_call"}]})");
    const Padded second(
        R"({"model":"m", "previous_response_id":"r", "input":[ {"role":"user","content":"and?"} ]})");
    const auto items = joined_items(input_items(first), output_items(answer));
    EXPECT_EQ(
        with_items(second, items),
        R"({"model":"m","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"Hi"}]},{"type":"message","id":"a"},{"type":"function_call"}, {"role":"user","content":"and?"} ]})");
    EXPECT_EQ(with_items(Padded(R"({"model":"m"})"), ""), R"({"model":"m","input":[]})");
    EXPECT_EQ(input_items(Padded(R"({"input":[ ]})")), "");
    EXPECT_EQ(
        output_items(Padded(R"({"type":"response.completed","response":{"output":[{"a":1}]}})")),
        R"({"a":1})");
}

}  // namespace
}  // namespace router::dialects::openai_responses
