#include "http/loop.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace router::http {
namespace {

using namespace std::chrono_literals;

struct Turn {
    Loop& loop;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiting) const { loop.resume(waiting); }
    void await_resume() const {}
};

TEST(Loop, CarriesOutWhatOtherThreadsPost) {
    Loop loop;
    std::vector<int> done;
    std::jthread other([&] {
        for (int i = 0; i < 1000; ++i) loop.post([&done, i] { done.push_back(i); });
        loop.post([&loop] { loop.stop(); });
    });
    loop.run();
    ASSERT_EQ(done.size(), 1000U);
    EXPECT_TRUE(std::ranges::is_sorted(done));
}

TEST(Loop, CarriesOutWhatATaskPosts) {
    Loop loop;
    loop.post([&loop] { loop.post([&loop] { loop.stop(); }); });
    loop.run();
}

TEST(Loop, StopsFromAnotherThreadWhileItWaits) {
    Loop loop;
    std::jthread other([&loop] { loop.stop(); });
    loop.run();
}

TEST(Loop, CallsBackWhatIsDue) {
    Loop loop;
    const auto began = std::chrono::steady_clock::now();
    Deadline deadline(loop.deadlines, [&loop] { loop.stop(); });
    deadline.set(began + 30ms);
    loop.run();
    EXPECT_GE(std::chrono::steady_clock::now() - began, 30ms);
    EXPECT_GE(loop.now() - began, 30ms);
}

awaitable<void> note_turns(Loop& loop, char name, int turns, std::string& order) {
    for (int i = 0; i < turns; ++i) {
        order += name;
        co_await Turn{loop};
    }
    if (name == 'a') loop.stop();
}

TEST(Loop, ResumesInTurns) {
    Loop loop;
    std::string order;
    loop.spawn(note_turns(loop, 'a', 3, order));
    loop.spawn(note_turns(loop, 'b', 3, order));
    EXPECT_EQ(order, "");  // nothing runs within spawn()
    loop.run();
    EXPECT_EQ(order, "ababab");
}

awaitable<void> go_on_until(Loop& loop, const bool& is_told) {
    while (!is_told) co_await Turn{loop};
    loop.stop();
}

TEST(Loop, LooksForEventsBetweenTheTurnsOfOnesThatAlwaysGoOn) {
    Loop loop;
    bool is_told = false;
    loop.post([&] { is_told = true; });
    loop.spawn(go_on_until(loop, is_told));
    loop.run();
}

// One end of a pair of sockets, whose other end has spoken.
struct Stirred final : Watcher {
    explicit Stirred(Loop& on) : loop(on) {
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
        loop.watch(ends[0], EPOLLIN | EPOLLET, *this);
        EXPECT_EQ(::write(ends[1], "x", 1), 1);
    }
    ~Stirred() {
        loop.unwatch(ends[0], *this);
        ::close(ends[0]);
        ::close(ends[1]);
    }
    void ready(std::uint32_t) override { told(); }

    Loop& loop;
    std::array<int, 2> ends{};
    std::function<void()> told;
};

TEST(Loop, TellsNothingOfADescriptorThatWentInTheSameTurn) {
    Loop loop;
    int told = 0;
    auto first = std::make_unique<Stirred>(loop);
    auto second = std::make_unique<Stirred>(loop);
    first->told = [&] {
        ++told;
        second.reset();
    };
    second->told = [&] {
        ++told;
        first.reset();
    };
    loop.post([&loop] { loop.post([&loop] { loop.stop(); }); });
    loop.run();
    EXPECT_EQ(told, 1);
}

TEST(Loop, TellsOfADescriptorThatTookTheNumberOfAnother) {
    Loop loop;
    int told_of_old = 0, told_of_new = 0;
    auto stirring = std::make_unique<Stirred>(loop);
    auto old = std::make_unique<Stirred>(loop);
    std::unique_ptr<Stirred> young;
    old->told = [&] { ++told_of_old; };
    stirring->told = [&] {
        const auto numbers = old->ends;
        old.reset();
        young = std::make_unique<Stirred>(loop);
        EXPECT_EQ(young->ends, numbers);
        young->told = [&] {
            ++told_of_new;
            loop.stop();
        };
    };
    loop.run();
    EXPECT_EQ(told_of_old, 0);
    EXPECT_EQ(told_of_new, 1);
}

}  // namespace
}  // namespace router::http
