#pragma once

#include <vector>

#include "config/published_models.hpp"
#include "gateway/services.hpp"

namespace router::gateway {

// Asks the providers of the configuration that publish what their models can do (`publishes_models`
// in providers.yml), each account once. One that does not answer is left out, with a line in the
// log.
http::awaitable<std::vector<config::PublishedModels>> published_models(
    std::shared_ptr<const Configuration> config, Services& services);

}  // namespace router::gateway
