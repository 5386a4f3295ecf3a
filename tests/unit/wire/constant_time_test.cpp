#include "wire/constant_time.hpp"

#include <gtest/gtest.h>

#include <string>

namespace router::wire {
namespace {

TEST(EqualInConstantTime, IsTrueForTheSameBytesAlone) {
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_TRUE(equal_in_constant_time("sk-1234", std::string("sk-1234")));
    EXPECT_FALSE(equal_in_constant_time("sk-1234", "sk-1235"));
    EXPECT_FALSE(equal_in_constant_time("sk-1234", "Sk-1234"));
}

TEST(EqualInConstantTime, IsFalseForABeginning) {
    EXPECT_FALSE(equal_in_constant_time("", "a"));
    EXPECT_FALSE(equal_in_constant_time("sk-1", "sk-1234"));
    EXPECT_FALSE(equal_in_constant_time("sk-1234", "sk-1"));
}

TEST(EqualInConstantTime, DoesNotStopAtAZeroByte) {
    EXPECT_FALSE(equal_in_constant_time(std::string("a\0b", 3), std::string("a\0c", 3)));
}

}  // namespace
}  // namespace router::wire
