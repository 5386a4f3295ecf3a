#include "app/model_refresh.hpp"

#include <utility>

namespace router::app {

using std::chrono::steady_clock;

ModelRefresh::ModelRefresh(http::Loop& loop, gateway::Services& services, Learn learn)
    : loop_(loop),
      services_(services),
      learn_(std::move(learn)),
      next_(loop.deadlines, [this] { loop_.spawn(refresh()); }) {}

void ModelRefresh::configure() {
    const auto interval = services_.configuration->snapshot->refresh_models;
    if (std::exchange(interval_, interval) == interval) return;
    next_.clear();
    if (interval_.count() > 0) next_.set(steady_clock::now());
}

http::awaitable<void> ModelRefresh::refresh() {
    next_.set(steady_clock::now() + interval_);
    learn_(co_await gateway::published_models(services_.configuration, services_));
}

}  // namespace router::app
