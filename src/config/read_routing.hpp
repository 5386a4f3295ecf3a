#pragma once

#include <functional>
#include <string_view>

#include "config/report.hpp"
#include "config/settings.hpp"
#include "config/value.hpp"

namespace router::config {

// How calls are shared out among targets, and what happens when one fails: router_settings, and
// what litellm_settings says of the same where it says nothing.
//
//   is_served  whether a model of this name is there, for fall-backs that lead nowhere
void read_routing(const Value& document, const std::function<bool(std::string_view)>& is_served,
                  RoutingSettings& routing, Report& report);

}  // namespace router::config
