#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "canonical/answer.hpp"
#include "canonical/request.hpp"

// Gemini's words for what the canonical form has its own for.
namespace router::dialects::gemini {

// Marks a call whose signature is lost: the model takes it for valid, and thinks a little worse.
//   source  https://ai.google.dev/gemini-api/docs/thought-signatures (read 2026-11-22)
inline constexpr std::string_view no_signature = "skip_thought_signature_validator";

// What a finishReason means; `has_calls`: there is no word of its own for an end with calls.
//   detail  the word itself, where it says more than the canonical one
canonical::Ending ending_from(std::string_view finish_reason, bool has_calls);

// The finishReason for an ending, whatever dialect it comes from. A detail that is one of Gemini's
// own words comes back as it was.
std::string_view finish_reason_for(const canonical::Ending& ending);

// Thinking levels in any case; nothing for THINKING_LEVEL_UNSPECIFIED and unknown ones.
std::optional<canonical::Effort> effort_from(std::string_view level);

// Service tiers: "standard" is OpenAI's "default". Empty where the other side has no such word.
std::string service_tier_from(std::string_view tier);
std::string_view service_tier_for(std::string_view tier);

std::string in_small(std::string_view word);
std::string in_large(std::string_view word);

}  // namespace router::dialects::gemini
