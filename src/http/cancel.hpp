#pragma once

#include <functional>
#include <utility>

namespace router::http {

// How one who waits learns that nobody wants what it waits for. The one who waits says what is to
// be broken off at the moment; request() does it. One at a time, one thread.
class Cancel {
 public:
    void request() {
        requested_ = true;
        if (auto action = std::exchange(action_, nullptr)) action();
    }
    bool is_requested() const { return requested_; }

    // Replaces the former action. When the request has come already, it is carried out at once.
    void on_request(std::function<void()> action) {
        action_ = std::move(action);
        if (requested_) request();
    }
    void forget() { action_ = nullptr; }

 private:
    bool requested_ = false;
    std::function<void()> action_;
};

}  // namespace router::http
