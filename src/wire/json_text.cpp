#include "wire/json_text.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "wire/utf8.hpp"

namespace router::wire {
namespace {

bool needs_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

// Whether eight bytes at once are plain ASCII that stands in a JSON string as it is.
bool are_plain(const char* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, 8);
    constexpr std::uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
    const auto has_zero = [](std::uint64_t x) { return (x - ones) & ~x; };
    return ((word | (word - 0x20 * ones) | has_zero(word ^ (ones * '"')) |
             has_zero(word ^ (ones * '\\'))) &
            highs) == 0;
}

std::size_t plain_length(std::string_view text) {
    std::size_t i = 0;
    while (i + 8 <= text.size() && are_plain(text.data() + i)) i += 8;
    while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80 && !needs_escape(text[i]))
        ++i;
    return i;
}

void append_escape(std::string& out, char c) {
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            break;
    }
    constexpr std::string_view hex = "0123456789abcdef";
    out += "\\u00";
    out += hex[static_cast<unsigned char>(c) >> 4];
    out += hex[static_cast<unsigned char>(c) & 15];
}

void append_escaped(std::string& out, std::string_view text) {
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!needs_escape(text[i])) continue;
        out += text.substr(from, i - from);
        append_escape(out, text[i]);
        from = i + 1;
    }
    out += text.substr(from);
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    const auto plain = plain_length(text);
    out += text.substr(0, plain);
    if (text.remove_prefix(plain); !text.empty()) {
        if (is_utf8(text)) {
            append_escaped(out, text);
        } else {
            append_escaped(out, repaired_utf8(text));
        }
    }
    out += '"';
}

std::string quoted(std::string_view text) {
    std::string out;
    append_quoted(out, text);
    return out;
}

}  // namespace router::wire
