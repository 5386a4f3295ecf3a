#include "base/nearest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace router {
namespace {

constexpr std::array<std::string_view, 5> names{"model", "api_key", "api_base", "openai",
                                                "openrouter"};

TEST(Nearest, FindsTheNameThatWasMeant) {
    EXPECT_EQ(nearest("modle", names), "model");
    EXPECT_EQ(nearest("api_bse", names), "api_base");
    EXPECT_EQ(nearest("apikey", names), "api_key");
    EXPECT_EQ(nearest("opnai", names), "openai");
    EXPECT_EQ(nearest("OpenAI", names), "openai");
}

TEST(Nearest, FindsNothingWhereNothingIsNear) {
    EXPECT_EQ(nearest("temperature", names), "");
    EXPECT_EQ(nearest("x", names), "");
    EXPECT_EQ(nearest("", names), "");
    EXPECT_EQ(nearest("model", {}), "");
}

}  // namespace
}  // namespace router
