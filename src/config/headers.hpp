#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/report.hpp"
#include "config/value.hpp"

namespace router::config {

// Adds a header, its name in lower case; one that cannot be sent, or that the router sets itself,
// is an error.
void add_header(const Member& member, std::vector<std::pair<std::string, std::string>>& headers,
                Report& report);

// Whether a header may have this value: one line, no control characters.
bool is_header_value(std::string_view text);

}  // namespace router::config
