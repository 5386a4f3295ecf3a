#pragma once

#include <string>
#include <string_view>

#include "canonical/block.hpp"
#include "wire/json.hpp"

namespace router::dialects::openai_chat {

// A string's inside, as it stands; empty when the value is none.
inline canonical::Text text_of(wire::json::value& value) {
    return {wire::json::escaped_text(value).value_or(std::string_view())};
}

inline bool is_object(wire::json::value& value) {
    return wire::json::type_of(value) == wire::json::json_type::object;
}
inline bool is_array(wire::json::value& value) {
    return wire::json::type_of(value) == wire::json::json_type::array;
}
inline bool is_string(wire::json::value& value) {
    return wire::json::type_of(value) == wire::json::json_type::string;
}

// Where servers write a thought: `reasoning` is Groq's and OpenRouter's, `thinking` Ollama's,
// `reasoning_text` GitHub Copilot's.
inline bool is_reasoning(std::string_view key) {
    return key == "reasoning_content" || key == "reasoning" || key == "thinking" ||
           key == "reasoning_text";
}

// cache_control as Anthropic writes it, and OpenAI's prompt_cache_breakpoint: "up to here".
inline canonical::CacheMark cache_mark(wire::json::value& value) {
    if (wire::json::is_null(value)) return canonical::CacheMark::none;
    if (wire::json::boolean(value) == false) return canonical::CacheMark::none;
    auto mark = canonical::CacheMark::short_lived;
    wire::json::each_member(value, [&](std::string_view key, wire::json::value& member) {
        if (key != "ttl") return;
        const auto ttl = wire::json::text_or_empty(member);
        if (ttl.ends_with('h')) mark = canonical::CacheMark::one_hour;
    });
    return mark;
}

// The id of a call, as it stands: older servers of Mistral's call each of them "null".
inline std::string_view call_id_of(std::string_view escaped) {
    return escaped == "null" ? std::string_view() : escaped;
}

// The arguments of a call, from the text that they are in Chat. No text is no arguments; a text
// that is no object is kept as it is, for it may have broken off.
canonical::Json arguments_of(canonical::Text text, canonical::Arena& arena);

}  // namespace router::dialects::openai_chat
