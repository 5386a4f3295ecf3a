#pragma once

#include <string_view>

namespace router::wire {

// Whether both are the same, in a time that does not tell how much of them is. (Their lengths may
// be told.)
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace router::wire
