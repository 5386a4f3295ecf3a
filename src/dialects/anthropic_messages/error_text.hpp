#pragma once

#include <string>
#include <string_view>

namespace router::dialects::anthropic_messages {

// What stands in the words of an error.

// A body that is no JSON, as a line for people: a page's title, else its text. Empty when blank.
std::string readable_text(std::string_view body);

// Not longer than an error should be, and UTF-8.
std::string shortened(std::string text);

// "try again in 7.66s" -> "8". Empty: no time is named.
std::string retry_after_in(std::string_view text);

// Whether a provider says that the prompt does not fit the model's window.
bool is_context_overflow(std::string_view text);

// The same in Anthropic's words: with its two numbers where they are there, else before the
// provider's own text.
std::string overflow_text(std::string_view text);

}  // namespace router::dialects::anthropic_messages
