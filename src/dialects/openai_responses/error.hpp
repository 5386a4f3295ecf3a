#pragma once

#include <string_view>

#include "base/error.hpp"

namespace router::dialects::openai_responses {

// A word of those that a response's error has: Codex and the SDKs match on it.
std::string_view stream_code(const Error& error);

}  // namespace router::dialects::openai_responses
