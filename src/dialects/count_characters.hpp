#pragma once

#include <cstdint>
#include <string_view>

namespace router::dialects {

// How many code points the inside of a JSON string says.
std::int64_t count_characters(std::string_view escaped);

}  // namespace router::dialects
