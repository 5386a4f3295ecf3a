#include "config/value.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <system_error>

#include "wire/json_text.hpp"

namespace router::config {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits_at(std::string_view text, std::size_t from) {
    std::size_t count = 0;
    while (from + count < text.size() && is_digit(text[from + count])) ++count;
    return count;
}

// The number after its sign: digits, '.', digits, exponent; at least one digit before the exponent.
bool is_decimal(std::string_view text) {
    std::size_t at = digits_at(text, 0);
    std::size_t digits = at;
    if (at < text.size() && text[at] == '.') {
        const auto fraction = digits_at(text, ++at);
        digits += fraction;
        at += fraction;
    }
    if (digits == 0) return false;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        const auto exponent = digits_at(text, at);
        if (exponent == 0) return false;
        at += exponent;
    }
    return at == text.size();
}

std::string hexadecimal(std::string_view text) {
    std::uint64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + 2, end, number, 16);
    return read.ec == std::errc() && read.ptr == end ? std::to_string(number) : std::string();
}

void append_json(std::string& out, const Value& value);

void append_list(std::string& out, const Value& list) {
    out += '[';
    for (std::size_t i = 0; i < list.items.size(); ++i) {
        if (i > 0) out += ',';
        append_json(out, list.items[i]);
    }
    out += ']';
}

void append_map(std::string& out, const Value& map) {
    out += '{';
    for (std::size_t i = 0; i < map.members.size(); ++i) {
        if (i > 0) out += ',';
        wire::append_quoted(out, map.members[i].key);
        out += ':';
        append_json(out, map.members[i].value);
    }
    out += '}';
}

void append_json(std::string& out, const Value& value) {
    switch (value.kind) {
        case ValueKind::null:
            out += "null";
            return;
        case ValueKind::boolean:
            out += is_true(value.text) ? "true" : "false";
            return;
        case ValueKind::number:
            out += json_number(value.text);
            return;
        case ValueKind::text:
            wire::append_quoted(out, value.text);
            return;
        case ValueKind::list:
            append_list(out, value);
            return;
        case ValueKind::map:
            append_map(out, value);
            return;
    }
}

}  // namespace

const Value* Value::find(std::string_view key) const {
    const auto found = std::ranges::find(members, key, &Member::key);
    return found == members.end() ? nullptr : &found->value;
}

std::string_view kind_name(const Value& value) {
    switch (value.kind) {
        case ValueKind::null:
            return "empty";
        case ValueKind::boolean:
            return "true or false";
        case ValueKind::number:
            return "a number";
        case ValueKind::text:
            return "text";
        case ValueKind::list:
            return "a list";
        case ValueKind::map:
            return "a map";
    }
    return "unknown";
}

std::string shown(std::string_view text) {
    constexpr std::size_t longest = 60;
    if (looks_like_a_key(text)) return "\"…\" (it looks like a key)";
    std::string out = "\"";
    for (const char c : text.substr(0, longest)) {
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
    // A cut within a character leaves bytes of UTF-8 that belong to none.
    if (text.size() > longest) {
        while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0x80) != 0) out.pop_back();
        out += "…";
    }
    return out + '"';
}

std::string shown(const Value& value) {
    if (!value.is_scalar() || value.is(ValueKind::null)) return std::string(kind_name(value));
    return shown(value.written.empty() ? value.text : value.written);
}

std::string lower_case(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

bool looks_like_a_key(std::string_view text) {
    constexpr std::array<std::string_view, 8> beginnings{"sk-",  "sk_", "gsk_",  "xai-",
                                                         "AIza", "hf_", "pplx-", "Bearer "};
    return std::ranges::any_of(beginnings, [&](auto start) { return text.starts_with(start); });
}

std::string json_text(const Value& value) {
    std::string out;
    append_json(out, value);
    return out;
}

std::string json_number(std::string_view text) {
    if (text.starts_with("0x") && text.size() > 2) return hexadecimal(text);
    std::string out;
    if (text.starts_with('-')) out = "-";
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (!is_decimal(text)) return {};
    if (text.size() > 1 && text[0] == '0' && is_digit(text[1]))
        return {};  // 007 is a name, not a number
    if (text.starts_with('.')) out += '0';
    const auto point = text.find('.');
    out += text.substr(0, point);
    if (point == std::string_view::npos) return out;
    const auto digits = digits_at(text, point + 1);
    if (digits > 0) out += text.substr(point, digits + 1);
    return out += text.substr(point + 1 + digits);
}

bool is_boolean(std::string_view text) {
    constexpr std::array<std::string_view, 6> words{"true", "false", "yes", "no", "on", "off"};
    return text.size() <= 5 && std::ranges::find(words, lower_case(text)) != words.end();
}

bool is_true(std::string_view text) {
    const auto word = lower_case(text);
    return word == "true" || word == "yes" || word == "on";
}

}  // namespace router::config
