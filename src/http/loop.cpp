#include "http/loop.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <system_error>

namespace router::http {
namespace {

// A coroutine that belongs to nobody: gone when it is over.
struct Detached {
    struct promise_type {  // NOLINT(readability-identifier-naming): the language looks for it
        Detached get_return_object() {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
    };
    std::coroutine_handle<> frame;
};

Detached detached(awaitable<void> work) { co_await std::move(work); }

int checked(int descriptor, const char* what) {
    if (descriptor < 0) throw std::system_error(errno, std::generic_category(), what);
    return descriptor;
}

}  // namespace

Loop::Loop()
    : deadlines(std::chrono::steady_clock::now()),
      epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      wakes_(checked(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")),
      now_(std::chrono::steady_clock::now()) {
    epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.ptr = this}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, wakes_, &event);
}

Loop::~Loop() {
    ::close(wakes_);
    ::close(epoll_);
}

void Loop::run() {
    while (!stopped_) {
        wait(resumable_.empty() ? deadlines.milliseconds_until_next(now_) : 0);
        deadlines.call_back(now_);
        resume_all();
        rest();
    }
}

void Loop::rest() {
    if (!rest_.is_due(now_, collected_, patient_) || !resumable_.empty()) return;
    ++rests_;
    const timespec length{.tv_sec = 0, .tv_nsec = std::chrono::nanoseconds(Rest::length).count()};
    ::nanosleep(&length, nullptr);
}

void Loop::wait(int milliseconds) {
    const int count =
        epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), milliseconds);
    now_ = std::chrono::steady_clock::now();
    collected_ = static_cast<std::size_t>(std::max(count, 0));
    patient_ = 0;
    for (told_ = 0; told_ < collected_;) {
        const auto event = events_[told_++];
        if (event.data.ptr == this) {
            run_posted();
        } else if (event.data.ptr != nullptr) {
            static_cast<Watcher*>(event.data.ptr)->ready(event.events);
        }
    }
}

// What the resumed make resumable waits for the next turn, so that none can keep the others from
// their events.
void Loop::resume_all() {
    resuming_.swap(resumable_);
    for (const auto waiting : resuming_) waiting.resume();
    resuming_.clear();
}

void Loop::spawn(awaitable<void> work) { resume(detached(std::move(work)).frame); }

// The eventfd is edge-triggered, so its count is never read back.
void Loop::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wakes_, &one, sizeof one);
}

void Loop::stop() {
    stopped_ = true;
    wake();
}

void Loop::post(std::move_only_function<void()> task) {
    const std::scoped_lock alone(posting_);
    posted_.push_back(std::move(task));
    if (posted_.size() == 1) wake();
}

void Loop::run_posted() {
    std::vector<std::move_only_function<void()>> tasks;
    {
        const std::scoped_lock alone(posting_);
        tasks.swap(posted_);
    }
    for (auto& task : tasks) task();
}

void Loop::watch(int descriptor, std::uint32_t events, Watcher& watcher) {
    epoll_event event{.events = events, .data = {.ptr = &watcher}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event);
}

void Loop::change_watch(int descriptor, std::uint32_t events, Watcher& watcher) {
    epoll_event event{.events = events, .data = {.ptr = &watcher}};
    epoll_ctl(epoll_, EPOLL_CTL_MOD, descriptor, &event);
}

void Loop::unwatch(int descriptor, const Watcher& watcher) {
    epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
    forget(watcher);
}

void Loop::forget(const Watcher& watcher) {
    for (auto i = told_; i < collected_; ++i) {
        if (events_[i].data.ptr == &watcher) events_[i].data.ptr = nullptr;
    }
}

}  // namespace router::http
