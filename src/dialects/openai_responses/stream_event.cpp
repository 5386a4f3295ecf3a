#include "dialects/openai_responses/stream_event.hpp"

#include "dialects/upstream_error.hpp"

namespace router::dialects::openai_responses {
namespace {

using canonical::Json;

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

void read_response(json::value& value, StreamEvent& event) {
    event.has_response = json::type_of(value) == json::json_type::object;
    if (!event.has_response) return;
    json::each_member(value, [&](std::string_view key, json::value& found) {
        if (key != "output") return take_response_member(key, found, event.response);
        json::each_element(found, [&](json::value& one) {
            if (!read_item(one, event.items.emplace_back())) event.items.pop_back();
        });
    });
}

void take_member(std::string_view key, json::value& value, StreamEvent& event) {
    if (key == "type") {
        event.type = json::text_or_empty(value);
    } else if (key == "delta") {
        event.delta = escaped_text(value);
    } else if (key == "output_index") {
        event.output = json::integer(value).value_or(0);
    } else if (key == "content_index") {
        event.part = json::integer(value).value_or(0);
    } else if (key == "summary_index") {
        event.summary = json::integer(value).value_or(-1);
    } else if (key == "logprobs") {
        const auto list = json::raw(value);
        if (list.find('{') != Json::npos) event.logprobs = list;
    } else if (key == "text" || key == "refusal" || key == "arguments" || key == "input") {
        event.text = escaped_text(value);
    } else if (key == "item") {
        read_item(value, event.item);
    } else if (key == "part") {
        read_part(value, event.content);
    } else if (key == "annotation") {
        read_annotation(value, event.citations);
    } else if (key == "response") {
        read_response(value, event);
    } else if (key == "error") {
        if (!json::is_null(value)) event.error = upstream_error_in(value);
    }
}

}  // namespace

EventForm read_event(const wire::SseEvent& sse, StreamEvent& event) {
    const auto data = trimmed(sse.data);
    if (data.empty() || data == "[DONE]") return EventForm::nothing;
    auto document = json::read(data);
    json::object members;
    if (document.get_object().get(members) != simdjson::SUCCESS) return EventForm::broken;
    const bool is_read = each_member_of(
        members, [&](std::string_view key, json::value& value) { take_member(key, value, event); });
    const bool is_whole = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    if (!is_read || !is_whole) return EventForm::broken;
    if (event.type.empty()) event.type = sse.name;
    // Its fields stand in the event itself, as the types know it, in a member, or in both.
    if (event.type == "error") event.error = decode_upstream_error(200, data, "The upstream");
    return EventForm::json;
}

}  // namespace router::dialects::openai_responses
