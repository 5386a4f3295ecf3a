#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dialects/client_body.hpp"
#include "gateway/conversion.hpp"
#include "gateway/endpoint.hpp"
#include "gateway/receive.hpp"
#include "gateway/services.hpp"
#include "http/head.hpp"
#include "providers/ask.hpp"
#include "routing/table.hpp"

namespace router::gateway {

// What one target is sent. Stays where it is made: the body points into it.
struct Prepared {
    Prepared() = default;
    Prepared(const Prepared&) = delete;
    Prepared& operator=(const Prepared&) = delete;

    providers::Ask ask;  // all but the token and the time
    dialects::OutgoingBody body;
    std::unique_ptr<Conversion> conversion;  // null: the client's own bytes
    std::unique_ptr<Incoming> pruned;        // null: the whole of the client's request is sent
    std::vector<std::string> headers;        // that `ask` points to
    std::string converted;                   // the body, that `body` points to
    std::shared_ptr<const canonical::Arena> texts;  // made for it, that `body` points to as well
};

// Makes of a call what a target is to be sent: the client's bytes with little changed where both
// speak the same dialect, else what they mean in the target's.
//   errors  bad_request where that cannot be said in the target's dialect, or not by its model
Result<> prepare(const routing::Attempt& attempt, Incoming& incoming, const Endpoint& endpoint,
                 const http::RequestHead& request, const Configuration& config, Services& services,
                 Prepared& out);

}  // namespace router::gateway
