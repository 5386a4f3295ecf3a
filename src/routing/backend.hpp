#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/error.hpp"
#include "http/places.hpp"
#include "providers/upstream.hpp"

namespace router::routing {

using SteadyTime = std::chrono::steady_clock::time_point;

// A target, how it fares and how busy it is: all that changes of a table, and the one thing that
// threads share.
class Backend {
 public:
    // `settings` say how long a failure sets it aside, unless the target has a time of its own, and
    // how many do not.
    //   before  the same target in a former table, whose state this one goes on with; null: none
    Backend(const config::Target& target, const config::RoutingSettings& settings,
            const Backend* before = nullptr);

    // A failed attempt sets the target aside for a while, which its Retry-After may make longer;
    // one that succeeded, so long after it was asked, brings it back.
    void failed(const Error& error, SteadyTime now) const;
    void succeeded(std::chrono::microseconds after) const;
    bool is_healthy(SteadyTime now) const;

    // How long it took to begin its answers, the last ones foremost. 0: not known yet.
    std::chrono::microseconds latency() const {
        return std::chrono::microseconds(state_->latency_us.load(std::memory_order_relaxed));
    }

    // A call that is under way, from before it is sent to the end of its answer.
    class Call {
     public:
        Call() = default;
        Call(const Backend& backend, http::Places::Place place)
            : backend_(&backend), place_(std::move(place)) {
            backend.state_->running.fetch_add(1, std::memory_order_relaxed);
        }
        Call(Call&& other) noexcept
            : backend_(std::exchange(other.backend_, nullptr)), place_(std::move(other.place_)) {}
        Call& operator=(Call&& other) noexcept {
            std::swap(backend_, other.backend_);
            std::swap(place_, other.place_);
            return *this;
        }
        ~Call() {
            if (backend_ != nullptr)
                backend_->state_->running.fetch_sub(1, std::memory_order_relaxed);
        }

     private:
        const Backend* backend_ = nullptr;
        http::Places::Place place_;
    };
    int running() const { return state_->running.load(std::memory_order_relaxed); }

    // max_parallel_requests. Null: as many as come.
    http::Places* places() const { return places_.get(); }
    bool has_room() const { return !places_ || places_->has_room(); }

    providers::Upstream upstream;

 private:
    struct State {
        std::atomic<std::int64_t> set_aside_until{0};  // on the steady clock's own scale
        std::atomic<std::int64_t> latency_us{0};
        std::atomic<int> fails{0};  // since the last success
        std::atomic<int> running{0};
    };

    std::chrono::milliseconds cooldown_;
    int allowed_fails_;
    std::shared_ptr<State> state_;
    std::shared_ptr<http::Places> places_;
};

}  // namespace router::routing
