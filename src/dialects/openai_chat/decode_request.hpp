#pragma once

#include <string_view>

#include "base/error.hpp"
#include "canonical/request.hpp"
#include "dialects/dialect.hpp"

namespace router::dialects::openai_chat {

// Dialect::decode_request. Accepts what OpenAI documents, its deprecated forms, and what clients of
// compatible servers send: OpenRouter's `reasoning`, LiteLLM's `thinking`, `cache_control`, tools
// without the object `function`. A member that no other dialect can say goes into `extras`.
//
// Source: https://platform.openai.com/docs/api-reference/chat/create (read 2026-11-22)
Result<canonical::Request> decode_request(std::string_view body, const RequestContext& context);

}  // namespace router::dialects::openai_chat
