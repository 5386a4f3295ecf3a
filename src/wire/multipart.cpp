#include "wire/multipart.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <string>

namespace router::wire {
namespace {

constexpr std::size_t most_parts = 1000;

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

// The parameter `name` of a header such as `form-data; name="model"; filename="a.wav"`; quotes
// taken off.
std::string_view parameter(std::string_view header, std::string_view name) {
    auto rest = header;
    while (true) {
        std::size_t semicolon = 0;
        for (bool quoted = false; semicolon < rest.size() && (quoted || rest[semicolon] != ';');
             ++semicolon) {
            if (rest[semicolon] == '"') quoted = !quoted;
        }
        if (semicolon >= rest.size()) return {};
        rest.remove_prefix(semicolon + 1);
        while (rest.starts_with(' ') || rest.starts_with('\t')) rest.remove_prefix(1);
        if (lower(rest.substr(0, name.size())) != name || rest.substr(name.size()).empty() ||
            rest[name.size()] != '=')
            continue;
        auto value = rest.substr(name.size() + 1);
        if (value.starts_with('"')) {
            value.remove_prefix(1);
            return value.substr(0, value.find('"'));
        }
        value = value.substr(0, value.find_first_of("; \t\r\n"));
        return value;
    }
}

// As std::string_view::find(), but as quick in what was made to be slow: a file of nothing but CR.
std::size_t find(std::string_view text, std::string_view what, std::size_t from = 0) {
    if (from >= text.size()) return std::string_view::npos;
    const void* found = ::memmem(text.data() + from, text.size() - from, what.data(), what.size());
    return found == nullptr
               ? std::string_view::npos
               : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

// Where the delimiter stands with its line's end or the form's end behind it; a longer boundary is
// another one.
std::size_t find_delimiter(std::string_view text, std::string_view delimiter) {
    auto at = find(text, delimiter);
    while (at != std::string_view::npos) {
        const auto behind = text.substr(at + delimiter.size());
        if (behind.starts_with("--") || behind.starts_with("\r\n") || behind.starts_with(' ') ||
            behind.starts_with('\t'))
            break;
        at = find(text, delimiter, at + 1);
    }
    return at;
}

std::string_view disposition_of(std::string_view part_head) {
    while (!part_head.empty()) {
        const auto end = std::min(part_head.find("\r\n"), part_head.size());
        const auto line = part_head.substr(0, end);
        if (lower(line.substr(0, 20)) == "content-disposition:") return line.substr(20);
        part_head.remove_prefix(std::min(end + 2, part_head.size()));
    }
    return {};
}

}  // namespace

std::optional<std::string_view> multipart_boundary(std::string_view content_type) {
    if (lower(content_type.substr(0, 19)) != "multipart/form-data") return std::nullopt;
    const auto boundary = parameter(content_type, "boundary");
    if (boundary.empty() || boundary.size() > 70) return std::nullopt;
    return boundary;
}

std::optional<std::vector<FormPart>> read_form(std::string_view body, std::string_view boundary) {
    const auto delimiter = "\r\n--" + std::string(boundary);
    std::vector<FormPart> parts;
    auto rest = body;
    if (rest.starts_with(std::string_view(delimiter).substr(2))) {
        rest.remove_prefix(delimiter.size() - 2);
    } else {
        const auto first = find(rest, delimiter);
        if (first == std::string_view::npos) return std::nullopt;
        rest.remove_prefix(first + delimiter.size());
    }
    while (!rest.starts_with("--")) {
        if (parts.size() == most_parts) return std::nullopt;
        const auto whole = rest;
        const auto line_end = rest.find("\r\n");
        if (line_end == std::string_view::npos) return std::nullopt;
        rest.remove_prefix(line_end);  // the empty line may follow at once: no header at all
        const auto head_end = rest.find("\r\n\r\n");
        if (head_end == std::string_view::npos) return std::nullopt;
        const auto head = rest.substr(std::min<std::size_t>(2, head_end),
                                      head_end - std::min<std::size_t>(2, head_end));
        rest.remove_prefix(
            head_end + 2);  // keep the CR LF that a part without bytes shares with the delimiter
        const auto end = find_delimiter(rest, delimiter);
        if (end == std::string_view::npos) return std::nullopt;
        const auto value = end < 2 ? std::string_view() : rest.substr(2, end - 2);
        rest.remove_prefix(end + delimiter.size());
        parts.push_back({parameter(disposition_of(head), "name"), value,
                         whole.substr(0, whole.size() - rest.size())});
    }
    return parts.empty() ? std::nullopt : std::optional(std::move(parts));
}

}  // namespace router::wire
