#include "base/secret.hpp"

#include <gtest/gtest.h>

namespace router {
namespace {

TEST(Secret, ComesOutThroughRevealAlone) {
    const Secret secret("sk-0123456789abcdef");
    EXPECT_EQ(secret.reveal(), "sk-0123456789abcdef");
    EXPECT_FALSE(secret.empty());
    EXPECT_TRUE(Secret().empty());
}

TEST(Secret, ShowsItsKindAndItsEndWhenItIsLong) {
    EXPECT_EQ(Secret("sk-0123456789abcdef").masked(), "sk-…cdef");
    EXPECT_EQ(Secret("0123456789abcdef").masked(), "…cdef");
}

TEST(Secret, ShowsNothingWhenItIsShort) {
    EXPECT_EQ(Secret("sk-12345678").masked(), "…");
    EXPECT_EQ(Secret("a").masked(), "…");
    EXPECT_EQ(Secret().masked(), "");
}

TEST(Secret, IsComparedByItsText) {
    EXPECT_EQ(Secret("a"), Secret("a"));
    EXPECT_NE(Secret("a"), Secret("b"));
}

}  // namespace
}  // namespace router
