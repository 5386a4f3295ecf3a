#include "auth/keys.hpp"

#include <gtest/gtest.h>

namespace router::auth {
namespace {

Keys with_master_key(std::string key, bool is_open = false) {
    return {{.master_key = Secret(std::move(key))}, is_open};
}

TEST(Keys, OpenForTheMasterKey) {
    const auto caller = with_master_key("sk-1234").identify("sk-1234");
    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->name, "master");
    EXPECT_TRUE(caller->is_admin);
}

TEST(Keys, SayWhereAKeyBelongsWhenNoneCame) {
    const auto caller = with_master_key("sk-1234").identify("");
    ASSERT_FALSE(caller);
    EXPECT_EQ(caller.error().kind, ErrorKind::unauthorized);
    EXPECT_EQ(caller.error().code, "missing_api_key");
    EXPECT_NE(caller.error().message.find("Authorization"), std::string::npos);
}

TEST(Keys, StayShutForEveryOtherKey) {
    const auto keys = with_master_key("sk-1234");
    for (const auto* key : {"sk-1235", "sk-123", "sk-12345", "SK-1234", " sk-1234", "sk-1234 "}) {
        const auto caller = keys.identify(key);
        ASSERT_FALSE(caller) << key;
        EXPECT_EQ(caller.error().code, "invalid_api_key");
        EXPECT_EQ(caller.error().message.find("sk-"), std::string::npos);
    }
}

TEST(Keys, StayShutWhenThereIsNoMasterKey) {
    const auto keys = with_master_key("");
    EXPECT_FALSE(keys.identify(""));
    EXPECT_FALSE(keys.identify("x"));
}

TEST(Keys, OpenForAnyoneWhenToldTo) {
    const auto keys = with_master_key("sk-1234", true);
    for (const auto* key : {"", "x", "sk-1234"}) {
        const auto caller = keys.identify(key);
        ASSERT_TRUE(caller) << key;
        EXPECT_EQ(caller->name, "anyone");
        EXPECT_TRUE(caller->is_admin);
    }
}

}  // namespace
}  // namespace router::auth
