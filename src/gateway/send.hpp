#pragma once

#include <memory>

#include "accounting/call_record.hpp"
#include "gateway/conversion.hpp"
#include "gateway/endpoint.hpp"
#include "gateway/receive.hpp"
#include "gateway/services.hpp"
#include "http/client.hpp"
#include "http/exchange.hpp"
#include "routing/table.hpp"

namespace router::gateway {

// An upstream's answer and who gave it. A mock has no `answer`.
struct Sent {
    const routing::Backend* backend = nullptr;
    std::unique_ptr<http::Answer> answer;
    std::unique_ptr<Conversion> conversion;  // null: it speaks the client's dialect
    providers::Framing framing = providers::Framing::sse;
    http::SteadyTime ends_by;  // of the whole attempt
    bool is_mock() const { return answer == nullptr; }
};

// Sends the call to the plan's targets, one after the other, until one answers. A target that fails
// is set aside for a while. Nothing has gone to the client before this returns, but heartbeats.
//   errors  the last target's; client_left
http::awaitable<Result<Sent>> send(const routing::Plan& plan, Incoming& incoming,
                                   const Endpoint& endpoint, const Configuration& config,
                                   Services& services, http::Exchange& client,
                                   accounting::CallRecord& record);

}  // namespace router::gateway
