#include "dialects/openai_chat/finish.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace router::dialects::openai_chat {
namespace {

using canonical::Finish;

constexpr std::array<std::pair<std::string_view, Finish>, 25> words{{
    {"stop", Finish::stop},
    {"length", Finish::length},
    {"tool_calls", Finish::tool_calls},
    {"content_filter", Finish::content_filter},
    {"function_call", Finish::tool_calls},
    {"error", Finish::failed},                                  // Mistral, OpenRouter
    {"model_length", Finish::context_window},                   // Mistral
    {"model_context_window_exceeded", Finish::context_window},  // z.ai
    {"insufficient_system_resource", Finish::failed},           // DeepSeek
    {"eos", Finish::stop},
    {"eos_token", Finish::stop},  // text-generation-inference
    {"end_turn", Finish::stop},
    {"completed", Finish::stop},
    {"stop_sequence", Finish::stop_sequence},
    {"tool_use", Finish::tool_calls},
    {"tool_call", Finish::tool_calls},
    {"max_tokens", Finish::length},
    {"max_output_tokens", Finish::length},
    {"MAX_TOKENS", Finish::length},
    {"abort", Finish::failed},  // vLLM
    {"refusal", Finish::refusal},
    {"sensitive", Finish::content_filter},  // z.ai
    {"safety", Finish::content_filter},
    {"SAFETY", Finish::content_filter},
    {"network_error", Finish::failed},  // z.ai
}};

}  // namespace

Finish finish_of(std::string_view word) {
    if (word.empty()) return Finish::none;
    const auto* const found = std::ranges::find(words, word, &decltype(words)::value_type::first);
    return found == words.end() ? Finish::stop : found->second;
}

bool is_finish_word(std::string_view word) {
    return word == "stop" || word == "length" || word == "tool_calls" || word == "content_filter" ||
           word == "function_call";
}

std::string_view finish_word(Finish finish) {
    switch (finish) {
        case Finish::length:
        case Finish::context_window:
            return "length";
        case Finish::tool_calls:
            return "tool_calls";
        case Finish::content_filter:
        case Finish::refusal:
            return "content_filter";
        case Finish::none:
        case Finish::stop:
        case Finish::stop_sequence:
        case Finish::pause:
        case Finish::failed:
            return "stop";
    }
    return "stop";
}

canonical::Ending ending_of(std::string_view word, std::string_view native,
                            std::string_view stopped, bool has_calls, bool has_refusal) {
    canonical::Ending ending{.reason = finish_of(word)};
    if (ending.reason == Finish::none) ending.reason = Finish::stop;
    if (!word.empty() && !is_finish_word(word)) ending.detail = word;
    if (!native.empty() && native != word) ending.detail = native;
    if (ending.reason == Finish::content_filter && native == "refusal")
        ending.reason = Finish::refusal;
    if (ending.reason == Finish::tool_calls && !has_calls) ending.reason = Finish::stop;
    if (ending.reason != Finish::stop) return ending;
    // Some say "stop" whatever came.
    if (has_calls) {
        ending.reason = Finish::tool_calls;
    } else if (has_refusal) {
        ending.reason = Finish::refusal;
    } else if (!stopped.empty()) {
        ending.reason = Finish::stop_sequence;
        ending.stop_sequence = stopped;
    }
    return ending;
}

void write_finish(wire::JsonWriter& json, const canonical::Ending& ending, bool has_calls) {
    const bool is_stop = ending.reason == Finish::stop || ending.reason == Finish::none ||
                         ending.reason == Finish::tool_calls;  // perhaps the provider's own tools
    const auto stop = has_calls ? Finish::tool_calls : Finish::stop;
    json.text("finish_reason", finish_word(is_stop ? stop : ending.reason));
    if (!ending.detail.empty()) json.text("native_finish_reason", ending.detail);
    if (!ending.stop_sequence.empty()) json.text("stop_reason", ending.stop_sequence);
}

canonical::Text refusal_text(const canonical::Ending& ending) {
    if (!ending.explanation.is_empty()) return ending.explanation;
    if (ending.reason == Finish::refusal) return {"The model declined to answer."};
    return {"The answer was withheld by the provider's content filter."};
}

}  // namespace router::dialects::openai_chat
