#pragma once

#include "accounting/call_record.hpp"
#include "gateway/endpoint.hpp"
#include "gateway/receive.hpp"
#include "gateway/send.hpp"
#include "gateway/services.hpp"
#include "http/exchange.hpp"

namespace router::gateway {

// Brings the answer to the client, in the client's dialect: a stream event by event, as it arrives;
// a whole answer in one piece; what is not modelled byte for byte. Usage, finish reason and errors
// are read in passing.
//   lets go  of the request's bytes when a stream begins: nobody is asked again then
//   errors  before the client's first byte those that became of the answer; behind it none: they
//           are in the stream
http::awaitable<Result<>> relay(Sent& sent, std::unique_ptr<Incoming>& incoming,
                                const Endpoint& endpoint, const Configuration& config,
                                Services& services, http::Exchange& client,
                                accounting::CallRecord& record);

}  // namespace router::gateway
