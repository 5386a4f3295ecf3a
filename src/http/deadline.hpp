#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

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
    std::int64_t tick_ = unlinked;  // the tick it is filed under
    Deadline* before_ = nullptr;
    Deadline* after_ = nullptr;

    static constexpr std::int64_t unlinked = -1;
};

// All the deadlines of a thread, of which the loop waits for the next one, so that no timer is
// armed for a call. A wheel of slots: a deadline is filed under the tick of its time. It has no
// clock of its own.
class Deadlines {
 public:
    static constexpr std::chrono::milliseconds resolution{20};

    explicit Deadlines(SteadyTime now) : zero_(now) {}

    // Calls back the deadlines that are due. They may set and destroy any.
    void call_back(SteadyTime now) {
        if (now >= next_at_) turn(now);
    }

    // How long nothing will be due, rounded up; -1: for ever. It may be less.
    int milliseconds_until_next(SteadyTime now) const;

 private:
    friend class Deadline;
    static constexpr std::size_t slots = 512;

    std::int64_t tick_of(SteadyTime at) const;
    Deadline*& head_of(std::int64_t tick) { return heads_[static_cast<std::size_t>(tick) % slots]; }
    void link(Deadline& deadline, std::int64_t tick);
    void turn(SteadyTime now);
    void call_back_of(std::int64_t tick, SteadyTime now);
    void find_next();

    SteadyTime zero_;
    SteadyTime next_at_ = SteadyTime::max();  // nothing is filed under an earlier tick
    std::array<Deadline*, slots> heads_{};
    std::size_t linked_ = 0;
    std::int64_t seen_ = 0;  // the last tick that was looked at
};

}  // namespace router::http
