#include "dialects/anthropic_messages/decode_tools.hpp"

#include <string>
#include <utility>

#include "dialects/anthropic_messages/reading.hpp"

namespace router::dialects::anthropic_messages {

using canonical::Request;
using canonical::Tool;
using canonical::ToolKind;
using canonical::ToolMode;

namespace {

std::unexpected<Error> refuse(const std::string& place, std::string_view why) {
    return fail(ErrorKind::bad_request, place + ": " + std::string(why), place);
}

// Server tools are named with the day they were made: web_search_20250305.
ToolKind kind_of(std::string_view type) {
    if (type.empty() || type == "custom") return ToolKind::function;
    if (type.starts_with("web_search_")) return ToolKind::web_search;
    if (type.starts_with("web_fetch_")) return ToolKind::web_fetch;
    if (type.starts_with("code_execution_")) return ToolKind::code_execution;
    return ToolKind::opaque;
}

Result<> read_tool(json::value& value, const std::string& place, Request& request) {
    json::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) {
        return refuse(place, "Input should be an object");
    }
    Tool tool;
    const auto type = text_of(object, "type");
    if (type) tool.declaration = raw_of(object);
    if (tool.declaration.empty()) return refuse(place, "Input should be valid JSON");
    tool.kind = kind_of(*type);
    each_field(object, [&](std::string_view key, json::value& member) {
        if (key == "name") {
            tool.name = json::text_or_empty(member);
        } else if (key == "description") {
            tool.description = text_in(member);
        } else if (key == "input_schema") {
            tool.parameters = json::raw(member);
        } else if (key == "strict") {
            tool.strict = json::boolean(member);
        } else if (key == "cache_control") {
            tool.cache = cache_mark(member);
        } else if (key == "defer_loading") {
            tool.is_deferred = json::boolean(member).value_or(false);
        }
    });
    if (tool.kind == ToolKind::function) {
        if (tool.name.empty()) return refuse(place + ".name", "Field required");
        if (!tool.parameters.starts_with('{')) {
            return refuse(place + ".input_schema", "Input should be an object");
        }
    }
    request.tools.push_back(std::move(tool));
    return {};
}

}  // namespace

Result<> read_tools(json::value& tools, Request& request) {
    Result<> outcome;
    int index = 0;
    const bool is_list = json::each_element(tools, [&](json::value& tool) {
        outcome = read_tool(tool, "tools." + std::to_string(index++), request);
        return outcome.has_value();
    });
    if (!outcome) return outcome;
    if (!is_list) return refuse("tools", "Input should be a valid list");
    return {};
}

Result<> read_tool_choice(json::value& choice, Request& request) {
    std::string type;
    canonical::ToolChoice read;
    const bool is_object = json::each_member(choice, [&](std::string_view key, json::value& value) {
        if (key == "type") {
            type = json::text_or_empty(value);
        } else if (key == "name") {
            read.name = json::text_or_empty(value);
        } else if (key == "disable_parallel_tool_use") {
            const auto is_disabled = json::boolean(value);
            if (is_disabled) request.parallel_tool_calls = !*is_disabled;
        }
    });
    if (!is_object) return refuse("tool_choice", "Input should be an object");
    if (type == "auto") {
        read.mode = ToolMode::automatic;
    } else if (type == "any") {
        read.mode = ToolMode::required;
    } else if (type == "none") {
        read.mode = ToolMode::none;
    } else if (type == "tool") {
        read.mode = ToolMode::named;
        if (read.name.empty()) return refuse("tool_choice.tool.name", "Field required");
    } else {
        return refuse("tool_choice.type", "Input should be 'auto', 'any', 'tool' or 'none'");
    }
    if (read.mode != ToolMode::named) read.name.clear();
    request.tool_choice = std::move(read);
    return {};
}

}  // namespace router::dialects::anthropic_messages
