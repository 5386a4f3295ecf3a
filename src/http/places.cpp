#include "http/places.hpp"

#include <algorithm>

namespace router::http {

bool Places::has_room() const {
    const std::lock_guard lock(mutex_);
    return free_ > 0;
}

bool Places::try_take() {
    const std::lock_guard lock(mutex_);
    if (free_ == 0) return false;
    --free_;
    return true;
}

// The place goes from hand to hand: whoever waits longest has it before it is ever free.
void Places::give_back() {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) {
        ++free_;
        return;
    }
    auto* next = waiting_.front();
    waiting_.pop_front();
    next->has_place_ = true;
    next->loop_.post([next] { next->go_on(); });
}

bool Places::Turn::await_suspend(std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    if (cancel_.is_requested()) return false;
    {
        const std::lock_guard lock(of_.mutex_);
        if (of_.free_ > 0) {
            --of_.free_;
            has_place_ = true;
            return false;
        }
        of_.waiting_.push_back(this);
    }
    deadline_.set(until_);
    cancel_.on_request([this] { give_up(); });
    return true;
}

// Whoever was given a place already is told so in a moment: it must not go before.
void Places::Turn::give_up() {
    {
        const std::lock_guard lock(of_.mutex_);
        if (has_place_) return;
        std::erase(of_.waiting_, this);
    }
    go_on();
}

void Places::Turn::go_on() {
    deadline_.clear();
    if (waiting_) loop_.resume(std::exchange(waiting_, nullptr));
}

bool Places::Turn::await_resume() {
    cancel_.forget();
    return has_place_;
}

}  // namespace router::http
