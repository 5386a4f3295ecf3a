#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

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

// The same with a parser of its own: for a text that is met while another document is read.
simdjson::simdjson_result<document> read_inner(std::string_view text);

// A value as it stands in the text, without the white space around it; empty when it is malformed.
std::string_view raw(value& element);

// The text of a string value; empty when it is no string. Valid as long as the document.
std::string_view text_or_empty(value& element);

// The inside of a string value, escapes and all: a view into the text that read() was given, which
// outlives the document. Nothing when it is no string, or has an escape that is none.
std::optional<std::string_view> escaped_text(value& element);

// The number that a value is, from a string of digits as well.
std::optional<double> number(value& element);
std::optional<std::int64_t> integer(value& element);
std::optional<bool> boolean(value& element);

// Calls visit(key, value&) for each member of an object; the key is unescaped and holds as long as
// the document. Stops when visit returns false. False when the object is malformed or `element` is
// none.
template <class Visit>
bool each_member(value& element, Visit&& visit) {
    object members;
    if (element.get_object().get(members) != simdjson::SUCCESS) return false;
    for (auto member : members) {
        std::string_view key;
        value found;
        if (member.unescaped_key().get(key) != simdjson::SUCCESS) return false;
        if (member.value().get(found) != simdjson::SUCCESS) return false;
        if constexpr (std::is_same_v<decltype(visit(key, found)), bool>) {
            if (!visit(key, found)) return true;
        } else {
            visit(key, found);
        }
    }
    return true;
}

// The same for the elements of an array: visit(value&).
template <class Visit>
bool each_element(value& element, Visit&& visit) {
    array elements;
    if (element.get_array().get(elements) != simdjson::SUCCESS) return false;
    for (auto item : elements) {
        value found;
        if (item.get(found) != simdjson::SUCCESS) return false;
        if constexpr (std::is_same_v<decltype(visit(found)), bool>) {
            if (!visit(found)) return true;
        } else {
            visit(found);
        }
    }
    return true;
}

// Whether a value is null. One that is malformed is not.
bool is_null(value& element);

json_type type_of(value& element);  // of one that is malformed: json_type::null

// Whether the text is JSON through and through; `read` checks only what is looked at. The text need
// not be padded.
bool is_valid(std::string_view text);

// An unsigned whole number; a float such as 12.0 counts as one. Nothing for other types and
// negative numbers.
std::optional<std::uint64_t> whole_number(value& element);

}  // namespace router::wire::json
