#include "http/awaitable.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "http/loop.hpp"

namespace router::http {
namespace {

// Runs `work` to its end. What it throws ends the test's process, so none may come out of it.
void run(Loop& loop, awaitable<void> work) {
    constexpr auto stop_behind = [](Loop& stopped, awaitable<void> first) -> awaitable<void> {
        co_await std::move(first);
        stopped.stop();
    };
    loop.spawn(stop_behind(loop, std::move(work)));
    loop.run();
}

// Lets the others go first.
struct Turn {
    Loop& loop;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiting) const { loop.resume(waiting); }
    void await_resume() const {}
};

awaitable<int> forty_two() { co_return 42; }

awaitable<int> add(awaitable<int> first, awaitable<int> second) {
    const int left = co_await std::move(first);
    const int right = co_await std::move(second);
    co_return left + right;
}

awaitable<void> note(int value, std::vector<int>& notes) {
    notes.push_back(value);
    co_return;
}

awaitable<void> note_sum(std::vector<int>& notes) {
    const int sum = co_await add(forty_two(), forty_two());
    co_await note(sum, notes);
}

TEST(Awaitable, GivesItsValueToTheOneThatAwaits) {
    Loop loop;
    std::vector<int> notes;
    run(loop, note_sum(notes));
    EXPECT_EQ(notes, std::vector{84});
}

TEST(Awaitable, BeginsWhenItIsAwaited) {
    std::vector<int> notes;
    {
        const auto never_awaited = note(1, notes);
    }
    EXPECT_TRUE(notes.empty());
}

awaitable<std::unique_ptr<std::string>> owned_text() {
    co_return std::make_unique<std::string>("text");
}

awaitable<void> own(std::unique_ptr<std::string>& into) { into = co_await owned_text(); }

TEST(Awaitable, GivesWhatCanOnlyBeMoved) {
    Loop loop;
    std::unique_ptr<std::string> text;
    run(loop, own(text));
    ASSERT_TRUE(text);
    EXPECT_EQ(*text, "text");
}

awaitable<int> wrong(Loop& loop) {
    co_await Turn{loop};
    throw std::logic_error("we are wrong");
}

awaitable<int> pass_on(Loop& loop) { co_return co_await wrong(loop) + 1; }

awaitable<void> catch_it(Loop& loop, std::string& caught) {
    try {
        co_await pass_on(loop);
    } catch (const std::logic_error& error) {
        caught = error.what();
    }
}

TEST(Awaitable, ThrowsWhereItIsAwaited) {
    Loop loop;
    std::string caught;
    run(loop, catch_it(loop, caught));
    EXPECT_EQ(caught, "we are wrong");
}

awaitable<int> count_one() { co_return 1; }

awaitable<void> count_many(int& count) {
    for (int i = 0; i < 1'000'000; ++i) count += co_await count_one();
}

TEST(Awaitable, CanBeAwaitedAnyNumberOfTimesInALoopWithoutGrowingTheStack) {
    Loop loop;
    int count = 0;
    run(loop, count_many(count));
    EXPECT_EQ(count, 1'000'000);
}

awaitable<int> deep(Loop& loop, int levels) {
    if (levels == 0) {
        co_await Turn{loop};
        co_return 0;
    }
    co_return co_await deep(loop, levels - 1) + 1;
}

awaitable<void> go_deep(Loop& loop, int& levels) { levels = co_await deep(loop, 200'000); }

TEST(Awaitable, EndsAChainOfAnyDepthWithoutGrowingTheStack) {
    Loop loop;
    int levels = 0;
    run(loop, go_deep(loop, levels));
    EXPECT_EQ(levels, 200'000);
}

// Says when it is gone.
struct Local {
    std::vector<std::string>& gone;
    std::string name;
    ~Local() { gone.push_back(name); }
};

awaitable<void> inner(Loop& loop, std::vector<std::string>& gone) {
    const Local local{gone, "inner"};
    co_await Turn{loop};
}

awaitable<void> outer(Loop& loop, std::vector<std::string>& gone) {
    const Local local{gone, "outer"};
    co_await inner(loop, gone);
    gone.emplace_back("behind inner");
}

TEST(Awaitable, LetsGoOfItsLocalsBeforeTheOneThatAwaitsGoesOn) {
    Loop loop;
    std::vector<std::string> gone;
    run(loop, outer(loop, gone));
    EXPECT_EQ(gone, (std::vector<std::string>{"inner", "behind inner", "outer"}));
}

}  // namespace
}  // namespace router::http
