#pragma once

#include <vector>

#include "config/settings.hpp"
#include "routing/table.hpp"

namespace router::routing {

// Puts the targets of a group into the order in which they are asked: last hopes behind, lower
// `order` first, then as the strategy wants it; among equals by chance, or, with in_order, as they
// stood. A group in which weights are given is shuffled when no strategy is.
void arrange(std::vector<Attempt>& attempts, config::Strategy strategy);

}  // namespace router::routing
