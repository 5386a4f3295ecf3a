#include "http/deadline.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace router::http {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime begin{};

class DeadlinesTest : public testing::Test {
 protected:
    // Lets time pass in steps of a tick, as the loop would.
    void pass(std::chrono::milliseconds time) {
        for (const auto until = now + time; now < until;) {
            now += Deadlines::resolution;
            all.call_back(now);
        }
    }

    SteadyTime now = begin;
    Deadlines all{begin};
    std::string called;
    Deadline a{all, [this] { called += 'a'; }};
    Deadline b{all, [this] { called += 'b'; }};
};

TEST_F(DeadlinesTest, CallsBackOnceWhenTheTimeHasPassedAndNotBefore) {
    a.set(begin + 100ms);
    pass(80ms);
    EXPECT_EQ(called, "");
    pass(40ms);
    EXPECT_EQ(called, "a");
    pass(1s);
    EXPECT_EQ(called, "a");
}

TEST_F(DeadlinesTest, IsNeverEarly) {
    a.set(begin + 99ms);
    all.call_back(begin + 98ms);
    EXPECT_EQ(called, "");
    all.call_back(begin + 99ms + Deadlines::resolution);
    EXPECT_EQ(called, "a");
}

TEST_F(DeadlinesTest, FollowsADeadlineThatIsMovedLaterOrEarlier) {
    a.set(begin + 100ms);
    a.set(begin + 400ms);
    b.set(begin + 400ms);
    b.set(begin + 100ms);
    pass(200ms);
    EXPECT_EQ(called, "b");
    pass(300ms);
    EXPECT_EQ(called, "ba");
}

TEST_F(DeadlinesTest, ForgetsWhatIsClearedOrGone) {
    a.set(begin + 100ms);
    a.clear();
    std::optional<Deadline> gone(std::in_place, all, [this] { called += 'x'; });
    gone->set(begin + 100ms);
    gone.reset();
    pass(1s);
    EXPECT_EQ(called, "");
}

TEST_F(DeadlinesTest, KeepsWhatIsFartherAwayThanOneRoundOfTheWheel) {
    a.set(begin + 25s);
    pass(24900ms);
    EXPECT_EQ(called, "");
    pass(200ms);
    EXPECT_EQ(called, "a");
}

TEST_F(DeadlinesTest, MissesNothingWhenTimeLeapsOverWholeRounds) {
    a.set(begin + 100ms);
    b.set(begin + 11s);
    all.call_back(begin + 60s);
    EXPECT_EQ(called.size(), 2U);
    EXPECT_EQ(all.milliseconds_until_next(begin + 60s), -1);
}

TEST_F(DeadlinesTest, MayBeSetAgainFromTheirOwnCall) {
    std::optional<Deadline> again;
    int calls = 0;
    again.emplace(all, [&] {
        ++calls;
        again->set(now + 100ms);
    });
    again->set(begin + 100ms);
    pass(1s);
    EXPECT_GE(calls, 8);
    EXPECT_LE(calls, 10);
}

TEST_F(DeadlinesTest, MayDestroyEachOtherFromTheirCalls) {
    std::optional<Deadline> first, second;
    first.emplace(all, [&] { second.reset(); });
    second.emplace(all, [&] { first.reset(); });
    first->set(begin + 100ms);
    second->set(begin + 100ms);
    pass(200ms);
    EXPECT_NE(first.has_value(), second.has_value());
}

TEST_F(DeadlinesTest, TellHowLongNothingIsDue) {
    EXPECT_EQ(all.milliseconds_until_next(begin), -1);
    a.set(begin + 100ms);
    const auto left = all.milliseconds_until_next(begin);
    EXPECT_GE(left, 100);
    EXPECT_LE(left, 120);
    EXPECT_EQ(all.milliseconds_until_next(begin + 1s), 0);
    pass(200ms);
    EXPECT_EQ(all.milliseconds_until_next(now), -1);
}

TEST_F(DeadlinesTest, LetNothingTickForWhatWasCleared) {
    a.set(begin + 100ms);
    a.clear();
    pass(200ms);
    EXPECT_EQ(all.milliseconds_until_next(now), -1);
}

}  // namespace
}  // namespace router::http
