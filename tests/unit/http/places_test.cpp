#include "http/places.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "http/pause.hpp"

namespace router::http {
namespace {

using namespace std::chrono_literals;

const auto never = SteadyTime::max() - std::chrono::hours(1);

SteadyTime in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

// Takes a place for a moment, and writes its name when it has it, or that name with a "-".
awaitable<void> visit(Places& places, Loop& loop, SteadyTime until, Cancel& cancel, char name,
                      std::string& order, int& left) {
    if (co_await places.take(loop, until, cancel)) {
        const Places::Place place(&places);
        order += name;
        Cancel nothing;
        co_await Pause(loop, in(1ms), nothing);
    } else {
        order += {'-', name};
    }
    if (--left == 0) loop.stop();
}

TEST(Places, AreTakenInTheOrderOfComing) {
    Loop loop;
    Places places(2);
    std::string order;
    Cancel cancel;
    int left = 6;
    for (const char name : {'a', 'b', 'c', 'd', 'e', 'f'})
        loop.spawn(visit(places, loop, never, cancel, name, order, left));
    loop.run();
    EXPECT_EQ(order, "abcdef");
    EXPECT_TRUE(places.has_room());
}

TEST(Places, AreNotWaitedForBeyondATime) {
    Loop loop;
    Places places(1);
    std::string order;
    Cancel cancel;
    std::optional held(places.take(loop, never, cancel).await_ready() ? Places::Place(&places)
                                                                      : Places::Place());
    EXPECT_FALSE(places.has_room());
    int left = 1;
    loop.spawn(visit(places, loop, in(20ms), cancel, 'a', order, left));
    loop.run();
    EXPECT_EQ(order, "-a");
    held.reset();
    EXPECT_TRUE(places.has_room());
}

TEST(Places, AreNotGivenToWhomNobodyWaitsFor) {
    Loop loop;
    Places places(1);
    std::string order;
    Cancel nobody, somebody;
    int left = 3;
    loop.spawn(visit(places, loop, never, somebody, 'a', order, left));
    loop.spawn(visit(places, loop, never, nobody, 'b', order, left));
    loop.spawn(visit(places, loop, never, somebody, 'c', order, left));
    loop.post([&] { nobody.request(); });
    loop.run();
    EXPECT_EQ(order, "a-bc");
    EXPECT_TRUE(places.has_room());
}

// One call of a thread: some of them are given up at the very moment they may get their place.
awaitable<void> hurry(Places& places, Loop& loop, std::atomic<int>& inside, std::atomic<int>& most,
                      int number, int& left) {
    Cancel cancel;
    const auto until = number % 3 == 0 ? in(std::chrono::milliseconds(number % 7)) : never;
    if (co_await places.take(loop, until, cancel)) {
        const Places::Place place(&places);
        const int now = ++inside;
        for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
        }
        co_await Pause(loop, in(0ms), cancel);
        --inside;
    }
    if (--left == 0) loop.stop();
}

TEST(Places, HoldAmongThreads) {
    Places places(3);
    std::atomic<int> inside = 0, most = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                Loop loop;
                int left = 100;
                for (int number = 0; number < 100; ++number)
                    loop.spawn(hurry(places, loop, inside, most, number, left));
                loop.run();
            });
        }
    }
    EXPECT_EQ(inside, 0);
    EXPECT_EQ(most, 3);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(places.has_room());
}

TEST(Pause, IsBrokenOff) {
    Loop loop;
    Cancel cancel;
    std::optional<bool> waited;
    const auto wait = [](Loop& on, Cancel& by, std::optional<bool>& came) -> awaitable<void> {
        came = co_await Pause(on, never, by);
        on.stop();
    };
    loop.spawn(wait(loop, cancel, waited));
    loop.post([&] { cancel.request(); });
    loop.run();
    EXPECT_EQ(waited, false);
}

}  // namespace
}  // namespace router::http
