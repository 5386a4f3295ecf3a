#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "wire/json.hpp"

namespace router::dialects::openai_responses {

// What an upstream's error says, whatever its shape: OpenAI's object; xAI's {"code", "error"} of
// two strings; `message` or `detail`; a list; plain text, an HTML page, nothing at all.
Error decode_error(int status, std::string_view body, std::string_view provider);

// The error of a stream or of a response that failed: the `error` member, or the event itself. Its
// status is what the code would have had as an answer's.
Error error_in(wire::json::value& value);

// {"error":{"message","type","param","code"}}
std::string encode_error(const Error& error);
int error_status(const Error& error);

// A word of those that a response's error has: Codex and the SDKs match on it.
std::string_view stream_code(const Error& error);

}  // namespace router::dialects::openai_responses
