#pragma once

#include <string>
#include <string_view>

namespace router::wire {

// Appends `text` as a JSON string with its quotes. Control characters, quotes and backslashes are
// escaped; bytes that are not UTF-8 become U+FFFD, so that what is written is always valid JSON.
void append_quoted(std::string& out, std::string_view text);
std::string quoted(std::string_view text);

}  // namespace router::wire
