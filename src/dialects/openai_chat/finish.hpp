#pragma once

#include <string>
#include <string_view>

#include "canonical/answer.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::openai_chat {

// What a server's finish_reason means. Words that OpenAI does not have come from compatible
// servers; one that nobody knows is a stop, and kept as the ending's detail.
canonical::Finish finish_of(std::string_view word);

// Whether OpenAI itself ends a choice with this word.
bool is_finish_word(std::string_view word);

// OpenAI's word for it. Never empty.
std::string_view finish_word(canonical::Finish finish);

// What is known of how one choice ended, put together.
//
//   word      finish_reason; empty: not said
//   native    OpenRouter's native_finish_reason
//   stopped   vLLM's stop_reason: the stop sequence that was met
canonical::Ending ending_of(std::string_view word, std::string_view native,
                            std::string_view stopped, bool has_calls, bool has_refusal);

// The members finish_reason and, where there is more to say, native_finish_reason and stop_reason
// as OpenRouter and vLLM call them. Where there are calls, a stop is tool_calls.
void write_finish(wire::JsonWriter& json, const canonical::Ending& ending, bool has_calls);

// What a client reads who was refused without a word.
canonical::Text refusal_text(const canonical::Ending& ending);

}  // namespace router::dialects::openai_chat
