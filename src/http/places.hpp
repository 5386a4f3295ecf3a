#pragma once

#include <coroutine>
#include <deque>
#include <mutex>
#include <utility>

#include "http/cancel.hpp"
#include "http/deadline.hpp"
#include "http/loop.hpp"

namespace router::http {

// So many at a time, whatever their thread; who comes later waits for its turn, first come, first
// served.
//
//   lifetime  outlives every Place, and every one that waits
class Places {
 public:
    explicit Places(int count) : free_(count) {}
    Places(const Places&) = delete;
    Places& operator=(const Places&) = delete;

    // Held until it goes. One without `of` holds nothing.
    class Place {
     public:
        Place() = default;
        explicit Place(Places* of) : of_(of) {}
        Place(Place&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
        Place& operator=(Place&& other) noexcept {
            std::swap(of_, other.of_);
            return *this;
        }
        ~Place() {
            if (of_ != nullptr) of_->give_back();
        }

     private:
        Places* of_ = nullptr;
    };

    bool has_room() const;

    // A turn: `co_await places.take(loop, until, cancel)` is true with a place taken, which a Place
    // must give back; false when the time came first, or nobody wants it any longer.
    class Turn {
     public:
        Turn(Places& of, Loop& loop, SteadyTime until, Cancel& cancel)
            : of_(of),
              loop_(loop),
              until_(until),
              cancel_(cancel),
              deadline_(loop.deadlines, [this] { give_up(); }) {}

        bool await_ready() { return has_place_ = of_.try_take(); }
        bool await_suspend(std::coroutine_handle<> waiting);
        bool await_resume();

     private:
        friend class Places;
        void give_up();
        void go_on();

        Places& of_;
        Loop& loop_;
        SteadyTime until_;
        Cancel& cancel_;
        Deadline deadline_;
        std::coroutine_handle<> waiting_;
        bool has_place_ = false;  // while it waits: guarded by the mutex
    };
    Turn take(Loop& loop, SteadyTime until, Cancel& cancel) { return {*this, loop, until, cancel}; }

 private:
    bool try_take();
    void give_back();

    mutable std::mutex mutex_;
    int free_;
    std::deque<Turn*> waiting_;
};

}  // namespace router::http
