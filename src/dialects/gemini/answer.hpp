#pragma once

#include <string>
#include <string_view>

#include "canonical/answer.hpp"
#include "dialects/dialect.hpp"

namespace router::dialects::gemini {

// A GenerateContentResponse, or an array of them: a stream that came without alt=sse.
Result<canonical::Answer> decode_answer(std::string_view body);

std::string encode_answer(const canonical::Answer& answer, const AnswerContext& context);

PeekedAnswer peek_answer(std::string_view body);

}  // namespace router::dialects::gemini
