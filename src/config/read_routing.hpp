#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "config/report.hpp"
#include "config/settings.hpp"
#include "config/value.hpp"

namespace router::config {

// How calls are shared out among targets, and what happens when one fails: router_settings, and
// what litellm_settings says of the same where it says nothing.
//
//   hint_if_missing  nothing when a model of this name is there; else ` (did you mean "x"?)`, or
//                    an empty text
using HintIfMissing = std::function<std::optional<std::string>(std::string_view)>;
void read_routing(const Value& document, const HintIfMissing& hint_if_missing,
                  RoutingSettings& routing, Report& report);

}  // namespace router::config
