#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::gemini {

// As the dialect's decode_error(), with the QuotaFailure of an error that has one.
Error decode_error(int status, std::string_view body, std::string_view provider);

// {"error":{"code","message","status","details"}}, with RetryInfo where a time is known.
//
// source  https://cloud.google.com/apis/design/errors (read 2026-11-22)
std::string encode_error(const Error& error);
void write_error(wire::JsonWriter& out, const Error& error);

// The status that goes with it: one of those that Google has.
int error_status(const Error& error);

}  // namespace router::dialects::gemini
