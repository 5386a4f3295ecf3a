#pragma once

#include <string>
#include <string_view>

namespace router::wire {

// Appends `text` as a JSON string with its quotes. Control characters, quotes and backslashes are
// escaped; bytes that are not UTF-8 become U+FFFD, so that what is written is always valid JSON.
void append_quoted(std::string& out, std::string_view text);
std::string quoted(std::string_view text);

// The same without the quotes: what stands between them.
void append_escaped(std::string& out, std::string_view text);
std::string escaped(std::string_view text);

// What the inside of a JSON string says. An escape that is none stays as it is; half of a surrogate
// pair becomes U+FFFD.
std::string unescaped(std::string_view inside);

// Whether each escape in the inside of a JSON string is one that JSON knows. Readers that look at
// a text without decoding it ask this before they pass it on.
bool has_good_escapes(std::string_view inside);

}  // namespace router::wire
