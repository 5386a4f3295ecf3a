#include "dialects/effort_words.hpp"

#include <algorithm>
#include <array>

namespace router::dialects {

using canonical::Effort;

namespace {

// In the order of canonical::Effort.
constexpr std::array<std::string_view, 7> words{"none", "minimal", "low", "medium",
                                                "high", "xhigh",   "max"};

}  // namespace

std::string_view effort_word(Effort effort) { return words[static_cast<std::size_t>(effort)]; }

std::optional<Effort> effort_of(std::string_view word) {
    const auto* const found = std::ranges::find(words, word);
    if (found == words.end()) return std::nullopt;
    return static_cast<Effort>(found - words.begin());
}

std::string_view claude_effort_word(std::optional<Effort> effort) {
    if (!effort || *effort == Effort::none) return {};
    return effort_word(std::max(*effort, Effort::low));
}

}  // namespace router::dialects
