#pragma once

#include "dialects/dialect.hpp"

namespace router::dialects::openai_chat {

// OpenAI's Chat Completions, and what compatible servers make of it.
const Dialect& dialect();

}  // namespace router::dialects::openai_chat
