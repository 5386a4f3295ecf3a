#pragma once

#include <chrono>
#include <cstddef>

#include "http/deadline.hpp"

namespace router::http {

// When a loop rests. Most of what an event of a stream costs is being woken for it, and waking the
// client for it. A thread that streams under way wake again and again waits a moment before it
// looks what else has come, and serves all of that at one go.
//
//   begins  after `turns` turns in a row, each soon after the one before, that told of nothing but
//           streams under way
//   ends    with a turn that told of anything else, or of less than two events
//   price   what comes meanwhile is served up to `length` later
class Rest {
 public:
    static constexpr std::chrono::microseconds length{500};

    // After a turn that began at `now` and told of `events`, `patient` of them of streams under
    // way: whether to rest before the next.
    bool is_due(SteadyTime now, std::size_t events, std::size_t patient) {
        if (events == 0) return false;  // a deadline passed, and no more
        const bool is_soon = now - last_turn_ < length / 2;
        last_turn_ = now;
        const bool goes_on = patient == events && (resting_ ? events > 1 : is_soon);
        turns_ = goes_on ? turns_ + 1 : 0;
        resting_ = turns_ >= turns;
        return resting_;
    }

 private:
    static constexpr unsigned turns = 32;

    SteadyTime last_turn_{};
    unsigned turns_ = 0;  // in a row that told of nothing else
    bool resting_ = false;
};

}  // namespace router::http
