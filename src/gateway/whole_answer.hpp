#pragma once

#include "gateway/delivery.hpp"

namespace router::gateway {

// Brings an answer of JSON to its client: read whole, then sent with the model's name as the client
// knows it, or in the client's own dialect; there also as the stream that was asked for. What is
// longer than 64 MB goes on as it is.
//   errors  those of http::Answer; what the answer holds in place of one; upstream_broken where it
//           cannot be what was asked for; client_left
http::awaitable<Result<>> relay_whole(Delivery delivery);

}  // namespace router::gateway
