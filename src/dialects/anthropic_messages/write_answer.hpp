#pragma once

#include <string>

#include "canonical/answer.hpp"
#include "dialects/dialect.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::anthropic_messages {

// What whole answers and streams write alike.

// stop_reason, stop_sequence, stop_details and container.
void write_ending(wire::JsonWriter& writer, const canonical::Ending& ending, bool has_calls,
                  bool has_refusal);

// The id of a call to which its upstream gave none.
std::string made_call_id(const AnswerContext& context, int number);

}  // namespace router::dialects::anthropic_messages
