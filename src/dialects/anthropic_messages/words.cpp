#include "dialects/anthropic_messages/words.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "dialects/effort_words.hpp"

namespace router::dialects::anthropic_messages {

using canonical::Effort;
using canonical::Finish;

namespace {

template <class T, std::size_t N>
using Words = std::array<std::pair<std::string_view, T>, N>;

template <class T, std::size_t N>
std::optional<T> find(const Words<T, N>& words, std::string_view word) {
    for (const auto& [name, meaning] : words) {
        if (name == word) return meaning;
    }
    return std::nullopt;
}

constexpr Words<Finish, 8> finishes{{{"end_turn", Finish::stop},
                                     {"stop_sequence", Finish::stop_sequence},
                                     {"max_tokens", Finish::length},
                                     {"model_context_window_exceeded", Finish::context_window},
                                     {"tool_use", Finish::tool_calls},
                                     {"refusal", Finish::refusal},
                                     {"pause_turn", Finish::pause},
                                     {"compaction", Finish::pause}}};

constexpr Words<std::string_view, 5> tiers_here{{{"default", "standard"},
                                                 {"standard", "standard"},
                                                 {"priority", "priority"},
                                                 {"fast", "priority"},
                                                 {"batch", "batch"}}};

bool is_id_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

}  // namespace

Finish finish_of(std::string_view stop_reason) {
    if (stop_reason.empty()) return Finish::none;
    return find(finishes, stop_reason).value_or(Finish::stop);
}

std::string_view stop_reason(const canonical::Ending& ending, bool has_calls, bool has_refusal) {
    switch (ending.reason) {
        case Finish::length:
            return "max_tokens";
        case Finish::context_window:
            return "model_context_window_exceeded";
        case Finish::content_filter:
        case Finish::refusal:
            return "refusal";
        case Finish::pause:
            return "pause_turn";
        case Finish::stop_sequence:
            if (!has_calls && !ending.stop_sequence.empty()) return "stop_sequence";
            break;
        case Finish::none:
        case Finish::stop:
        case Finish::tool_calls:  // perhaps of the provider's own tools
        case Finish::failed:
            break;
    }
    if (has_refusal) return "refusal";
    return has_calls ? "tool_use" : "end_turn";
}

std::string_view refusal_category(std::string_view detail) {
    constexpr std::array<std::string_view, 6> known{
        "cyber", "bio", "chem", "nuclear", "frontier_llm", "reasoning_extraction"};
    return std::ranges::find(known, detail) != known.end() ? detail : std::string_view();
}

std::string_view openai_tier(std::string_view word) {
    return word == "standard" ? "default" : word;
}

std::string_view anthropic_tier(std::string_view word) {
    return find(tiers_here, word).value_or(std::string_view());
}

std::optional<Effort> effort_of(std::string_view word) {
    const auto effort = dialects::effort_of(word);
    return effort >= Effort::low ? effort : std::nullopt;
}

std::string clean_id(std::string_view id) {
    if (!id.empty() && std::ranges::all_of(id, is_id_character)) return std::string(id);
    std::string clean;
    std::uint32_t hash = 2166136261U;  // FNV-1a, so that what was different stays so
    for (const char c : id) {
        clean += is_id_character(c) ? c : '_';
        hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    }
    constexpr std::string_view hex = "0123456789abcdef";
    clean += '_';
    for (int shift = 28; shift >= 0; shift -= 4) clean += hex[(hash >> shift) & 15];
    return clean;
}

bool is_own_block(const canonical::OpaqueBlock& block) {
    if (block.origin != canonical::Origin::anthropic) return false;
    const std::string_view type = block.type;
    constexpr std::array<std::string_view, 6> known{"server_tool_use", "container_upload",
                                                    "mcp_tool_use",    "mcp_tool_result",
                                                    "compaction",      "fallback"};
    return type.ends_with("_tool_result") || std::ranges::find(known, type) != known.end();
}

}  // namespace router::dialects::anthropic_messages
