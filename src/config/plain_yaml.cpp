#include "config/plain_yaml.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace router::config {
namespace {

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

[[noreturn]] void refuse(std::string_view line) {
    throw std::logic_error("embedded YAML: " + std::string(line));
}

Value scalar(std::string_view text) {
    Value out;
    if (text.size() > 1 && text.starts_with('"') && text.ends_with('"')) {
        out.kind = ValueKind::text;
        out.text = text.substr(1, text.size() - 2);
        return out;
    }
    out.text = text;
    if (is_boolean(text)) {
        out.kind = ValueKind::boolean;
    } else {
        out.kind = json_number(text).empty() ? ValueKind::text : ValueKind::number;
    }
    return out;
}

// Calls `take` with each part of "a, b, c".
void for_each_part(std::string_view inside, auto take) {
    while (true) {
        const auto comma = inside.find(',');
        take(trimmed(inside.substr(0, comma)));
        if (comma == std::string_view::npos) return;
        inside.remove_prefix(comma + 1);
    }
}

void add_member(Value& map, std::string_view line);

Value value_of(std::string_view text) {
    Value out;
    if (text.starts_with('[') && text.ends_with(']')) {
        out.kind = ValueKind::list;
        for_each_part(text.substr(1, text.size() - 2),
                      [&](auto part) { out.items.push_back(scalar(part)); });
    } else if (text.starts_with('{') && text.ends_with('}')) {
        out.kind = ValueKind::map;
        for_each_part(text.substr(1, text.size() - 2), [&](auto part) { add_member(out, part); });
    } else if (text.empty()) {
        out.kind = ValueKind::map;
    } else {
        out = scalar(text);
    }
    return out;
}

void add_member(Value& map, std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || line.find_first_of("\\'&|>\t") != std::string_view::npos)
        refuse(line);
    map.members.push_back({std::string(trimmed(line.substr(0, colon))),
                           {},
                           value_of(trimmed(line.substr(colon + 1)))});
}

std::string_view without_comment(std::string_view line) {
    if (line.starts_with('#')) return {};
    return line.substr(0, line.find(" #"));
}

}  // namespace

Value parse_plain_yaml(std::string_view text) {
    Value document;
    document.kind = ValueKind::map;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = without_comment(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (trimmed(line).empty()) continue;
        if (!line.starts_with(' ')) {
            add_member(document, line);
        } else if (line.starts_with("  ") && line[2] != ' ' && !document.members.empty()) {
            add_member(document.members.back().value, line);
        } else {
            refuse(line);
        }
    }
    return document;
}

}  // namespace router::config
