#pragma once

#include <string_view>
#include <vector>

#include "canonical/answer.hpp"
#include "dialects/openai_responses/item.hpp"

namespace router::dialects::openai_responses {

// What an output item is, whole, as canonical blocks: one for each part of a message, one for any
// other item. What a server ran by itself stays opaque: it is no call of the client's.
std::vector<canonical::Block> blocks_of(const Item& item, canonical::Arena& arena);

// The thoughts of a reasoning item: its summary, or what it says openly.
canonical::Text thoughts_of(const Item& item, canonical::Arena& arena);

// What a search of Perplexity's own found: the text that follows is made from it.
std::vector<canonical::Citation> sources_of(const Item& item);

bool is_call(const Item& item);  // of a tool that the client runs
canonical::ToolCallBlock call_of(const Item& item, canonical::Arena& arena);
canonical::Block whole_block(const Item& item);

}  // namespace router::dialects::openai_responses
