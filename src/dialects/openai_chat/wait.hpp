#pragma once

#include <string>
#include <string_view>

namespace router::dialects::openai_chat {

// How long to wait, as a Retry-After header says it: whole seconds, rounded up. Empty: no time.

// "7.66", "34s", "250ms", "6m0s", "1h2m3.5s".
std::string whole_seconds(std::string_view span);

// From an error's text: "try again in 7.66s" (Groq, OpenAI), "retry after 26 seconds" (Azure).
std::string wait_in_words(std::string_view text);

}  // namespace router::dialects::openai_chat
