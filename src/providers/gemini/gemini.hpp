#pragma once

#include <memory>

#include "providers/provider.hpp"

namespace router::providers::gemini {

// The Gemini API of Google's AI Studio. The base URL may have its version or not.
std::unique_ptr<const Provider> make(const config::Target& target);

}  // namespace router::providers::gemini
