#include "dialects/seal.hpp"

#include <gtest/gtest.h>

#include "wire/base64.hpp"

namespace router::dialects {
namespace {

using canonical::Arena;
using canonical::Origin;
using canonical::ThinkingBlock;

TEST(Seal, GivesBackWhatItHolds) {
    for (const auto origin : {Origin::anthropic, Origin::gemini, Origin::openai}) {
        for (const bool is_redacted : {false, true}) {
            const ThinkingBlock thinking{.text = {R"(so \n many)"},
                                         .signature = {.origin = origin,
                                                       .issuer = "anthropic#1",
                                                       .value = {"a\\/b=="},
                                                       .item_id = "rs_1"},
                                         .is_redacted = is_redacted};
            const auto text = seal(thinking);
            Arena arena;
            const auto opened = open_seal(text, arena);
            ASSERT_TRUE(opened);
            EXPECT_EQ(opened->text, thinking.text);
            EXPECT_EQ(opened->signature.origin, origin);
            EXPECT_EQ(opened->signature.issuer, "anthropic#1");
            EXPECT_EQ(opened->signature.value, thinking.signature.value);
            EXPECT_EQ(opened->signature.item_id, "rs_1");
            EXPECT_EQ(opened->is_redacted, is_redacted);
        }
    }
}

TEST(Seal, BeginsWithItsMark) { EXPECT_TRUE(seal({}).starts_with(seal_mark)); }

TEST(Seal, IsNotOpenedWhenItIsNoneOfOurs) {
    Arena arena;
    for (const std::string& text :
         {std::string(), std::string("ErUBCkYIBRgCIkD"), std::string(seal_mark),
          wire::base64("LLMR01a-\nx\n99999\nshort"), wire::base64("LLMR01?-\n\n0\n"),
          wire::base64("LLMR01a-\n\n2\n\\x")}) {
        EXPECT_FALSE(open_seal(text, arena)) << text;
    }
}

}  // namespace
}  // namespace router::dialects
