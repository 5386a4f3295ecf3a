#pragma once

#include <optional>
#include <string>
#include <vector>

#include "canonical/request.hpp"
#include "dialects/openai_chat/parts.hpp"
#include "wire/json.hpp"

namespace router::dialects::openai_chat {

// The lists `tools` and, deprecated, `functions`. A tool that only its server knows is kept as it
// was declared.
void read_tools(wire::json::value& list, bool are_functions, std::vector<canonical::Tool>& tools,
                Fault& fault);

// `tool_choice` and, deprecated, `function_call`: a word, or an object that names a tool.
canonical::ToolChoice read_tool_choice(wire::json::value& value, Fault& fault);

canonical::OutputFormat read_response_format(wire::json::value& value, Fault& fault);

std::optional<canonical::Effort> effort_of(std::string_view word);

// OpenRouter's `reasoning`, and Anthropic's `thinking` as LiteLLM, DeepSeek and z.ai take it.
void read_reasoning(wire::json::value& value, canonical::Reasoning& reasoning, Fault& fault);
void read_thinking_switch(wire::json::value& value, canonical::Reasoning& reasoning, Fault& fault);

}  // namespace router::dialects::openai_chat
