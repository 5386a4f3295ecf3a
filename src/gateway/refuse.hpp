#pragma once

#include <string_view>

#include "base/error.hpp"
#include "http/exchange.hpp"

namespace router::gateway {

// Answers with an error: as {"error":{...}} with its status, or, when a stream has begun, as its
// last event.
//   header_lines  added to those of the error itself
http::awaitable<void> refuse(http::Exchange& client, const Error& error,
                             std::string_view header_lines = {});

// The key that a request came with: Authorization: Bearer, x-api-key, api-key, x-goog-api-key,
// x-litellm-api-key.
std::string_view api_key_of(const http::RequestHead& request);

}  // namespace router::gateway
