#include "dialects/gemini/members.hpp"

namespace router::dialects::gemini {
namespace {

namespace json = wire::json;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

}  // namespace

MemberName::MemberName(std::string_view key) : key_(key) {
    if (key.find('_') == std::string_view::npos) return;
    bool is_next_large = false;
    for (const char c : key) {
        const bool is_small = c >= 'a' && c <= 'z';
        if (c != '_') made_ += is_next_large && is_small ? static_cast<char>(c - 'a' + 'A') : c;
        is_next_large = c == '_';
    }
}

canonical::Text text_of(json::value& element) {
    return {json::escaped_text(element).value_or(std::string_view())};
}

canonical::Json valid_json(json::value& element) {
    const auto found = json::raw(element);
    if (found.empty() || found == "null" || !json::is_valid(found)) return {};
    return found;
}

canonical::Json compact(canonical::Json text, canonical::Arena& arena) {
    std::string made;
    bool is_string = false;
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_string && c == '\\') {
            ++i;
        } else if (c == '"') {
            is_string = !is_string;
        } else if (!is_string && is_space(c)) {
            made += text.substr(from, i - from);
            from = i + 1;
        }
    }
    if (from == 0) return text;
    made += text.substr(from);
    return arena.keep(std::move(made));
}

std::string padded_copy(std::string_view text) {
    std::string copy;
    copy.reserve(text.size() + json::padding);
    copy = text;
    return copy;
}

}  // namespace router::dialects::gemini
