#pragma once

#include "gateway/delivery.hpp"

namespace router::gateway {

// Brings a stream to its client event by event, as it arrives, in the client's dialect.
//   lets go  of the request's bytes: nobody is asked again
//   errors   before the client's first byte those that became of the stream; behind it none: they
//            are in the stream. client_left at any time
http::awaitable<Result<>> relay_stream(const Delivery& delivery);

}  // namespace router::gateway
