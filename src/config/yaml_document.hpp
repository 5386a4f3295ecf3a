#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/report.hpp"
#include "config/value.hpp"

namespace router::config {

// The one document of a YAML text, null for an empty one; nothing when it cannot be read, which
// `report` then says. Duplicate keys are reported, and the first one counts.
//
//   file   names the text in places
//   after  an error in the syntax nothing more of the text is looked at
std::optional<Value> parse_yaml(std::string_view text, const std::string& file, Report& report);

}  // namespace router::config
