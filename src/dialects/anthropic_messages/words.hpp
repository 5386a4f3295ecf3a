#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "canonical/answer.hpp"
#include "canonical/request.hpp"

namespace router::dialects::anthropic_messages {

// Anthropic's words and what the canonical form calls them.
//
//   source  the types of Anthropic's SDKs (read 2026-11-22)

canonical::Finish finish_of(std::string_view stop_reason);  // an unknown one: stop

// What an answer's end is called here.
//
//   has_calls    the answer holds calls of the client's tools
//   has_refusal  it holds a refusal
std::string_view stop_reason(const canonical::Ending& ending, bool has_calls, bool has_refusal);

// Anthropic's category of a refusal; empty where `detail` is none.
std::string_view refusal_category(std::string_view detail);

// The tier that served an answer: "standard", "priority", "batch" and OpenAI's words for them.
std::string_view openai_tier(std::string_view word);
std::string_view anthropic_tier(std::string_view word);  // empty: Anthropic has no such tier

std::optional<canonical::Effort> effort_of(std::string_view word);

// What the API takes of a message's or a tool's call's id: ^[a-zA-Z0-9_-]+$. The same id becomes
// the same text, different ones differ.
std::string clean_id(std::string_view id);

// Part of an answer that only Anthropic's own dialect knows: server_tool_use, ..._tool_result.
bool is_own_block(const canonical::OpaqueBlock& block);

}  // namespace router::dialects::anthropic_messages
