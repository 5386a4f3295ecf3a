#pragma once

#include <string>
#include <string_view>

#include "dialects/dialect.hpp"

namespace router::dialects::openai_responses {

Result<canonical::Answer> decode_answer(std::string_view body);
std::string encode_answer(const canonical::Answer& answer, const AnswerContext& context);
PeekedAnswer peek_answer(std::string_view body);

}  // namespace router::dialects::openai_responses
