#pragma once

#include "config/load.hpp"
#include "config/report.hpp"
#include "config/snapshot.hpp"
#include "config/value.hpp"

namespace router::config {

// Fills the settings structs of `snapshot` from general_settings and litellm_settings, then from
// LLM_ROUTER_HOST and LLM_ROUTER_PORT, which stand above the file. The master key is
// general_settings.master_key, else LITELLM_MASTER_KEY, else LLM_ROUTER_MASTER_KEY.
void read_settings(const Value& document, const Environment& environment, Snapshot& snapshot,
                   Report& report);

// The value of a section as a map; an empty map where it is absent, or wrong, which is reported.
const Value& section_of(const Value& document, std::string_view name, Report& report);

}  // namespace router::config
