#include "gateway/defaults.hpp"

#include <gtest/gtest.h>

namespace router::gateway {
namespace {

TEST(Defaults, FillWhatTheClientLeftOut) {
    canonical::Request request;
    apply_defaults(request, {{"temperature", "0.3"}, {"max_tokens", "77"}, {"stop", "[\"END\"]"}});
    EXPECT_EQ(request.sampling.temperature, 0.3);
    EXPECT_EQ(request.max_tokens, 77);
    ASSERT_EQ(request.stop.size(), 1U);
    EXPECT_EQ(request.stop[0].escaped, "END");
    EXPECT_TRUE(request.turns.empty());
}

TEST(Defaults, LeaveWhatTheClientSaid) {
    canonical::Request request;
    request.sampling.temperature = 1;
    request.reasoning.effort = canonical::Effort::low;
    apply_defaults(request, {{"temperature", "0.3"}, {"reasoning_effort", "\"high\""}});
    EXPECT_EQ(request.sampling.temperature, 1);
    EXPECT_EQ(request.reasoning.effort, canonical::Effort::low);
}

}  // namespace
}  // namespace router::gateway
