#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace router::wire {

// The standard alphabet with padding; what is written needs no escape in JSON.
std::string base64(std::string_view bytes);

// Standard or URL-safe, padded or not. Nothing when it is neither.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace router::wire
