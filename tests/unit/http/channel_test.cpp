#include "http/channel.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

namespace router::http {
namespace {

using namespace std::chrono_literals;

// A loop, a channel, and the peer's end of its socket.
class ChannelTest : public testing::Test {
 protected:
    ChannelTest() { channel = connect(peer); }
    ~ChannelTest() override {
        if (peer >= 0) ::close(peer);
    }

    std::shared_ptr<Channel> connect(int& other_end) {
        std::array<int, 2> ends{};
        EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
        other_end = ends[1];
        return std::make_shared<Channel>(loop, ends[0]);
    }
    void say(std::string_view text) {
        EXPECT_EQ(::write(peer, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    void leave() { ::close(std::exchange(peer, -1)); }

    // Runs `work` to its end; one that hangs fails.
    void run(awaitable<void> work) {
        bool is_late = false;
        Deadline late(loop.deadlines, [&] {
            is_late = true;
            loop.stop();
        });
        late.set(loop.now() + 20s);
        loop.spawn(stop_behind(std::move(work)));
        loop.run();
        EXPECT_FALSE(is_late);
    }
    awaitable<void> stop_behind(awaitable<void> work) {
        co_await std::move(work);
        loop.stop();
    }

    SteadyTime soon() const { return loop.now() + 10s; }
    std::string read(std::size_t most = 100) {
        std::string text(most, '\0');
        text.resize(channel->read_now(text));
        return text;
    }

    Loop loop;
    std::shared_ptr<Channel> channel;
    int peer = -1;
    std::vector<std::string> seen;

    awaitable<void> read_twice();
    awaitable<void> read_to_the_end(std::size_t step);
    awaitable<void> wait_in_vain();
    awaitable<void> read_for_ever();
    awaitable<void> read_until_left();
    awaitable<void> close_while_waiting(SteadyTime until);
    awaitable<void> write_all(std::string text);
    awaitable<void> read_all(std::shared_ptr<Channel> from, std::size_t bytes);
    awaitable<void> write_to_one_that_stalls(std::string text);
    awaitable<void> read_slowly(std::size_t bytes);
    awaitable<void> talk_to_itself(int turns);
    awaitable<void> read_other(std::shared_ptr<Channel> other);
    awaitable<void> close_other(std::shared_ptr<Channel> mine, std::shared_ptr<Channel>& other);
};

awaitable<void> ChannelTest::read_twice() {
    say("one");
    co_await channel->readable(soon());
    seen.push_back(read());
    say("two");
    seen.push_back(read());
    co_await channel->readable(soon());
    seen.push_back(read());
}

TEST_F(ChannelTest, ReadsOnlyOnceUntilTheLoopTellsOfMore) {
    run(read_twice());
    EXPECT_EQ(seen, (std::vector<std::string>{"one", "", "two"}));
}

awaitable<void> ChannelTest::read_to_the_end(std::size_t step) {
    while (!channel->has_ended()) {
        co_await channel->readable(soon());
        if (auto text = read(step); !text.empty()) seen.push_back(std::move(text));
    }
}

TEST_F(ChannelTest, GivesTheLastBytesAndThenTheEndThatCameWithThem) {
    say("last");
    leave();
    run(read_to_the_end(100));
    EXPECT_EQ(seen, std::vector<std::string>{"last"});
    EXPECT_FALSE(channel->was_reset());
}

TEST_F(ChannelTest, GoesOnWithoutWordFromTheLoopWhileReadsAreFull) {
    say("abcdefghij");
    leave();
    run(read_to_the_end(4));
    EXPECT_EQ(seen, (std::vector<std::string>{"abcd", "efgh", "ij"}));
}

awaitable<void> ChannelTest::wait_in_vain() {
    const auto why = co_await channel->readable(loop.now() + 30ms);
    seen.emplace_back(why == Wake::timeout ? "timeout" : "ready");
    say("late");
    const auto then = co_await channel->readable(soon());
    seen.emplace_back(then == Wake::timeout ? "timeout" : "ready");
    seen.push_back(read());
}

TEST_F(ChannelTest, EndsAWaitAtItsTimeAndMayBeWaitedForAgain) {
    run(wait_in_vain());
    EXPECT_EQ(seen, (std::vector<std::string>{"timeout", "ready", "late"}));
}

awaitable<void> ChannelTest::read_for_ever() {
    const auto until = loop.now() + 50ms;
    while (co_await channel->readable(until) == Wake::ready) {
        EXPECT_EQ(read(1), "x");
        say("x");
    }
    seen.emplace_back("timeout");
}

TEST_F(ChannelTest, EndsAWaitAtItsTimeThoughThePeerNeverCeases) {
    say("xx");
    run(read_for_ever());
    EXPECT_EQ(seen, std::vector<std::string>{"timeout"});
}

TEST_F(ChannelTest, KnowsThatItsPeerHasLeftWithBytesUnread) {
    say("ahead");
    channel->when_stirred = [this] {
        seen.emplace_back(channel->has_left() ? "left" : "stirred");
        if (channel->has_left()) return loop.stop();
        leave();
    };
    loop.run();
    EXPECT_EQ(seen, (std::vector<std::string>{"stirred", "left"}));
    EXPECT_FALSE(channel->has_ended());
    EXPECT_EQ(read(), "ahead");
    channel->when_stirred = nullptr;
}

TEST_F(ChannelTest, MayBeLetGoOfByWhatItStirs) {
    channel->when_stirred = [this] {
        channel.reset();
        loop.stop();
    };
    say("anything");
    loop.run();
    EXPECT_FALSE(channel);
}

awaitable<void> ChannelTest::close_while_waiting(SteadyTime until) {
    loop.post([this] { channel->close(); });
    co_await channel->readable(until);
    seen.emplace_back(channel->has_ended() ? "ended" : "open");
}

TEST_F(ChannelTest, WakesTheOneThatWaitsWhenItIsClosed) {
    run(close_while_waiting(soon()));
    EXPECT_EQ(seen, std::vector<std::string>{"ended"});
    const std::array<std::string_view, 1> words{"words"};
    EXPECT_EQ(channel->write_now(words), 0U);
    EXPECT_TRUE(channel->is_broken());
}

awaitable<void> ChannelTest::close_other(std::shared_ptr<Channel> mine,
                                         std::shared_ptr<Channel>& other) {
    co_await mine->readable(soon());
    other->close();
    seen.emplace_back(mine->has_ended() ? "was closed" : "was told");
}

// Both are told in the same turn, so that the second resumes with a closed channel.
TEST_F(ChannelTest, MayBeClosedByAnotherOfTheSameTurn) {
    int other_peer = -1;
    auto other = connect(other_peer);
    say("x");
    EXPECT_EQ(::write(other_peer, "x", 1), 1);
    loop.spawn(close_other(channel, other));
    run(close_other(other, channel));
    EXPECT_EQ(seen, (std::vector<std::string>{"was told", "was closed"}));
    ::close(other_peer);
}

awaitable<void> ChannelTest::write_all(std::string text) {
    const std::array<std::string_view, 3> pieces{std::string_view(text).substr(0, 1), "",
                                                 std::string_view(text).substr(1)};
    const bool is_sent = co_await channel->write(pieces, 10s);
    seen.emplace_back(is_sent ? "sent" : "not sent");
    channel->shut_down_writing();
}

awaitable<void> ChannelTest::read_all(std::shared_ptr<Channel> from, std::size_t bytes) {
    std::string all;
    while (!from->has_ended()) {
        co_await from->readable(soon());
        const auto scratch = loop.scratch();
        all.append(scratch.data(), from->read_now(scratch));
    }
    seen.emplace_back(all == std::string(bytes, 'x') ? "all" : "something else");
}

TEST_F(ChannelTest, SendsMoreThanTheKernelTakesAtOnce) {
    constexpr std::size_t many = 8 << 20;
    const auto reader = std::make_shared<Channel>(loop, std::exchange(peer, -1));
    loop.spawn(write_all(std::string(many, 'x')));
    run(read_all(reader, many));
    EXPECT_EQ(seen, (std::vector<std::string>{"sent", "all"}));
}

awaitable<void> ChannelTest::write_to_one_that_stalls(std::string text) {
    const std::array<std::string_view, 1> pieces{text};
    const bool is_sent = co_await channel->write(pieces, 30ms);
    seen.emplace_back(is_sent ? "sent" : "not sent");
}

TEST_F(ChannelTest, ClosesWhenThePeerTakesNothingForTooLong) {
    run(write_to_one_that_stalls(std::string(8 << 20, 'x')));
    EXPECT_EQ(seen, std::vector<std::string>{"not sent"});
    EXPECT_TRUE(channel->has_ended());
}

awaitable<void> ChannelTest::read_slowly(std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
        co_await channel->readable(soon());
        EXPECT_EQ(read(1), "x");
    }
    seen.emplace_back("much");
}

awaitable<void> ChannelTest::read_other(std::shared_ptr<Channel> other) {
    co_await other->readable(soon());
    seen.emplace_back("little");
}

TEST_F(ChannelTest, LetsOthersGoFirstNowAndThen) {
    int other_peer = -1;
    const auto other = connect(other_peer);
    say(std::string(1000, 'x'));
    EXPECT_EQ(::write(other_peer, "x", 1), 1);
    loop.spawn(read_other(other));
    run(read_slowly(1000));
    EXPECT_EQ(seen, (std::vector<std::string>{"little", "much"}));
    ::close(other_peer);
}

awaitable<void> ChannelTest::talk_to_itself(int turns) {
    for (int i = 0; i < turns && loop.rests() == 0; ++i) {
        say("x");
        co_await channel->readable(soon());
        EXPECT_EQ(read(), "x");
    }
}

TEST_F(ChannelTest, LetsTheLoopRestWhereOnlyThePatientWakeIt) {
    channel->set_patient(true);
    run(talk_to_itself(100'000));
    EXPECT_EQ(loop.rests(), 1U);
}

TEST_F(ChannelTest, LetsNoLoopRestOnOthersBehalf) {
    run(talk_to_itself(1000));
    EXPECT_EQ(loop.rests(), 0U);
}

TEST_F(ChannelTest, HasArrivedTellsWithoutTaking) {
    channel->when_stirred = [this] { loop.stop(); };
    EXPECT_FALSE(channel->has_arrived());
    say("words");
    loop.run();
    EXPECT_TRUE(channel->has_arrived());
    EXPECT_EQ(read(5), "words");
    EXPECT_FALSE(channel->has_arrived());  // though the read was full
}

}  // namespace
}  // namespace router::http
