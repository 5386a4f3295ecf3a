#include "http/deadline.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>

namespace router::http {

struct Deadlines::Timer {
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, Executor>
        timer;
};

void Deadline::set(SteadyTime at) {
    at_ = at;
    if (at == SteadyTime::max()) return;
    const auto tick = all_->tick_of(at);
    if (before_ == nullptr &&
        all_->heads_[static_cast<std::size_t>(tick_) % Deadlines::slots] != this) {
        all_->link(*this, tick);
    } else if (tick < tick_) {
        unlink();
        all_->link(*this, tick);
    }
}

void Deadline::unlink() {
    auto& head = all_->heads_[static_cast<std::size_t>(tick_) % Deadlines::slots];
    if (before_ == nullptr && head != this) return;
    (before_ != nullptr ? before_->after_ : head) = after_;
    if (after_ != nullptr) after_->before_ = before_;
    before_ = after_ = nullptr;
    --all_->linked_;
}

Deadlines::Deadlines(asio::io_context& context)
    : timer_(new Timer{decltype(Timer::timer)(context)}) {}

Deadlines::~Deadlines() = default;

void Deadlines::stop() { timer_->timer.cancel(); }

std::int64_t Deadlines::tick_of(SteadyTime at) const {
    return std::max<std::int64_t>((at - zero_) / resolution + 1, seen_ + 1);
}

void Deadlines::link(Deadline& deadline, std::int64_t tick) {
    auto& head = heads_[static_cast<std::size_t>(tick) % slots];
    deadline.tick_ = tick;
    deadline.before_ = nullptr;
    deadline.after_ = head;
    if (head != nullptr) head->before_ = &deadline;
    head = &deadline;
    ++linked_;
    arm();
}

void Deadlines::arm() {
    if (armed_ || linked_ == 0) return;
    armed_ = true;
    const auto now = std::chrono::steady_clock::now();
    seen_ = std::max(seen_, static_cast<std::int64_t>((now - zero_) / resolution));
    timer_->timer.expires_at(zero_ + resolution * (seen_ + 1));
    timer_->timer.async_wait([this](const boost::system::error_code& error) {
        armed_ = false;
        if (error) return;
        turn();
        arm();
    });
}

void Deadlines::turn() {
    const auto now = std::chrono::steady_clock::now();
    const auto until = static_cast<std::int64_t>((now - zero_) / resolution);
    const auto behind =
        std::min<std::int64_t>(until - seen_, slots);  // a whole round looks at every slot
    for (auto tick = until - behind + 1; tick <= until; ++tick) {
        seen_ = tick;
        auto* deadline = heads_[static_cast<std::size_t>(tick) % slots];
        // A callback may destroy or file any deadline, so the slot's list is cut off whole and each
        // is filed anew first.
        Deadline* due = nullptr;
        while (deadline != nullptr) {
            auto* following = deadline->after_;
            const auto at = deadline->at_;
            if (at <= now || at == SteadyTime::max() || deadline->tick_ <= tick) {
                deadline->unlink();
                if (at <= now) {
                    due = deadline;
                } else if (at != SteadyTime::max()) {
                    link(*deadline, tick_of(at));
                }
            }
            deadline = following;
            if (due == nullptr) continue;
            due->at_ = SteadyTime::max();
            const auto passed = due->passed_;
            due = nullptr;
            passed();
            deadline = heads_[static_cast<std::size_t>(tick) %
                              slots];  // the list may have changed: begin again
        }
    }
    seen_ = std::max(seen_, until);
}

}  // namespace router::http
