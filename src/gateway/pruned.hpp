#pragma once

#include <memory>

#include "config/snapshot.hpp"
#include "gateway/endpoint.hpp"
#include "gateway/receive.hpp"

namespace router::gateway {

// A request without what a target's paths of additional_drop_params lead to: bytes of its own, for
// this target alone. Null: nothing of it is there.
std::unique_ptr<Incoming> pruned(const Incoming& incoming, const config::Target& target,
                                 const Endpoint& endpoint);

}  // namespace router::gateway
