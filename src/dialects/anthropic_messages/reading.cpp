#include "dialects/anthropic_messages/reading.hpp"

namespace router::dialects::anthropic_messages {

using canonical::CacheMark;
using canonical::Citation;
using canonical::Text;

std::optional<std::string_view> text_of(json::object& object, std::string_view name) {
    json::value value;
    std::string_view text;
    bool is_empty = false;
    const auto found = object.find_field_unordered(name).get(value);
    if (found == simdjson::SUCCESS) {
        text = json::text_or_empty(value);
    } else if (found != simdjson::NO_SUCH_FIELD) {
        return std::nullopt;
    }
    if (object.reset().get(is_empty) != simdjson::SUCCESS) return std::nullopt;
    return text;
}

std::string_view raw_of(json::object& object) {
    bool is_empty = false;
    std::string_view raw;
    if (object.raw_json().get(raw) != simdjson::SUCCESS) return {};
    const auto last = raw.find_last_not_of(" \t\r\n");
    raw = raw.substr(0, last == std::string_view::npos ? 0 : last + 1);
    if (!json::is_valid(raw)) return {};
    if (object.reset().get(is_empty) != simdjson::SUCCESS) return {};
    return raw;
}

std::string_view valid_raw(json::value& value) {
    const auto raw = json::raw(value);
    return !raw.empty() && json::is_valid(raw) ? raw : std::string_view();
}

Text text_in(json::value& value) { return {json::escaped_text(value).value_or("")}; }

CacheMark cache_mark(json::value& value) {
    auto mark = CacheMark::none;
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "ttl" && json::text_or_empty(member) == "1h") mark = CacheMark::one_hour;
        if (key == "type" && mark == CacheMark::none) mark = CacheMark::short_lived;
    });
    return mark;
}

// Where the cited words stand in a document or a search result is told in `original` alone: start
// and end are of the answer's own text, which the caller knows.
Citation read_citation(json::value& value) {
    Citation citation;
    json::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) return citation;
    citation.original = raw_of(object);
    if (citation.original.empty()) return citation;
    each_field(object, [&](std::string_view key, json::value& member) {
        if (key == "url" || key == "source") {
            citation.url = text_in(member);
        } else if (key == "title" || key == "document_title") {
            citation.title = text_in(member);
        } else if (key == "cited_text") {
            citation.cited_text = text_in(member);
        }
    });
    return citation;
}

std::int64_t count_characters(std::string_view escaped) {
    std::int64_t count = 0;
    for (std::size_t i = 0; i < escaped.size(); ++i) {
        const auto byte = static_cast<unsigned char>(escaped[i]);
        if ((byte & 0xc0) == 0x80) continue;  // goes on a code point
        ++count;
        if (byte != '\\' || i + 1 >= escaped.size()) continue;
        ++i;
        if (escaped[i] != 'u' || i + 4 >= escaped.size()) continue;
        const bool is_low_surrogate = (escaped[i + 1] == 'd' || escaped[i + 1] == 'D') &&
                                      std::string_view("cdefCDEF").contains(escaped[i + 2]);
        if (is_low_surrogate) --count;
        i += 4;
    }
    return count;
}

}  // namespace router::dialects::anthropic_messages
