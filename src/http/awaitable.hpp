#pragma once

#include <concepts>
#include <coroutine>
#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

namespace router::http {

// A coroutine that begins when it is awaited, and whose end continues the one that awaits it: no
// thread, no queue and no allocation but its frame. It is awaited once, as `co_await f()`. What it
// throws, it throws there.
//
//   lifetime   the frame belongs to the awaitable, which the awaiting expression keeps
//   recursion  none: one continues the other by a jump, however long the chain
//   memory     the compiler puts the frame of one that is awaited at once into the frame of the one
//              that awaits it, where it sees both, and there it stays as long as that: a step that
//              is soon over, or seldom taken, in the life of a long call is [[gnu::noinline]]
template <class T = void>
class awaitable;  // NOLINT(readability-identifier-naming): it reads like co_await

namespace coroutine {

struct None {};

// What every such coroutine has: the one that awaits it, and what it left: nothing yet, a value, or
// an exception.
template <class Value>
class Promise {
 public:
    std::suspend_always initial_suspend() const noexcept { return {}; }
    auto final_suspend() const noexcept {
        struct Continue {
            std::coroutine_handle<> awaiting;
            bool await_ready() const noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<>) const noexcept {
                return awaiting;
            }
            void await_resume() const noexcept {}
        };
        return Continue{awaiting_};
    }
    void unhandled_exception() { left_.template emplace<2>(std::current_exception()); }

    void is_awaited_by(std::coroutine_handle<> awaiting) { awaiting_ = awaiting; }
    Value take() {
        if (left_.index() == 2) std::rethrow_exception(std::get<2>(left_));
        return std::move(*std::get_if<1>(&left_));
    }

 protected:
    std::variant<std::monostate, Value, std::exception_ptr> left_;

 private:
    std::coroutine_handle<> awaiting_;
};

template <class T>
class PromiseOf : public Promise<T> {
 public:
    awaitable<T> get_return_object();
    template <std::convertible_to<T> From>
    void return_value(From&& from) {
        this->left_.template emplace<1>(std::forward<From>(from));
    }
};

template <>
class PromiseOf<void> : public Promise<None> {
 public:
    awaitable<void> get_return_object();
    void return_void() { left_.emplace<1>(); }
};

}  // namespace coroutine

template <class T>
class [[nodiscard]] awaitable {
 public:
    using promise_type = coroutine::PromiseOf<T>;
    using Handle = std::coroutine_handle<promise_type>;

    explicit awaitable(Handle frame) : frame_(frame) {}
    awaitable(awaitable&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
    awaitable& operator=(awaitable&&) = delete;
    ~awaitable() {
        if (frame_) frame_.destroy();
    }

    auto operator co_await() && noexcept {
        struct Call {
            Handle frame;
            bool await_ready() const noexcept { return false; }
            Handle await_suspend(std::coroutine_handle<> awaiting) const noexcept {
                frame.promise().is_awaited_by(awaiting);
                return frame;
            }
            T await_resume() const { return static_cast<T>(frame.promise().take()); }
        };
        return Call{frame_};
    }

 private:
    Handle frame_;
};

template <class T>
awaitable<T> coroutine::PromiseOf<T>::get_return_object() {
    return awaitable<T>(std::coroutine_handle<PromiseOf>::from_promise(*this));
}
inline awaitable<void> coroutine::PromiseOf<void>::get_return_object() {
    return awaitable<void>(std::coroutine_handle<PromiseOf>::from_promise(*this));
}

}  // namespace router::http
