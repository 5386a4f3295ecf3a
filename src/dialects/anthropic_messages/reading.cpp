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

// Where the cited words stand in the document is told in `original` alone: start and end are of the
// answer's own text, which the caller knows.
Citation read_citation(json::value& value) {
    Citation citation;
    json::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) return citation;
    citation.original = raw_of(object);
    if (citation.original.empty()) return citation;
    canonical::Text source;
    each_field(object, [&](std::string_view key, json::value& member) {
        if (key == "url") {
            citation.url = text_in(member);
        } else if (key == "source") {
            source = text_in(member);
        } else if (key == "title" || key == "document_title") {
            citation.title = text_in(member);
        } else if (key == "cited_text") {
            citation.cited_text = text_in(member);
        } else if (key == "document_index") {
            citation.place.document = json::integer(member).value_or(-1);
        }
    });
    // A search result's source is whatever the client called it.
    if (source.escaped.starts_with("http")) {
        citation.url = source;
    } else if (citation.title.is_empty()) {
        citation.title = source;
    }
    return citation;
}

}  // namespace router::dialects::anthropic_messages
