#pragma once

#include <optional>
#include <string_view>

#include "canonical/request.hpp"

namespace router::dialects {

// How much a model is to think, in OpenAI's words, of which the other dialects have some.
std::string_view effort_word(canonical::Effort effort);
std::optional<canonical::Effort> effort_of(std::string_view word);

// In Anthropic's words: nothing is below "low", and no effort is no word at all.
std::string_view claude_effort_word(std::optional<canonical::Effort> effort);

}  // namespace router::dialects
