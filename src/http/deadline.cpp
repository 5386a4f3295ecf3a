#include "http/deadline.hpp"

#include <algorithm>

namespace router::http {

void Deadline::set(SteadyTime at) {
    at_ = at;
    if (at == SteadyTime::max()) return;
    const auto tick = all_->tick_of(at);
    if (tick_ != unlinked && tick_ <= tick) return;
    unlink();
    all_->link(*this, tick);
}

void Deadline::unlink() {
    if (tick_ == unlinked) return;
    (before_ != nullptr ? before_->after_ : all_->head_of(tick_)) = after_;
    if (after_ != nullptr) after_->before_ = before_;
    before_ = after_ = nullptr;
    tick_ = unlinked;
    --all_->linked_;
}

int Deadlines::milliseconds_until_next(SteadyTime now) const {
    if (next_at_ == SteadyTime::max()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_at_ - now).count();
    return static_cast<int>(std::max<std::int64_t>(left, 0));
}

// A deadline's tick begins when its time has passed.
std::int64_t Deadlines::tick_of(SteadyTime at) const {
    return std::max<std::int64_t>((at - zero_) / resolution + 1, seen_ + 1);
}

void Deadlines::link(Deadline& deadline, std::int64_t tick) {
    auto& head = head_of(tick);
    deadline.tick_ = tick;
    deadline.before_ = nullptr;
    deadline.after_ = head;
    if (head != nullptr) head->before_ = &deadline;
    head = &deadline;
    ++linked_;
    next_at_ = std::min(next_at_, zero_ + resolution * tick);
}

void Deadlines::turn(SteadyTime now) {
    const auto until = (now - zero_) / resolution;
    // A whole round looks at every slot.
    const auto behind = std::min<std::int64_t>(until - seen_, slots);
    for (auto tick = until - behind + 1; tick <= until; ++tick) {
        seen_ = tick;
        call_back_of(tick, now);
    }
    find_next();
}

// Those of a slot that are due are called back; those that were moved are filed anew.
void Deadlines::call_back_of(std::int64_t tick, SteadyTime now) {
    auto* deadline = head_of(tick);
    while (deadline != nullptr) {
        auto* const following = deadline->after_;
        const auto at = deadline->at_;
        if (at <= now) {
            deadline->unlink();
            deadline->clear();
            const auto passed = deadline->passed_;
            passed();
            deadline = head_of(tick);  // it may have changed the list: begin again
            continue;
        }
        if (deadline->tick_ <= tick) {
            deadline->unlink();
            if (at != SteadyTime::max()) link(*deadline, tick_of(at));
        }
        deadline = following;
    }
}

void Deadlines::find_next() {
    next_at_ = SteadyTime::max();
    if (linked_ == 0) return;
    auto tick = seen_ + 1;
    while (head_of(tick) == nullptr) ++tick;
    next_at_ = zero_ + resolution * tick;
}

}  // namespace router::http
