#pragma once

#include <string>
#include <string_view>

namespace router::wire {

bool is_utf8(std::string_view text);

// `text` with every byte that is not part of a valid UTF-8 sequence replaced by U+FFFD.
std::string repaired_utf8(std::string_view text);

}  // namespace router::wire
