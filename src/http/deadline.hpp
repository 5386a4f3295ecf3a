#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "http/awaitable.hpp"

namespace router::http {

using SteadyTime = std::chrono::steady_clock::time_point;

class Deadlines;

// Calls back once when its time has passed, up to a tick late. Moving it later costs a store: it is
// looked at again when its old time comes. Its owner keeps it in place; destroying it clears it.
class Deadline {
 public:
    Deadline(Deadlines& all, std::function<void()> passed)
        : all_(&all), passed_(std::move(passed)) {}
    ~Deadline() { unlink(); }
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    void set(SteadyTime at);
    void clear() { at_ = SteadyTime::max(); }
    SteadyTime at() const { return at_; }

 private:
    friend class Deadlines;
    void unlink();

    Deadlines* all_;
    std::function<void()> passed_;
    SteadyTime at_ = SteadyTime::max();
    std::int64_t tick_ = 0;  // the tick it is filed under, while linked
    Deadline* before_ = nullptr;
    Deadline* after_ = nullptr;
};

// All the deadlines of a thread, watched by one coarse tick, so that no timer is armed for a call.
// A wheel of slots: a deadline is filed under the tick of its time. While there is none, nothing
// ticks.
class Deadlines {
 public:
    static constexpr std::chrono::milliseconds resolution{20};

    explicit Deadlines(asio::io_context& context);
    ~Deadlines();
    void stop();  // no callback after this

 private:
    friend class Deadline;
    struct Timer;
    static constexpr std::size_t slots = 512;

    std::int64_t tick_of(SteadyTime at) const;
    void link(Deadline& deadline, std::int64_t tick);
    void arm();
    void turn();

    std::unique_ptr<Timer> timer_;
    SteadyTime zero_ = std::chrono::steady_clock::now();
    std::array<Deadline*, slots> heads_{};
    std::size_t linked_ = 0;
    std::int64_t seen_ = 0;  // the last tick that was looked at
    bool armed_ = false;
};

}  // namespace router::http
