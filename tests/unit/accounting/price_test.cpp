#include "accounting/price.hpp"

#include <gtest/gtest.h>

namespace router::accounting {
namespace {

using canonical::Usage;

const Prices plain{{"input_cost_per_token", 3e-6}, {"output_cost_per_token", 15e-6}};

Prices with(std::string name, double price) {
    auto prices = plain;
    prices[std::move(name)] = price;
    return prices;
}

TEST(Price, IsWhatInputAndOutputCost) {
    const Usage usage{.prompt = 1000, .completion = 200, .is_known = true};
    EXPECT_DOUBLE_EQ(*cost_of(usage, plain), 0.006);
    EXPECT_DOUBLE_EQ(*cost_of(usage, {{"output_cost_per_token", 1e-6}}), 0.0002);
    EXPECT_DOUBLE_EQ(*cost_of(usage, {{"input_cost_per_token", 0}, {"output_cost_per_token", 0}}),
                     0);
}

TEST(Price, IsNotKnownWithoutCountsOrPrices) {
    EXPECT_EQ(cost_of({.prompt = 10, .is_known = true}, {}), std::nullopt);
    EXPECT_EQ(cost_of({.prompt = 10, .is_known = true}, {{"input_cost_per_image", 1}}),
              std::nullopt);
    EXPECT_EQ(cost_of({.prompt = 10, .is_known = false}, plain), std::nullopt);
}

TEST(Price, CountsACacheByItsOwn) {
    const Usage usage{.prompt = 1000,
                      .cached = 600,
                      .cache_written = 300,
                      .cache_written_1h = 100,
                      .is_known = true};
    EXPECT_DOUBLE_EQ(*cost_of(usage, plain), 0.003);
    auto prices = with("cache_read_input_token_cost", 3e-7);
    EXPECT_DOUBLE_EQ(*cost_of(usage, prices), 600 * 3e-7 + 400 * 3e-6);
    prices["cache_creation_input_token_cost"] = 4e-6;
    EXPECT_DOUBLE_EQ(*cost_of(usage, prices), 600 * 3e-7 + 300 * 4e-6 + 100 * 3e-6);
    prices["cache_creation_input_token_cost_above_1hr"] = 6e-6;
    EXPECT_DOUBLE_EQ(*cost_of(usage, prices), 600 * 3e-7 + 200 * 4e-6 + 100 * 6e-6 + 100 * 3e-6);
}

TEST(Price, CountsThoughtsAndSoundByTheirOwn) {
    const Usage usage{.prompt = 100,
                      .completion = 100,
                      .reasoning = 60,
                      .prompt_audio = 40,
                      .completion_audio = 10,
                      .is_known = true};
    auto prices = with("output_cost_per_reasoning_token", 1e-6);
    prices["input_cost_per_audio_token"] = 1e-4;
    prices["output_cost_per_audio_token"] = 2e-4;
    EXPECT_DOUBLE_EQ(*cost_of(usage, prices),
                     60 * 3e-6 + 40 * 1e-4 + 30 * 15e-6 + 60 * 1e-6 + 10 * 2e-4);
}

TEST(Price, OfALongPromptIsItsOwn) {
    auto prices = with("input_cost_per_token_above_128k_tokens", 4e-6);
    prices["input_cost_per_token_above_200k_tokens"] = 6e-6;
    prices["output_cost_per_token_above_200k_tokens"] = 22e-6;
    const auto cost = [&](std::uint64_t prompt) {
        return *cost_of({.prompt = prompt, .completion = 10, .is_known = true}, prices);
    };
    EXPECT_DOUBLE_EQ(cost(128'000), 128'000 * 3e-6 + 10 * 15e-6);
    EXPECT_DOUBLE_EQ(cost(128'001), 128'001 * 4e-6 + 10 * 15e-6);
    EXPECT_DOUBLE_EQ(cost(300'000), 300'000 * 6e-6 + 10 * 22e-6);
}

// Some providers count cached tokens beside the prompt's, or more thoughts than tokens.
TEST(Price, IsNeverBelowNothing) {
    const Usage usage{
        .prompt = 10, .completion = 5, .cached = 100, .reasoning = 50, .is_known = true};
    EXPECT_GT(*cost_of(usage, plain), 0);
}

}  // namespace
}  // namespace router::accounting
