#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace router::dialects {

// The words of errors: what a word stands for, whosever it is, and what OpenAI's two dialects call
// it.

// The status of a type or a code; 0: not known.
int status_of_word(std::string_view word);

// The type and the code that OpenAI's clients are told. Another dialect's word becomes OpenAI's;
// one that compatible servers use as well, and one that nobody knows, stays.
std::string_view openai_type_of(const Error& error);
std::string_view openai_code_of(const Error& error);

// The upstream's own status, but for what OpenAI's SDKs do not know or take for something else.
int openai_status_of(const Error& error);

// {"error":{"message","type","param","code"}}
std::string openai_error(const Error& error);

}  // namespace router::dialects
