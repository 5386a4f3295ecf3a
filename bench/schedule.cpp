#include "schedule.hpp"

namespace router::bench {

Moment Schedule::intended() const {
    const std::chrono::duration<double> after(static_cast<double>(begun) / rate);
    return start + std::chrono::duration_cast<Clock::duration>(after);
}

std::optional<Moment> Schedule::next(Moment now) {
    if (begun == calls || unopened >= at_once_max) return std::nullopt;
    const Moment when = rate > 0 ? intended() : now;
    if (when > now) return std::nullopt;
    ++begun;
    ++unopened;
    return when;
}

std::optional<Moment> Schedule::wake_at() const {
    if (begun == calls || rate <= 0) return std::nullopt;
    return intended();
}

}  // namespace router::bench
