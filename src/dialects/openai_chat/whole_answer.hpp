#pragma once

#include <string>

#include "canonical/answer.hpp"
#include "dialects/dialect.hpp"

namespace router::dialects::openai_chat {

// Dialect::decode_answer and encode_answer.
//
// What OpenAI has no field for is written as the servers beside it do, so that clients who send the
// message back bring it along: thoughts as reasoning_content, their proofs in reasoning_details,
// Gemini's proof of a call in its extra_content, images in `images`. Text blocks are joined without
// anything between them.
//
//   errors  upstream_refused for an error in place of an answer, upstream_broken for no answer
Result<canonical::Answer> decode_answer(std::string_view body);
std::string encode_answer(const canonical::Answer& answer, const AnswerContext& context);

}  // namespace router::dialects::openai_chat
