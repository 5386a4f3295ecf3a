#include "routing/backend.hpp"

#include <algorithm>

#include "routing/failure.hpp"

namespace router::routing {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds longest_set_aside = 60s;  // however long a Retry-After asks for

// Of the many models behind a wildcard one may be unknown, or have met its limit: that says nothing
// of the others.
bool is_about_one_model(const Error& error, const config::Target& target) {
    const int status = error.http_status();
    return (status == 404 || status == 429) && target.model.contains('*');
}

}  // namespace

Backend::Backend(const config::Target& target, const config::RoutingSettings& settings,
                 const Backend* before)
    : upstream(target),
      cooldown_(target.cooldown.value_or(settings.cooldown)),
      allowed_fails_(settings.allowed_fails),
      state_(before != nullptr ? before->state_ : std::make_shared<State>()) {
    if (!target.max_parallel) return;
    const bool is_same = before != nullptr && before->places_ != nullptr &&
                         before->upstream.target().max_parallel == target.max_parallel;
    places_ = is_same ? before->places_ : std::make_shared<http::Places>(*target.max_parallel);
}

void Backend::failed(const Error& error, SteadyTime now) const {
    if (!may_another_do_better(error) || cooldown_ == 0ms) return;
    if (is_about_one_model(error, upstream.target())) return;
    if (state_->fails.fetch_add(1, std::memory_order_relaxed) < allowed_fails_) return;
    const auto asked = std::min<std::chrono::milliseconds>(asked_wait(error), longest_set_aside);
    state_->set_aside_until.store((now + std::max(cooldown_, asked)).time_since_epoch().count(),
                                  std::memory_order_relaxed);
}

void Backend::succeeded(std::chrono::microseconds after) const {
    state_->set_aside_until.store(0, std::memory_order_relaxed);
    state_->fails.store(0, std::memory_order_relaxed);
    const auto before = state_->latency_us.load(std::memory_order_relaxed);
    const auto now = std::max<std::int64_t>(after.count(), 1);
    state_->latency_us.store(before == 0 ? now : before + (now - before) / 4,
                             std::memory_order_relaxed);
}

bool Backend::is_healthy(SteadyTime now) const {
    return state_->set_aside_until.load(std::memory_order_relaxed) <=
           now.time_since_epoch().count();
}

}  // namespace router::routing
