#pragma once

#include "base/error.hpp"
#include "canonical/request.hpp"
#include "wire/json.hpp"

namespace router::dialects::anthropic_messages {

// errors  bad_request, naming the field
Result<> read_tools(wire::json::value& tools, canonical::Request& request);
Result<> read_tool_choice(wire::json::value& choice, canonical::Request& request);

}  // namespace router::dialects::anthropic_messages
