#pragma once

#include "gateway/services.hpp"
#include "http/exchange.hpp"

namespace router::gateway {

// GET /v1/models: from memory, whatever the upstreams are doing. Needs a key.
http::awaitable<void> list_models(http::Exchange& client, Services& services);

// GET /v1/models/{id}; an id may have slashes, and may be one that only a wildcard serves.
http::awaitable<void> show_model(http::Exchange& client, Services& services, std::string_view id);

// GET /model/info, as LiteLLM answers it: every target with its model_info.
http::awaitable<void> list_model_info(http::Exchange& client, Services& services);

}  // namespace router::gateway
