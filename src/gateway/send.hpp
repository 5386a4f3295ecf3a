#pragma once

#include <memory>

#include "accounting/call_record.hpp"
#include "gateway/conversion.hpp"
#include "gateway/endpoint.hpp"
#include "gateway/receive.hpp"
#include "gateway/services.hpp"
#include "http/client.hpp"
#include "http/exchange.hpp"
#include "routing/route.hpp"

namespace router::gateway {

// An upstream's answer and who gave it. A mock has no `answer`.
struct Sent {
    const routing::Backend* backend = nullptr;
    std::unique_ptr<http::Answer> answer;
    std::unique_ptr<Conversion> conversion;  // null: it speaks the client's dialect
    providers::Framing framing = providers::Framing::sse;
    http::SteadyTime ends_by;          // of the whole attempt
    routing::Backend::Call call{};     // it is under way until this goes
    http::SteadyTime first_byte_by{};  // of a stream: its first event, too
    std::chrono::microseconds took{};  // from the request to the answer's head
    bool is_mock() const { return answer == nullptr; }
};

// Sends the call to the targets of its route, one after the other, until one answers; what fails is
// told to the route. Nothing has gone to the client before this returns, but heartbeats.
//
//   ends_by  of the whole call, all attempts and the waits between them
//   errors   the last target's; client_left
http::awaitable<Result<Sent>> send(routing::Route& route, http::SteadyTime ends_by,
                                   Incoming& incoming, const Endpoint& endpoint,
                                   const Configuration& config, Services& services,
                                   http::Exchange& client, accounting::CallRecord& record);

// Tells the route and the record of an attempt that came to nothing.
void note_failure(const Error& error, routing::Route& route, accounting::CallRecord& record);

}  // namespace router::gateway
