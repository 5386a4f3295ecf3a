#pragma once

#include "config/read_target.hpp"

namespace router::config {

// How a target's upstream is reached: where, with which headers, with which key. The key is read
// last; it depends on both.
void read_headers(const ModelEntry& entry, const ModelContext& context, Target& target);
void read_base_url(const ModelEntry& entry, const ModelContext& context, Target& target);
void read_key(const ModelEntry& entry, const ModelContext& context, Target& target);

// Whether the parameters name an address of their own, so that the provider's is not meant.
bool has_own_address(const Value& params);

}  // namespace router::config
