#pragma once

#include "gateway/delivery.hpp"

namespace router::gateway {

// Brings an answer that nobody reads to its client: its head, and its body byte for byte as it
// arrives.
//   errors  those of http::Answer; client_left
http::awaitable<Result<>> forward(Delivery delivery);

// What has not arrived yet of an answer whose beginning is on its way to the client.
http::awaitable<Result<>> forward_rest(Sent& sent, const config::DeadlineSettings& deadlines,
                                       http::Exchange& client);

// Waits until the next bytes are there, within the call's deadlines.
//   at_latest  an earlier end of all waiting
http::awaitable<Result<>> wait_for_more(const Sent& sent, const config::DeadlineSettings& deadlines,
                                        http::SteadyTime at_latest = http::SteadyTime::max());

}  // namespace router::gateway
