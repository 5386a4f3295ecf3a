#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "http/awaitable.hpp"
#include "http/deadline.hpp"
#include "http/rest.hpp"

namespace router::http {

// Behind what a JSON reader is given: so many bytes it may touch.
inline constexpr std::size_t padding_bytes = 64;

// What a loop tells about a descriptor.
class Watcher {
 public:
    // Notes what has happened (EPOLLIN and the like). Whoever waits for it is resumed with
    // Loop::resume(), never from within.
    virtual void ready(std::uint32_t events) = 0;

 protected:
    ~Watcher() = default;
};

// What a thread that serves connections shares among them: epoll, its deadlines, and warm memory.
// Nothing of it is touched by another thread, but for stop() and post().
//
//   turn      rest, perhaps; wait; tell all watchers; call back what is due; resume coroutines.
//   They
//             run one after the other, each from here: none from within another, nor while watchers
//             are told
//   lifetime  whoever still waits when the loop goes is not resumed, nor is its memory given back:
//             a loop lives until its coroutines are over, or as long as the process
class Loop {
 public:
    Loop();
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void run();                                       // until stop()
    void stop();                                      // from any thread
    void post(std::move_only_function<void()> task);  // from any thread; carried out on the loop's

    // Begins `work`, which nobody awaits. What it throws ends the process.
    void spawn(awaitable<void> work);
    // Continues a coroutine, in this turn or the next.
    void resume(std::coroutine_handle<> waiting) { resumable_.push_back(waiting); }

    // When this turn began.
    SteadyTime now() const { return now_; }

    // What a watcher is told at this moment bears to be served a little later, with more of its
    // kind.
    void note_patience() { ++patient_; }
    std::uint64_t rests() const { return rests_; }  // so many so far

    // Tells `watcher` of `events` (EPOLLIN..., EPOLLET) of a descriptor until unwatch().
    void watch(int descriptor, std::uint32_t events, Watcher& watcher);
    void change_watch(int descriptor, std::uint32_t events, Watcher& watcher);
    // To be called before the descriptor is closed: what has been collected of it is dropped.
    void unwatch(int descriptor, const Watcher& watcher);
    // The same for a descriptor that is closed next, which ends epoll's part.
    void forget(const Watcher& watcher);

    // A large area for what is read and used up before anything is awaited; followed by
    // padding_bytes.
    std::span<char> scratch() {
        if (!scratch_) scratch_.reset(new char[scratch_bytes + padding_bytes]);
        return {scratch_.get(), scratch_bytes};
    }

    Deadlines deadlines;

 private:
    static constexpr std::size_t scratch_bytes = 256 << 10;

    void wait(int milliseconds);
    void rest();
    void resume_all();
    void wake();
    void run_posted();

    int epoll_;
    int wakes_;  // an eventfd: another thread wants something
    std::atomic<bool> stopped_ = false;
    SteadyTime now_;
    std::array<epoll_event, 128> events_;
    std::size_t told_ = 0, collected_ = 0, patient_ = 0;  // of events_
    Rest rest_;
    std::uint64_t rests_ = 0;
    std::vector<std::coroutine_handle<>> resumable_, resuming_;
    std::unique_ptr<char[]> scratch_;

    std::mutex posting_;
    std::vector<std::move_only_function<void()>> posted_;
};

}  // namespace router::http
