#pragma once

#include <string>

#include "gateway/services.hpp"
#include "http/exchange.hpp"

namespace router::gateway {

// The models there are, from memory, whatever the upstreams are doing. Needs a key. Each client is
// answered in its own dialect: one that names an Anthropic version, one with Google's key or URL,
// Codex (`client_version`), else OpenAI's.
http::awaitable<void> list_models(http::Exchange& client, Services& services);

// One of them; an id may have slashes, and may be one that only a wildcard serves.
//
//   id  as the URL has it, behind /models/
http::awaitable<void> show_model(http::Exchange& client, Services& services, std::string id);

// GET /model/info, as LiteLLM answers it: every target with its model_info.
http::awaitable<void> list_model_info(http::Exchange& client, Services& services);

}  // namespace router::gateway
