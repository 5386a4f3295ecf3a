#include "dialects/openai_responses/tools.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "dialects/openai_responses/item.hpp"

namespace router::dialects::openai_responses {
namespace {

using canonical::Json;
using canonical::Tool;
using canonical::ToolChoice;
using canonical::ToolKind;
using canonical::ToolMode;
using wire::JsonWriter;

struct Read {
    Tool tool{};
    std::string_view type{};
    bool is_client_search = false;
    std::vector<Tool> inner{};  // of a namespace
};

void take_member(std::string_view key, json::value& value, Read& read) {
    auto& tool = read.tool;
    if (key == "type") {
        read.type = json::text_or_empty(value);
    } else if (key == "name") {
        tool.name = json::text_or_empty(value);
    } else if (key == "description") {
        tool.description = escaped_text(value);
    } else if (key == "parameters") {
        if (!json::is_null(value)) tool.parameters = json::raw(value);
    } else if (key == "strict") {
        tool.strict = json::boolean(value);
    } else if (key == "format") {
        if (!json::is_null(value)) tool.format = json::raw(value);
    } else if (key == "defer_loading") {
        tool.is_deferred = json::boolean(value).value_or(false);
    } else if (key == "execution") {
        read.is_client_search = json::text_or_empty(value) == "client";
    } else if (key == "tools") {
        read_tools(value, read.inner);
    } else if (key == "function" || key == "custom") {  // as Chat nests them
        json::each_member(value, [&](std::string_view inner, json::value& found) {
            if (inner != "type") take_member(inner, found, read);
        });
    }
}

ToolKind kind_of(const Read& read) {
    const auto type = read.type;
    if (type == "function" || type.empty()) return ToolKind::function;
    if (type == "custom") return ToolKind::custom;
    if (type.starts_with("web_search")) return ToolKind::web_search;
    if (type == "code_interpreter") return ToolKind::code_execution;
    if (type == tool_search_name && read.is_client_search) return ToolKind::function;
    return ToolKind::opaque;
}

// Calls of what stands in the namespace `functions` come without a namespace (Codex, seen
// 2026-11-22): it is the one for tools that have none.
void add_namespace(Read& read, std::vector<Tool>& tools) {
    const bool is_default = read.tool.name == "functions";
    for (auto& tool : read.inner) {
        if (!is_default) {
            tool.name_space = read.tool.name;
            tool.name_space_description = read.tool.description;
        }
        tools.push_back(std::move(tool));
    }
}

void read_tool(json::value& value, std::vector<Tool>& tools) {
    Read read;
    json::object members;
    if (value.get_object().get(members) != simdjson::SUCCESS) return;
    read.tool.declaration = whole_of(members);
    if (read.tool.declaration.empty()) return;
    const bool is_read = each_member_of(
        members, [&](std::string_view key, json::value& found) { take_member(key, found, read); });
    if (!is_read) return;
    if (read.type == "namespace") return add_namespace(read, tools);
    read.tool.kind = kind_of(read);
    if (read.tool.kind == ToolKind::web_search) read.tool.name = "web_search";
    if (read.tool.name.empty()) read.tool.name = read.type;
    tools.push_back(std::move(read.tool));
}

bool is_search(const Tool& tool) {
    return tool.name == tool_search_name && tool.kind == ToolKind::function &&
           tool.declaration.find("\"execution\"") != Json::npos;
}

// Chat writes a grammar as {"type":"grammar","grammar":{...}}, Responses without the inner object.
void write_format(JsonWriter& out, Json format) {
    std::string padded;
    padded.reserve(format.size() + json::padding);
    padded = format;
    std::string_view type;
    Json grammar;
    auto document = json::read(padded);
    json::value value;
    if (document.get_value().get(value) != simdjson::SUCCESS) return;
    json::each_member(value, [&](std::string_view key, json::value& found) {
        if (key == "type") type = json::text_or_empty(found);
        if (key == "grammar") grammar = json::raw(found);
    });
    if (type != "grammar" || !grammar.starts_with('{')) {
        out.raw("format", format);
        return;
    }
    const auto members = grammar.substr(1, grammar.size() - 2);
    const bool is_blank = members.find_first_not_of(" \t\r\n") == Json::npos;
    out.raw("format",
            R"({"type":"grammar")" + std::string(is_blank ? "" : ",") + std::string(members) + "}");
}

void write_function(JsonWriter& out, const Tool& tool) {
    out.begin_object().text("type", "function").text("name", tool.name);
    if (!tool.description.is_empty()) out.escaped("description", tool.description.escaped);
    out.raw("parameters",
            tool.parameters.empty() ? R"({"type":"object","properties":{}})" : tool.parameters);
    out.boolean("strict", tool.strict.value_or(false));
    if (tool.is_deferred) out.boolean("defer_loading", true);
    out.end_object();
}

void write_custom(JsonWriter& out, const Tool& tool) {
    out.begin_object().text("type", "custom").text("name", tool.name);
    if (!tool.description.is_empty()) out.escaped("description", tool.description.escaped);
    if (!tool.format.empty()) write_format(out, tool.format);
    if (tool.is_deferred) out.boolean("defer_loading", true);
    out.end_object();
}

bool write_tool(JsonWriter& out, const Tool& tool, bool is_own) {
    if (is_own && (is_search(tool) || tool.kind >= ToolKind::web_search)) {
        out.raw(tool.declaration);
        return true;
    }
    switch (tool.kind) {
        case ToolKind::function:
            write_function(out, tool);
            return true;
        case ToolKind::custom:
            write_custom(out, tool);
            return true;
        case ToolKind::web_search:
            out.begin_object().text("type", "web_search").end_object();
            return true;
        case ToolKind::code_execution:
            out.raw(R"({"type":"code_interpreter","container":{"type":"auto"}})");
            return true;
        case ToolKind::web_fetch:
        case ToolKind::opaque:
            return false;
    }
    return false;
}

void begin_namespace(JsonWriter& out, const Tool& tool) {
    out.begin_object().text("type", "namespace").text("name", tool.name_space);
    out.escaped("description", tool.name_space_description.escaped).begin_array("tools");
}

std::string_view type_of_choice(std::string_view name, const std::vector<Tool>& tools) {
    const auto found = std::ranges::find(tools, name, &Tool::name);
    if (found == tools.end() || found->kind == ToolKind::function) return "function";
    return found->kind == ToolKind::custom ? "custom" : "";
}

void write_named(JsonWriter& out, std::string_view name, const std::vector<Tool>& tools) {
    const auto type = type_of_choice(name, tools);
    out.begin_object();
    if (type.empty()) {
        out.text("type", name == "code_execution" ? "code_interpreter" : name);
    } else {
        out.text("type", type).text("name", name);
    }
    out.end_object();
}

}  // namespace

void read_tools(json::value& list, std::vector<Tool>& tools) {
    if (json::type_of(list) != json::json_type::array) return;
    json::each_element(list, [&](json::value& one) { read_tool(one, tools); });
}

void join_tools(std::vector<Tool>& tools, std::vector<Tool>&& more) {
    for (auto& tool : more) {
        const auto is_same = [&](const Tool& other) {
            return other.name == tool.name && other.name_space == tool.name_space;
        };
        const auto found = std::ranges::find_if(tools, is_same);
        tool.is_deferred = false;
        if (found == tools.end()) {
            tools.push_back(std::move(tool));
        } else {
            *found = std::move(tool);
        }
    }
}

Result<> write_tools(JsonWriter& out, const std::vector<Tool>& tools, bool is_own) {
    out.begin_array();
    std::string_view open;
    for (const auto& tool : tools) {
        if (!open.empty() && tool.name_space != open) out.end_array().end_object();
        if (!tool.name_space.empty() && tool.name_space != open) begin_namespace(out, tool);
        open = tool.name_space;
        if (!write_tool(out, tool, is_own)) {
            return fail(ErrorKind::bad_request,
                        "The tool '" + tool.name + "' is not known to OpenAI's Responses.", "tools",
                        "unsupported_tool");
        }
    }
    if (!open.empty()) out.end_array().end_object();
    out.end_array();
    return {};
}

void write_tool_choice(JsonWriter& out, const ToolChoice& choice, const std::vector<Tool>& tools) {
    if (choice.mode == ToolMode::named) return write_named(out, choice.name, tools);
    const bool is_required = choice.mode == ToolMode::required;
    if (choice.mode == ToolMode::none || choice.allowed.empty()) {
        out.text(choice.mode == ToolMode::none ? "none" : is_required ? "required" : "auto");
        return;
    }
    out.begin_object().text("type", "allowed_tools");
    out.text("mode", is_required ? "required" : "auto").begin_array("tools");
    for (const auto& name : choice.allowed) write_named(out, name, tools);
    out.end_array().end_object();
}

}  // namespace router::dialects::openai_responses
