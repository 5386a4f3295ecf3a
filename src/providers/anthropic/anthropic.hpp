#pragma once

#include <memory>

#include "providers/provider.hpp"

namespace router::providers::anthropic {

// Anthropic's Messages, at Anthropic and wherever else they are served. The base URL may have its
// /v1 or not.
std::unique_ptr<const Provider> make(const config::Target& target);

}  // namespace router::providers::anthropic
