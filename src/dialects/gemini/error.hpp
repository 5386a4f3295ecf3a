#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::gemini {

// What an upstream's error says: google.rpc.Status in an `error` member, bare or in an array,
// OAuth's words, plain text, an HTML page, nothing at all. The message is never empty.
//
//   status    the answer's own; for an error that came with status 200 the one in its `code`, else
//             502. A key that is refused has 401, whatever Google calls it
//   code      what programs match on: ErrorInfo's reason, "context_length_exceeded"
//   type      Google's word: "RESOURCE_EXHAUSTED"
//   source    https://cloud.google.com/apis/design/errors (read 2026-11-22)
Error decode_error(int status, std::string_view body, std::string_view provider);

// {"error":{"code","message","status","details"}}, with RetryInfo where a time is known.
std::string encode_error(const Error& error);
void write_error(wire::JsonWriter& out, const Error& error);

int error_status(const Error& error);

}  // namespace router::dialects::gemini
