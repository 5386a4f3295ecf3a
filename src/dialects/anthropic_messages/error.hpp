#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace router::dialects::anthropic_messages {

// The status that goes with what encode_error() writes.
int error_status(const Error& error);

// A prompt that is too long is told in Anthropic's own words, which coding agents look for:
// "prompt is too long: 210000 tokens > 200000 maximum".
std::string encode_error(const Error& error);

}  // namespace router::dialects::anthropic_messages
