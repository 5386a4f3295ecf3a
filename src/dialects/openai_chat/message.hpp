#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "canonical/block.hpp"
#include "dialects/openai_chat/parts.hpp"
#include "dialects/openai_chat/reasoning_details.hpp"
#include "wire/json.hpp"

namespace router::dialects::openai_chat {

// A message of a conversation or of an answer, taken apart. Both are written alike, and by many
// servers and clients besides OpenAI's.
struct Message {
    explicit Message(canonical::Arena& arena) : thoughts(arena) {}

    // Its blocks in the order in which a model speaks: thoughts, text, refusal, calls.
    std::vector<canonical::Block> take_blocks();

    std::string role{};
    std::string name{};
    std::string call_id{};  // of a tool's result
    bool is_error = false;
    std::vector<canonical::Block> content{};
    std::vector<canonical::ToolCallBlock> calls{};
    bool has_function_call = false;  // the one call is the deprecated function_call, without an id
    Thoughts thoughts;
    canonical::Text reasoning{};  // reasoning_content, or whatever it is called
    canonical::Text refusal{};
    canonical::Signature proof{};  // of Gemini, on the message: of its first call, or its text
    std::vector<canonical::Citation> citations{};
    std::vector<canonical::MediaBlock> media{};  // generated
    canonical::Json audio{};
    canonical::CacheMark cache = canonical::CacheMark::none;
    Fault fault{};
};

void read_message(wire::json::value& element, canonical::Arena& arena, Message& message);

// An entry of `annotations`, in OpenAI's form or flat.
canonical::Citation read_annotation(wire::json::value& element);

// extra_content: {"google": {"thought_signature"}}.
// Source: https://ai.google.dev/gemini-api/docs/openai (read 2026-11-22)
canonical::Signature read_extra_content(wire::json::value& value);

}  // namespace router::dialects::openai_chat
