#pragma once

#include <optional>
#include <string>

#include "canonical/block.hpp"

namespace router::dialects::anthropic_messages {

// A search on the web that OpenAI ran (a web_search_call of Responses), as Anthropic tells its own:
// a server_tool_use and a web_search_tool_result. Both hold seal_mark where Anthropic has proofs of
// its own: a history with them is no other provider's, and they are left out on the way to
// Anthropic.
struct WebSearch {
    std::string id;      // of the call
    std::string input;   // JSON: {"query":"..."}
    std::string result;  // JSON: the whole block
};

std::optional<WebSearch> web_search_of(const canonical::OpaqueBlock& block);

}  // namespace router::dialects::anthropic_messages
