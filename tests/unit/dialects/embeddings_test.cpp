#include "dialects/embeddings.hpp"

#include <gtest/gtest.h>

namespace router::dialects {
namespace {

TEST(Embeddings, WritesPackedVectorsAsNumbers) {
    EXPECT_EQ(
        with_plain_vectors(
            R"({"data":[{"object":"embedding","index":0,"embedding": "AACAPwAAAL8="},{"embedding":"zczMPQ=="}],"model":"m"})"),
        R"({"data":[{"object":"embedding","index":0,"embedding":[1,-0.5]},{"embedding":[0.1]}],"model":"m"})");
}

TEST(Embeddings, LeavesNumbersAsTheyAre) {
    EXPECT_EQ(with_plain_vectors(R"({"data":[{"object":"embedding","embedding":[1.50]}]})"), "");
    EXPECT_EQ(with_plain_vectors(R"({"object":"embedding"})"), "");
}

TEST(Embeddings, LeavesWhatIsPackedOtherwise) {
    for (const auto* const packed : {"AACA", "?", "AADAfw=="})  // the last is no number
        EXPECT_EQ(with_plain_vectors(R"({"data":[{"embedding":")" + std::string(packed) + "\"}]}"),
                  "")
            << packed;
}

}  // namespace
}  // namespace router::dialects
