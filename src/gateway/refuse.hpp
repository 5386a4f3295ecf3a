#pragma once

#include <string_view>

#include "base/error.hpp"
#include "canonical/request.hpp"
#include "http/exchange.hpp"

namespace router::gateway {

// Answers with an error in the client's dialect: as a body with its status, or, when a stream has
// begun, as its last event.
//   header_lines  added to those of the error itself
http::awaitable<void> refuse(http::Exchange& client, const Error& error,
                             std::string_view header_lines = {},
                             canonical::DialectId dialect = canonical::DialectId::openai_chat);

// The dialect that a URL's clients speak, for the errors that come before its endpoint is known.
canonical::DialectId dialect_of(const http::RequestHead& request);

// The key that a request came with: Authorization: Bearer, x-api-key, api-key, x-goog-api-key,
// x-litellm-api-key; Google's `key` in the URL.
std::string_view api_key_of(const http::RequestHead& request);

}  // namespace router::gateway
