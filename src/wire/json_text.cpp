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

void escape_rest(std::string& out, std::string_view text) {
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!needs_escape(text[i])) continue;
        out += text.substr(from, i - from);
        append_escape(out, text[i]);
        from = i + 1;
    }
    out += text.substr(from);
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// The code unit of a \uXXXX that begins at `at`; -1 when there is none.
int code_unit(std::string_view text, std::size_t at) {
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
    int unit = 0;
    for (std::size_t i = at + 2; i < at + 6; ++i) {
        const int digit = hex_digit(text[i]);
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

void append_code_point(std::string& out, int point) {
    const auto add = [&](int byte) { out += static_cast<char>(byte); };
    if (point < 0x80) {
        add(point);
    } else if (point < 0x800) {
        add(0xc0 | point >> 6);
        add(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        add(0xe0 | point >> 12);
        add(0x80 | (point >> 6 & 0x3f));
        add(0x80 | (point & 0x3f));
    } else {
        add(0xf0 | point >> 18);
        add(0x80 | (point >> 12 & 0x3f));
        add(0x80 | (point >> 6 & 0x3f));
        add(0x80 | (point & 0x3f));
    }
}

// What the escape at `at` says; gives its length. One that is none says itself.
std::size_t append_unescaped(std::string& out, std::string_view text, std::size_t at) {
    constexpr std::string_view names = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    const char name = at + 1 < text.size() ? text[at + 1] : '\0';
    if (const auto found = names.find(name); name != '\0' && found != std::string_view::npos) {
        out += meanings[found];
        return 2;
    }
    const int unit = code_unit(text, at);
    if (unit < 0) {
        out += text[at];
        return 1;
    }
    constexpr int replacement = 0xfffd;
    const bool is_high = unit >= 0xd800 && unit < 0xdc00;
    if (!is_high) {
        append_code_point(out, unit >= 0xdc00 && unit < 0xe000 ? replacement : unit);
        return 6;
    }
    const int low = code_unit(text, at + 6);
    if (low < 0xdc00 || low >= 0xe000) {
        append_code_point(out, replacement);
        return 6;
    }
    append_code_point(out, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
    return 12;
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
    const auto plain = plain_length(text);
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) return;
    if (is_utf8(text)) {
        escape_rest(out, text);
    } else {
        escape_rest(out, repaired_utf8(text));
    }
}

std::string escaped(std::string_view text) {
    std::string out;
    append_escaped(out, text);
    return out;
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    append_escaped(out, text);
    out += '"';
}

std::string quoted(std::string_view text) {
    std::string out;
    append_quoted(out, text);
    return out;
}

std::string unescaped(std::string_view inside) {
    std::string out;
    out.reserve(inside.size());
    std::size_t from = 0;
    for (auto at = inside.find('\\'); at != std::string_view::npos; at = inside.find('\\', from)) {
        out += inside.substr(from, at - from);
        from = at + append_unescaped(out, inside, at);
    }
    out += inside.substr(from);
    return out;
}

bool has_good_escapes(std::string_view inside) {
    std::size_t at = inside.find('\\');
    while (at != std::string_view::npos) {
        const char name = at + 1 < inside.size() ? inside[at + 1] : '\0';
        const bool is_short =
            name != '\0' && std::string_view("\"\\/bfnrt").find(name) != std::string_view::npos;
        if (!is_short && code_unit(inside, at) < 0) return false;
        at = inside.find('\\', at + (is_short ? 2 : 6));
    }
    return true;
}

}  // namespace router::wire
