#pragma once

#include <string_view>

#include "canonical/answer.hpp"
#include "wire/json.hpp"

namespace router::dialects::anthropic_messages {

// Reads one member of what tells how an answer ended: stop_reason, stop_sequence, stop_details. A
// whole answer has them as its own, a stream in message_delta. Others are passed over. The
// explanation is a view into the text.
void read_ending(std::string_view key, wire::json::value& value, canonical::Ending& ending);

}  // namespace router::dialects::anthropic_messages
