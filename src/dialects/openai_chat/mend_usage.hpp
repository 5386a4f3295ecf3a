#pragma once

#include <string>
#include <string_view>

#include "canonical/usage.hpp"

namespace router::dialects::openai_chat {

// A `usage` as clients reckon with it: reasoning is part of completion_tokens (xAI counts it
// beside), what was cached and reasoned stands in the details (DeepSeek, Mistral and Moonshot have
// fields of their own), the total is there. Nothing else changes, and no member goes.
//
//   json  a `usage` object as the server wrote it; read  the same, by read_usage()
//   gives nothing where it is as it should be
std::string mended_usage(std::string_view json, const canonical::Usage& read);

}  // namespace router::dialects::openai_chat
