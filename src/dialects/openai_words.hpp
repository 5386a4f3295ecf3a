#pragma once

#include <string_view>

#include "base/error.hpp"

namespace router::dialects {

// What another dialect's word for an error is called in OpenAI's two dialects. Anthropic's types
// are words that compatible servers use as well, and stay.
struct OpenAiWord {
    std::string_view foreign;
    std::string_view type;
    std::string_view code;  // where the error has none
    int status = 0;         // 0: as it was
};

// Null: the error's type is OpenAI's own, or nobody's.
const OpenAiWord* openai_word_of(const Error& error);

// The type and the code that OpenAI's clients are told.
std::string_view openai_type_of(const Error& error);
std::string_view openai_code_of(const Error& error);

}  // namespace router::dialects
