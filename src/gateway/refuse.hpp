#pragma once

#include <string_view>

#include "base/error.hpp"
#include "canonical/request.hpp"
#include "http/exchange.hpp"

namespace router::gateway {

// Puts in front of the message whose error it is, and behind it how long to wait: people read it,
// who may be shown nothing else. In other dialects than Chat, programs look for the provider's own
// words at the message's front, so these stay.
//
//   target  that was asked; empty: none was
void name_target(Error& error, std::string_view target, canonical::DialectId dialect);

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
