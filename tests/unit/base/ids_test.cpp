#include "base/ids.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace router {
namespace {

TEST(NewId, IsThirtyTwoHexadecimalDigits) {
    for (int i = 0; i < 100; ++i) {
        const auto id = new_id();
        EXPECT_EQ(id.size(), 32U);
        EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos) << id;
    }
}

TEST(NewId, DoesNotComeTwice) {
    std::set<std::string> seen;
    for (int i = 0; i < 10000; ++i) seen.insert(new_id());
    EXPECT_EQ(seen.size(), 10000U);
}

TEST(NewId, DiffersBetweenThreads) {
    std::string there;
    std::thread([&] { there = new_id(); }).join();
    EXPECT_NE(new_id(), there);
}

}  // namespace
}  // namespace router
