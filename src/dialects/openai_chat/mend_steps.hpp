#pragma once

#include <string_view>

#include "dialects/openai_chat/mend.hpp"
#include "wire/json_tree.hpp"

namespace router::dialects::openai_chat {

// The steps of mend.hpp. Each returns whether it changed something.

bool is_text(const wire::JsonTree* value);  // a string, and not an empty one
bool set_text(wire::JsonTree& object, std::string_view name, std::string_view escaped);
bool set_index(wire::JsonTree& object, std::uint64_t index);
wire::JsonTree number(std::uint64_t value);

// Of a delta or a message.
bool mend_content(wire::JsonTree& message);
bool mend_thoughts(wire::JsonTree& message);
bool number_entries(wire::JsonTree& delta, ToldChoice& told);

// Of a choice, `message` in it.
bool mend_finish(wire::JsonTree& choice, bool has_calls, bool is_chunk);

bool mend_fragments(wire::JsonTree& delta, ToldChoice& told);
// Gives calls that a stream leaves without arguments their empty ones.
bool complete_calls(wire::JsonTree& delta, ToldChoice& told);
bool mend_calls(wire::JsonTree& message);

}  // namespace router::dialects::openai_chat
