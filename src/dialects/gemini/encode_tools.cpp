#include <algorithm>
#include <string>

#include "dialects/gemini/encode_request.hpp"
#include "dialects/schema.hpp"

namespace router::dialects::gemini {

using canonical::Json;
using canonical::Tool;
using canonical::ToolKind;
using canonical::ToolMode;

namespace {

bool is_function(const Tool& tool) { return tool.kind == ToolKind::function; }

// Whether a schema names anything to be passed: Gemini refuses objects without properties.
bool has_arguments(Json schema) {
    constexpr std::string_view name = "\"properties\"";
    for (const std::string_view other :
         {"\"$ref\"", "\"anyOf\"", "\"oneOf\"", "\"allOf\"", "\"patternProperties\""}) {
        if (schema.find(other) != Json::npos) return true;
    }
    for (auto at = schema.find(name); at != Json::npos; at = schema.find(name, at + 1)) {
        const auto brace = schema.find('{', at + name.size());
        if (brace == Json::npos) return false;
        const auto next = schema.find_first_not_of(" \t\r\n", brace + 1);
        if (next != Json::npos && schema[next] != '}') return true;
    }
    return false;
}

void write_declaration(RequestWriting& writing, const Tool& tool) {
    auto& out = writing.out;
    out.begin_object().text("name", tool.name);
    if (!tool.description.is_empty()) out.escaped("description", tool.description.escaped);
    if (has_arguments(tool.parameters)) {
        if (writing.variant.takes_json_schema_tools) {
            out.raw("parametersJsonSchema", tool.parameters);
        } else {
            out.raw("parameters", gemini_schema(tool.parameters));
        }
    }
    out.end_object();
}

std::string_view member_of(ToolKind kind) {
    switch (kind) {
        case ToolKind::web_search:
            return "googleSearch";
        case ToolKind::web_fetch:
            return "urlContext";
        case ToolKind::code_execution:
            return "codeExecution";
        default:
            return {};
    }
}

Result<> write_hosted(RequestWriting& writing, const Tool& tool) {
    if (writing.is_own() && !tool.declaration.empty()) {
        writing.out.raw(tool.declaration);
        return {};
    }
    const auto member = member_of(tool.kind);
    if (member.empty())
        return fail(ErrorKind::bad_request,
                    "Gemini has no tool of the kind of \"" + tool.name + "\".", "tools");
    writing.out.begin_object().begin_object(member).end_object().end_object();
    return {};
}

bool is_validated(const RequestWriting& writing) {
    const auto is_said = [](const canonical::Extra& extra) {
        return extra.first == "toolConfig.functionCallingConfig.mode";
    };
    const auto is_strict = [](const Tool& tool) { return tool.strict == true; };
    return (writing.is_own() && std::ranges::any_of(writing.request.extras, is_said)) ||
           std::ranges::any_of(writing.request.tools, is_strict);
}

void write_calling(RequestWriting& writing) {
    const auto choice = writing.request.tool_choice.value_or(canonical::ToolChoice());
    auto& out = writing.out;
    const bool is_automatic = choice.mode == ToolMode::automatic;
    const bool is_strict = is_automatic && (is_validated(writing) || !choice.allowed.empty());
    if (!writing.request.tool_choice && !is_strict) return;
    std::string_view mode = "AUTO";
    if (is_strict) mode = "VALIDATED";  // AUTO takes no list of names
    if (choice.mode == ToolMode::none) mode = "NONE";
    if (choice.mode == ToolMode::required || choice.mode == ToolMode::named) mode = "ANY";
    out.begin_object("functionCallingConfig").text("mode", mode);
    if (choice.mode == ToolMode::named) {
        out.begin_array("allowedFunctionNames").text(choice.name).end_array();
    } else if (choice.mode != ToolMode::none && !choice.allowed.empty()) {
        out.begin_array("allowedFunctionNames");
        for (const auto& name : choice.allowed) out.text(name);
        out.end_array();
    }
    out.end_object();
}

void write_tool_config(RequestWriting& writing) {
    const bool has_functions = std::ranges::any_of(writing.request.tools, is_function);
    const bool has_extras =
        writing.is_own() && std::ranges::any_of(writing.request.extras, [](const auto& extra) {
            return extra.first.starts_with("toolConfig.");
        });
    const bool has_calling =
        has_functions && (writing.request.tool_choice || is_validated(writing));
    if (!has_calling && !has_extras) return;
    writing.out.begin_object("toolConfig");
    if (has_functions) write_calling(writing);
    write_extras(writing, "toolConfig.");
    writing.out.end_object();
}

}  // namespace

Result<> write_tools(RequestWriting& writing) {
    const auto& tools = writing.request.tools;
    if (tools.empty()) return {};
    auto& out = writing.out;
    out.begin_array("tools");
    if (std::ranges::any_of(tools, is_function)) {
        out.begin_object().begin_array("functionDeclarations");
        for (const auto& tool : tools) {
            if (is_function(tool)) write_declaration(writing, tool);
        }
        out.end_array().end_object();
    }
    for (const auto& tool : tools) {
        if (is_function(tool)) continue;
        if (auto written = write_hosted(writing, tool); !written) return written;
    }
    out.end_array();
    write_tool_config(writing);
    return {};
}

}  // namespace router::dialects::gemini
