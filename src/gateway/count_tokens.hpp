#pragma once

#include "accounting/call_record.hpp"
#include "gateway/endpoint.hpp"
#include "gateway/receive.hpp"
#include "gateway/services.hpp"
#include "http/exchange.hpp"
#include "routing/table.hpp"

namespace router::gateway {

// Answers how many tokens a prompt has: the target's own count where it counts, in whatever
// dialect; else an estimate, for clients only want to know whether they are near a limit.
http::awaitable<Result<>> count_tokens(const routing::Plan& plan, Incoming& incoming,
                                       const Endpoint& endpoint, const Configuration& config,
                                       Services& services, http::Exchange& client,
                                       accounting::CallRecord& record);

// About so many tokens: a quarter of the text's bytes, more for pictures.
std::uint64_t estimated_tokens(const canonical::Request& request);

}  // namespace router::gateway
