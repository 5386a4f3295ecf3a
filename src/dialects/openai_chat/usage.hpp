#pragma once

#include "canonical/usage.hpp"
#include "wire/json.hpp"

namespace router::dialects::openai_chat {

// Reads a `usage` object. Members that are missing, null or no numbers count as absent; a total
// that is missing is the sum. Chat and completions count prompt_ and completion_tokens, images and
// transcriptions input_ and output_tokens.
canonical::Usage read_usage(wire::json::object& usage);

}  // namespace router::dialects::openai_chat
