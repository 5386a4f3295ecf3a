#pragma once

#include "dialects/dialect.hpp"

namespace router::dialects::openai_responses {

// OpenAI's Responses, of clients and of upstreams.
//
//   source  the types of openai-python 3.54 and openai-node 7.57, and recorded streams
//           (read 2026-11-22)
const Dialect& dialect();

}  // namespace router::dialects::openai_responses
