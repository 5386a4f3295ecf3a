#pragma once

#include <string>

#include "canonical/block.hpp"

namespace router::dialects {

// What a reader may call that which a citation cites: its title, its URL, or which of the
// request's documents it is. Escaped; empty when nothing is known of it.
std::string source_name(const canonical::Citation& citation);

}  // namespace router::dialects
