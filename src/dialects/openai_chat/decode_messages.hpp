#pragma once

#include <vector>

#include "canonical/request.hpp"
#include "dialects/openai_chat/parts.hpp"
#include "wire/json.hpp"

namespace router::dialects::openai_chat {

// The list `messages`: a turn for each, but one for a run of results. The deprecated function_call
// and role `function` become a call and its result.
void read_messages(wire::json::value& list, canonical::Arena& arena,
                   std::vector<canonical::Turn>& turns, Fault& fault);

}  // namespace router::dialects::openai_chat
