#include "wire/base64.hpp"

#include <gtest/gtest.h>

namespace router::wire {
namespace {

TEST(Base64, ReadsBackWhatItWrote) {
    std::string bytes;
    for (int length = 0; length < 70; ++length) {
        EXPECT_EQ(from_base64(base64(bytes)), bytes);
        bytes += static_cast<char>(length * 37);
    }
}

TEST(Base64, ReadsTheUrlSafeAlphabetAndNoPadding) {
    EXPECT_EQ(from_base64("-_-_"), from_base64("+/+/"));
    EXPECT_EQ(from_base64("YQ"), "a");
    EXPECT_EQ(from_base64("YWI="), "ab");
}

TEST(Base64, RefusesWhatIsNone) {
    for (const auto* text : {"a", "a b=", "!!!!", "YQ\n="}) EXPECT_FALSE(from_base64(text)) << text;
}

}  // namespace
}  // namespace router::wire
