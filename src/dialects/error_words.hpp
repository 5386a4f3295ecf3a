#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace router::dialects {

// What stands in the words of an upstream's error.

// Whether `words`, in small or large letters, are in the text.
bool has_words(std::string_view text, std::string_view words);

// A body that is no JSON, as a line for people: a page's title, else its text without the tags.
// Empty when it is blank.
std::string readable_text(std::string_view body);

// Not longer than an error should be, and UTF-8.
std::string shortened(std::string text);

// Takes the span at the front of `text` off it: seconds, for "7.66s", "250ms", "6m0s",
// "1h2m3.5s", "26 seconds". A number that nothing stands behind counts seconds. Nothing: the text
// begins with no span.
std::optional<double> take_span(std::string_view& text);

// As a Retry-After header says it: whole seconds, rounded up. Empty: no time, or more than a year.
std::string whole_seconds(double seconds);

// How long to wait, in whole seconds: "try again in 7.66s" (Groq, OpenAI), "retry after 26 seconds"
// (Azure), "retry in 34.4s" (Gemini). Empty: no time is named.
std::string wait_in_words(std::string_view text);

// The error's message, and how long to wait where that is known and not said in it.
std::string with_wait(const Error& error);

// Whether a provider says that the prompt does not fit the model's window: in the words of OpenAI,
// Anthropic, Gemini, Mistral, xAI, Bedrock, vLLM, SGLang and llama.cpp (recordings and reports,
// read 2026-11-22).
bool is_context_overflow(std::string_view text);

}  // namespace router::dialects
