#pragma once

#include "canonical/request.hpp"
#include "config/snapshot.hpp"

namespace router::gateway {

// Adds what a target's entry sets for every request, where the client said nothing: parameters in
// the words of Chat, whatever dialect the client speaks.
void apply_defaults(canonical::Request& request, const config::JsonMembers& defaults);

}  // namespace router::gateway
