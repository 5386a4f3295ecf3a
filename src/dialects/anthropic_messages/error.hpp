#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace router::dialects::anthropic_messages {

// What an upstream's error says: {"type":"error","error":{"type","message","details"}}, also that
// of an imitator: a bare string, `message` or `detail`, plain text, an HTML page, nothing at all.
// The message is never empty.
//
//   status       the answer's own; of an error that came with status 200, as in a stream, the one
//                that belongs to its type, else 502
//   code         details.error_code, where it says more
//   retry_after  in seconds, where the text names a time
//   source       https://docs.anthropic.com/en/api/errors (read 2026-11-22)
Error decode_error(int status, std::string_view body, std::string_view provider);

// The status that goes with what encode_error() writes.
int error_status(const Error& error);

// A prompt that is too long is told in Anthropic's own words, which coding agents look for:
// "prompt is too long: 210000 tokens > 200000 maximum".
std::string encode_error(const Error& error);

}  // namespace router::dialects::anthropic_messages
