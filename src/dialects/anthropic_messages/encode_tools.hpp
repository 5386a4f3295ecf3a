#pragma once

#include "base/error.hpp"
#include "dialects/anthropic_messages/encoding.hpp"

namespace router::dialects::anthropic_messages {

// tools and tool_choice. Of a choice that allows only some tools the others are left out.
//
//   errors  bad_request: a tool of a kind that Anthropic does not know
Result<> write_tools(Encoding& encoding);

}  // namespace router::dialects::anthropic_messages
