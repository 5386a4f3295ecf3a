#pragma once

#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "canonical/request.hpp"
#include "wire/json.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::openai_responses {

// The name under which a search for tools that the client runs itself is called.
inline constexpr std::string_view tool_search_name = "tool_search";

// Adds the tools of a list; those of a namespace one by one. Entries that are no objects are passed
// over.
void read_tools(wire::json::value& list, std::vector<canonical::Tool>& tools);

// Adds tools that stand elsewhere than in `tools`: what is there already by that name is offered
// from now on.
void join_tools(std::vector<canonical::Tool>& tools, std::vector<canonical::Tool>&& more);

// The list as Responses wants it: flat, `strict` always said, the tools of a namespace together.
//
//   is_own  the tools came in this dialect: their declarations may be written as they came
//   errors  bad_request: a tool that Responses does not know
Result<> write_tools(wire::JsonWriter& out, const std::vector<canonical::Tool>& tools, bool is_own);

void write_tool_choice(wire::JsonWriter& out, const canonical::ToolChoice& choice,
                       const std::vector<canonical::Tool>& tools);

}  // namespace router::dialects::openai_responses
