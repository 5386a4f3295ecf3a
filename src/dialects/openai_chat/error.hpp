#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace router::dialects::openai_chat {

// {"error":{"message","type","param","code"}}, in OpenAI's words where the provider has its own.
std::string encode_error(const Error& error);

// The provider's own status, but for what OpenAI does not know.
int error_status(const Error& error);

// What an upstream's error says, whatever its shape: OpenAI's object, a bare string, `message` or
// `detail`, Gemini's list, OpenRouter's metadata, plain text, an HTML page, nothing at all. The
// status is kept; the message is never empty; how long to wait is read from the text as well.
//
//   status    the answer's own; an error that came with status 200 takes the one in its `code`,
//             else 502
//   provider  named where the upstream said nothing readable
Error decode_error(int status, std::string_view body, std::string_view provider);

}  // namespace router::dialects::openai_chat
