#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "socket.hpp"

namespace router::bench {

// When calls are to begin.
//
//   closed loop   rate 0: as soon as a connection is free
//   open loop     a call every 1/rate seconds whether or not earlier ones have been answered; one
//   that finds no free
//                 connection waits, and that wait is part of its latency
//   at_once_max   calls that may be without a first byte of answer, so that thousands of streams do
//   not storm a proxy
struct Schedule {
    std::uint64_t calls = 0;
    double rate = 0;
    std::uint64_t at_once_max = UINT64_MAX;

    std::uint64_t begun = 0;
    std::uint64_t unopened = 0;
    Moment start{};

    // The moment at which the next call is meant to begin, if that has come.
    std::optional<Moment> next(Moment now);
    // When to ask again, when it is only the clock that holds the next call back.
    std::optional<Moment> wake_at() const;

 private:
    Moment intended() const;
};

}  // namespace router::bench
