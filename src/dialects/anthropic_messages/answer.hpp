#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "canonical/answer.hpp"
#include "dialects/dialect.hpp"

namespace router::dialects::anthropic_messages {

// See Dialect. Of several choices the first is written: a message is one.
Result<canonical::Answer> decode_answer(std::string_view body);
std::string encode_answer(const canonical::Answer& answer, const AnswerContext& context);
PeekedAnswer peek_answer(std::string_view body);

// A message's id: the upstream's if it is one of Anthropic's kind, else ours.
std::string message_id(std::string_view upstream, const AnswerContext& context);

}  // namespace router::dialects::anthropic_messages
