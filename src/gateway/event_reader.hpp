#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "providers/ask.hpp"
#include "wire/sse.hpp"

namespace router::gateway {

// Cuts an upstream's stream into events, however it frames them.
using EventReader = wire::SseReader;

}  // namespace router::gateway
