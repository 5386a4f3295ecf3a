#pragma once

#include <functional>
#include <vector>

#include "gateway/published_models.hpp"
#include "http/loop.hpp"

namespace router::app {

// Has providers asked from time to time what their models can do (`refresh_models`). Belongs to one
// thread.
class ModelRefresh {
 public:
    // What the providers said, to be taken into the next configuration.
    using Learn = std::function<void(std::vector<config::PublishedModels>)>;

    ModelRefresh(http::Loop& loop, gateway::Services& services, Learn learn);

    // After each new configuration: begins, or goes on at its pace, or ends.
    void configure();

 private:
    http::awaitable<void> refresh();

    http::Loop& loop_;
    gateway::Services& services_;
    Learn learn_;
    http::Deadline next_;
    std::chrono::milliseconds interval_{0};
};

}  // namespace router::app
