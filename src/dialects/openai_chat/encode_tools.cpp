#include "dialects/openai_chat/encoding.hpp"
#include "wire/json.hpp"

namespace router::dialects::openai_chat {
namespace {

using namespace canonical;

bool is_callable(const Tool& tool) {
    return tool.kind == ToolKind::function || tool.kind == ToolKind::custom;
}

void write_tool(wire::JsonWriter& json, const Tool& tool) {
    const bool is_custom = tool.kind == ToolKind::custom;
    const std::string_view type = is_custom ? "custom" : "function";
    json.begin_object().text("type", type).begin_object(type).text("name", tool.name);
    if (!tool.description.is_empty()) json.escaped("description", tool.description.escaped);
    if (is_custom) {
        if (!tool.format.empty()) json.raw("format", tool.format);
    } else {
        json.raw("parameters", tool.parameters.empty() ? "{\"type\":\"object\",\"properties\":{}}"
                                                       : tool.parameters);
        if (tool.strict) json.boolean("strict", *tool.strict);
    }
    json.end_object().end_object();
}

// Whether a tool of Chat's stood in `tools`, not in web_search_options, which is an extra.
bool was_declared(const Tool& tool) {
    return tool.kind != ToolKind::web_search || tool.name != "web_search" ||
           tool.declaration.find("\"type\"") != std::string_view::npos;
}

bool is_written(const Encoding& to, const Tool& tool) {
    return is_callable(tool) || (to.is_from_chat() && was_declared(tool));
}

// A provider's own search is left out beside other tools: the model can do without. Where it is all
// there is, an answer without it would be another answer.
void leave_out(Encoding& to, const Tool& tool, bool is_alone) {
    if (to.is_from_chat()) return;
    const auto field = to.name(Field::tools);
    if (tool.kind == ToolKind::web_search && !is_alone) {
        to.lose(field, "the provider has no tool " + tool.name);
    } else {
        to.refuse(field, "The tool '" + tool.name +
                             "' is run by its own provider, and there is none like it here.");
    }
}

void write_choice(Encoding& to) {
    const auto& choice = to.request.tool_choice;
    if (!choice) return;
    auto& json = to.json;
    const bool is_required = choice->mode == ToolMode::required;
    if (choice->mode == ToolMode::named) {
        const auto tool = std::ranges::find(to.request.tools, choice->name, &Tool::name);
        const bool is_custom = tool != to.request.tools.end() && tool->kind == ToolKind::custom;
        const std::string_view type = is_custom ? "custom" : "function";
        json.begin_object("tool_choice").text("type", type).begin_object(type);
        json.text("name", choice->name).end_object().end_object();
    } else if (!choice->allowed.empty() && choice->mode != ToolMode::none) {
        json.begin_object("tool_choice").text("type", "allowed_tools");
        json.begin_object("allowed_tools").text("mode", is_required ? "required" : "auto");
        json.begin_array("tools");
        for (const auto& name : choice->allowed) {
            json.begin_object().text("type", "function").begin_object("function");
            json.text("name", name).end_object().end_object();
        }
        json.end_array().end_object().end_object();
    } else {
        const bool is_none = choice->mode == ToolMode::none;
        json.text("tool_choice", is_required ? to.variant.required_choice
                                 : is_none   ? "none"
                                             : "auto");
    }
}

}  // namespace

void write_tools(Encoding& to) {
    const auto& tools = to.request.tools;
    const bool has_any =
        std::ranges::any_of(tools, [&](const Tool& tool) { return is_written(to, tool); });
    if (has_any) to.json.begin_array("tools");
    for (const auto& tool : tools) {
        if (!is_written(to, tool)) {
            leave_out(to, tool, !has_any);
        } else if (is_callable(tool)) {
            write_tool(to.json, tool);
        } else {
            to.json.raw(tool.declaration);
        }
    }
    if (!has_any) return;  // what is said of tools is refused where there are none
    to.json.end_array();
    write_choice(to);
    if (to.request.parallel_tool_calls)
        to.json.boolean("parallel_tool_calls", *to.request.parallel_tool_calls);
}

}  // namespace router::dialects::openai_chat
