#include "storage/recent_records.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace router::storage {
namespace {

RecordPointer record(std::string id, std::string body = "b", std::int64_t expires = 100) {
    return std::make_shared<const Record>(
        Record{.id = std::move(id), .body = std::move(body), .expires = expires});
}

constexpr Limits roomy{.count = 100, .bytes = 100'000, .record_bytes = 10'000};

TEST(RecentRecords, GiveBackWhatWasPut) {
    RecentRecords records(roomy);
    EXPECT_TRUE(records.put(record("a", "one")));
    EXPECT_TRUE(records.put(record("a", "two")));
    ASSERT_NE(records.get("a", 0), nullptr);
    EXPECT_EQ(records.get("a", 0)->body, "two");
    EXPECT_EQ(records.get("b", 0), nullptr);
    EXPECT_EQ(records.count(), 1U);
}

TEST(RecentRecords, ForgetTheOneThatWasNotUsedForTheLongestTime) {
    RecentRecords records({.count = 2, .bytes = 100'000, .record_bytes = 10'000});
    records.put(record("a"));
    records.put(record("b"));
    records.get("a", 0);
    records.put(record("c"));
    EXPECT_NE(records.get("a", 0), nullptr);
    EXPECT_EQ(records.get("b", 0), nullptr);
    EXPECT_NE(records.get("c", 0), nullptr);
}

TEST(RecentRecords, StayBelowTheirBytes) {
    RecentRecords records({.count = 100, .bytes = 3'000, .record_bytes = 2'000});
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(records.put(record(std::to_string(i), std::string(1'000, 'x'))));
    }
    EXPECT_EQ(records.count(), 2U);
    EXPECT_NE(records.get("9", 0), nullptr);
    EXPECT_FALSE(records.put(record("large", std::string(2'000, 'x'))));
    EXPECT_EQ(records.get("large", 0), nullptr);
    EXPECT_EQ(records.count(), 2U);
}

TEST(RecentRecords, ForgetWhatHasExpired) {
    RecentRecords records(roomy);
    records.put(record("a", "b", 100));
    EXPECT_NE(records.get("a", 99), nullptr);
    EXPECT_EQ(records.get("a", 100), nullptr);
    EXPECT_EQ(records.count(), 0U);
}

TEST(RecentRecords, CanBeRemoved) {
    RecentRecords records(roomy);
    records.put(record("a"));
    records.remove("a");
    records.remove("b");
    EXPECT_EQ(records.get("a", 0), nullptr);
}

}  // namespace
}  // namespace router::storage
