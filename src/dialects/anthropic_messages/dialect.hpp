#pragma once

#include "dialects/dialect.hpp"

namespace router::dialects::anthropic_messages {

// Anthropic's Messages API.
const Dialect& dialect();

}  // namespace router::dialects::anthropic_messages
