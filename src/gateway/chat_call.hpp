#pragma once

#include "gateway/endpoint.hpp"
#include "gateway/services.hpp"
#include "http/exchange.hpp"

namespace router::gateway {

// Serves one call of a model, from the request's head to the record: see run() in chat_call.cpp,
// the table of contents.
http::awaitable<void> serve_call(http::Exchange& client, Services& services,
                                 const Endpoint& endpoint, InUrl in_url);

}  // namespace router::gateway
