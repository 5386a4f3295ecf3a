#pragma once

#include <coroutine>
#include <utility>

#include "http/cancel.hpp"
#include "http/deadline.hpp"
#include "http/loop.hpp"

namespace router::http {

// A wait for a time: `co_await Pause(loop, until, cancel)`. False when it was broken off.
class Pause {
 public:
    Pause(Loop& loop, SteadyTime until, Cancel& cancel)
        : loop_(loop),
          until_(until),
          cancel_(cancel),
          deadline_(loop.deadlines, [this] { go_on(); }) {}

    bool await_ready() const { return cancel_.is_requested(); }
    void await_suspend(std::coroutine_handle<> waiting) {
        waiting_ = waiting;
        deadline_.set(until_);
        cancel_.on_request([this] { go_on(); });
    }
    bool await_resume() {
        cancel_.forget();
        return !cancel_.is_requested();
    }

 private:
    void go_on() {
        deadline_.clear();
        if (waiting_) loop_.resume(std::exchange(waiting_, nullptr));
    }

    Loop& loop_;
    SteadyTime until_;
    Cancel& cancel_;
    Deadline deadline_;
    std::coroutine_handle<> waiting_;
};

}  // namespace router::http
