#include "http/rest.hpp"

#include <gtest/gtest.h>

namespace router::http {
namespace {

using namespace std::chrono_literals;

class RestTest : public testing::Test {
 protected:
    // Whether a rest was due after the last of so many turns, each `after` the one before.
    bool turn(int times, std::chrono::microseconds after, std::size_t events, std::size_t patient) {
        bool is_due = false;
        for (int i = 0; i < times; ++i) {
            now += after;
            is_due = rest.is_due(now, events, patient);
        }
        return is_due;
    }
    bool begin_to_rest() {
        for (int i = 0; i < 100; ++i) {
            if (turn(1, 50us, 1, 1)) return true;
        }
        return false;
    }

    SteadyTime now{1h};
    Rest rest;
};

TEST_F(RestTest, IsDueOnceStreamsAloneWakeTheThreadAgainAndAgain) {
    EXPECT_FALSE(turn(5, 50us, 1, 1));
    EXPECT_TRUE(begin_to_rest());
}

TEST_F(RestTest, IsNotDueWhereEventsAreFarBetween) { EXPECT_FALSE(turn(1000, 400us, 1, 1)); }

TEST_F(RestTest, IsNotDueWhileCallsComeAndGo) {
    EXPECT_FALSE(turn(1000, 50us, 2, 1));
    EXPECT_TRUE(begin_to_rest());
    EXPECT_FALSE(turn(1, 50us, 3, 2));
    EXPECT_FALSE(turn(5, 50us, 3, 3));
}

TEST_F(RestTest, GoesOnAsLongAsItGathersSeveralEvents) {
    EXPECT_TRUE(begin_to_rest());
    EXPECT_TRUE(turn(100, 600us, 2, 2));
    EXPECT_FALSE(turn(1, 600us, 1, 1));
    EXPECT_FALSE(turn(1, 600us, 2, 2));
}

TEST_F(RestTest, IsNotDueAfterADeadlineAlone) {
    EXPECT_TRUE(begin_to_rest());
    EXPECT_FALSE(turn(1, 50us, 0, 0));
    EXPECT_TRUE(turn(1, 50us, 2, 2));
}

}  // namespace
}  // namespace router::http
