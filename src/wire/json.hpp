#pragma once

#include <simdjson.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// The one place that names the JSON library. Readers elsewhere use `json::` and the few functions
// below.
namespace router::wire::json {

using namespace simdjson::ondemand;
using simdjson::error_code;

// Every text handed to read() must be followed by so many readable bytes (their value does not
// matter). Buffers that hold JSON are allocated with them, so that nothing is copied before it is
// parsed.
inline constexpr std::size_t padding = simdjson::SIMDJSON_PADDING;

// Begins to read `text`, which must be padded. The document borrows a parser of this thread: only
// one is alive at a time.
simdjson::simdjson_result<document> read(std::string_view text);

// A value as it stands in the text, without the white space around it; empty when it is malformed.
std::string_view raw(value& element);

// The text of a string value; empty when it is no string. Valid as long as the document.
std::string_view text_or_empty(value& element);

// Whether the text is JSON through and through; `read` checks only what is looked at. The text need
// not be padded.
bool is_valid(std::string_view text);

// An unsigned whole number; a float such as 12.0 counts as one. Nothing for other types and
// negative numbers.
std::optional<std::uint64_t> whole_number(value& element);

}  // namespace router::wire::json
