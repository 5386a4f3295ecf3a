#include "dialects/gemini/words.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "dialects/effort_words.hpp"

namespace router::dialects::gemini {
namespace {

using canonical::Effort;
using canonical::Ending;
using canonical::Finish;

struct Word {
    std::string_view word;
    Finish meaning;
};

// https://ai.google.dev/api/generate-content#FinishReason (read 2026-11-22)
constexpr std::array finish_words{
    Word{"STOP", Finish::stop},
    Word{"MAX_TOKENS", Finish::length},
    Word{"CONTINUATION", Finish::length},
    Word{"SAFETY", Finish::content_filter},
    Word{"RECITATION", Finish::content_filter},
    Word{"LANGUAGE", Finish::content_filter},
    Word{"BLOCKLIST", Finish::content_filter},
    Word{"PROHIBITED_CONTENT", Finish::content_filter},
    Word{"SPII", Finish::content_filter},
    Word{"ESCALATION", Finish::content_filter},
    Word{"PUP_LIMITED_DISABLED", Finish::content_filter},
    Word{"MODEL_ARMOR", Finish::content_filter},
    Word{"IMAGE_SAFETY", Finish::content_filter},
    Word{"IMAGE_PROHIBITED_CONTENT", Finish::content_filter},
    Word{"IMAGE_RECITATION", Finish::content_filter},
    Word{"MALFORMED_FUNCTION_CALL", Finish::failed},
    Word{"UNEXPECTED_TOOL_CALL", Finish::failed},
    Word{"TOO_MANY_TOOL_CALLS", Finish::failed},
    Word{"MISSING_THOUGHT_SIGNATURE", Finish::failed},
    Word{"MALFORMED_RESPONSE", Finish::failed},
    Word{"OTHER", Finish::failed},
    Word{"NO_IMAGE", Finish::failed},
    Word{"IMAGE_OTHER", Finish::failed},
};

const Word* find_finish(std::string_view word) {
    const auto found = std::ranges::find(finish_words, word, &Word::word);
    return found == finish_words.end() ? nullptr : &*found;
}

std::string changed(std::string_view word, int (*change)(int)) {
    std::string out(word);
    for (char& c : out) c = static_cast<char>(change(static_cast<unsigned char>(c)));
    return out;
}

}  // namespace

Ending ending_from(std::string_view finish_reason, bool has_calls) {
    const auto* known = find_finish(finish_reason);
    Ending ending{.reason = known != nullptr ? known->meaning : Finish::stop};
    if (finish_reason == "FINISH_REASON_UNSPECIFIED") finish_reason = {};
    if (finish_reason != "STOP" && finish_reason != "MAX_TOKENS") ending.detail = finish_reason;
    const bool may_be_calls = ending.reason == Finish::stop || ending.reason == Finish::failed;
    if (has_calls && may_be_calls) ending.reason = Finish::tool_calls;
    return ending;
}

std::string_view finish_reason_for(const Ending& ending) {
    const auto* own = find_finish(ending.detail);
    const bool is_filtered =
        ending.reason == Finish::content_filter || ending.reason == Finish::refusal;
    if (own != nullptr &&
        (own->meaning == ending.reason || (is_filtered && own->meaning == Finish::content_filter)))
        return own->word;
    switch (ending.reason) {
        case Finish::length:
        case Finish::context_window:
            return "MAX_TOKENS";
        case Finish::content_filter:
        case Finish::refusal:
            return "SAFETY";
        case Finish::failed:
            return "OTHER";
        default:
            return "STOP";
    }
}

std::optional<Effort> effort_from(std::string_view level) { return effort_of(in_small(level)); }

std::string service_tier_from(std::string_view tier) {
    auto small = in_small(tier);
    if (small.starts_with("service_tier_")) small.erase(0, 13);
    if (small == "unspecified") return {};
    return small == "standard" ? "default" : small;
}

std::string_view service_tier_for(std::string_view tier) {
    if (tier == "default" || tier == "standard") return "standard";
    if (tier == "flex") return "flex";
    if (tier == "priority" || tier == "fast") return "priority";
    return {};
}

std::string in_small(std::string_view word) { return changed(word, std::tolower); }
std::string in_large(std::string_view word) { return changed(word, std::toupper); }

}  // namespace router::dialects::gemini
