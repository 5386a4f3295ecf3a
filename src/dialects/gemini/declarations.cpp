#include <array>
#include <string>
#include <utility>

#include "dialects/gemini/decode_request.hpp"
#include "dialects/gemini/members.hpp"
#include "dialects/schema.hpp"

namespace router::dialects::gemini {

using canonical::Tool;
using canonical::ToolKind;
using canonical::ToolMode;

namespace json = wire::json;

namespace {

void read_declaration(json::value& declaration, canonical::Request& request) {
    Tool tool;
    each_field(declaration, [&](std::string_view key, json::value& value) {
        if (key == "name") {
            tool.name = json::text_or_empty(value);
        } else if (key == "description") {
            tool.description = text_of(value);
        } else if (key == "parameters" || key == "parametersJsonSchema") {
            if (json::type_of(value) == json::json_type::object)
                tool.parameters = valid_json(value);
        }
    });
    if (!tool.name.empty()) request.tools.push_back(std::move(tool));
}

struct HostedTool {
    std::string_view member;
    ToolKind kind;
    std::string_view name;
};

constexpr std::array hosted_tools{
    HostedTool{"googleSearch", ToolKind::web_search, "web_search"},
    HostedTool{"googleSearchRetrieval", ToolKind::web_search, "web_search"},
    HostedTool{"urlContext", ToolKind::web_fetch, "web_fetch"},
    HostedTool{"codeExecution", ToolKind::code_execution, "code_execution"},
};

void read_hosted(std::string_view member, json::value& value, canonical::Request& request) {
    const auto raw = valid_json(value);
    if (raw.empty()) return;
    Tool tool{.kind = ToolKind::opaque, .name = std::string(member)};
    for (const auto& hosted : hosted_tools) {
        if (member != hosted.member) continue;
        tool.kind = hosted.kind;
        tool.name = hosted.name;
    }
    tool.declaration =
        request.arena->keep("{" + wire::quoted(member) + ":" + std::string(raw) + "}");
    request.tools.push_back(std::move(tool));
}

void read_calling(json::value& config, canonical::Request& request) {
    std::string mode;
    std::vector<std::string> allowed;
    each_field(config, [&](std::string_view key, json::value& value) {
        if (key == "mode") mode = json::text_or_empty(value);
        if (key != "allowedFunctionNames") return;
        json::each_element(
            value, [&](json::value& name) { allowed.emplace_back(json::text_or_empty(name)); });
    });
    canonical::ToolChoice choice;
    if (mode == "NONE") {
        choice.mode = ToolMode::none;
    } else if (mode == "ANY") {
        choice.mode = allowed.size() == 1 ? ToolMode::named : ToolMode::required;
    } else if (mode == "VALIDATED") {
        request.extras.emplace_back("toolConfig.functionCallingConfig.mode", "\"VALIDATED\"");
    } else if (mode != "AUTO" && allowed.empty()) {
        return;
    }
    if (choice.mode == ToolMode::named) {
        choice.name = allowed.front();
    } else if (choice.mode != ToolMode::none) {
        choice.allowed = std::move(allowed);
    }
    request.tool_choice = std::move(choice);
}

// Whether a schema is written with Google's words for types, in large letters.
bool has_large_types(canonical::Json schema) {
    constexpr std::array<std::string_view, 7> types{"\"OBJECT\"",  "\"STRING\"", "\"ARRAY\"",
                                                    "\"INTEGER\"", "\"NUMBER\"", "\"BOOLEAN\"",
                                                    "\"nullable\""};
    for (const auto type : types) {
        if (schema.find(type) != std::string_view::npos) return true;
    }
    return false;
}

void settle_schema(canonical::Json& schema, canonical::Arena& arena) {
    if (has_large_types(schema)) schema = arena.keep(json_schema_from_gemini(schema));
}

}  // namespace

void read_tools(json::value& tools, canonical::Request& request) {
    const auto read_one = [&](json::value& tool) {
        each_field(tool, [&](std::string_view member, json::value& value) {
            if (member != "functionDeclarations") return read_hosted(member, value, request);
            const auto read = [&](json::value& one) { read_declaration(one, request); };
            if (json::type_of(value) == json::json_type::array) {
                json::each_element(value, read);
            } else {
                read(value);
            }
        });
    };
    if (json::type_of(tools) == json::json_type::array) {
        json::each_element(tools, read_one);
    } else {
        read_one(tools);
    }
}

void read_tool_config(json::value& config, canonical::Request& request) {
    each_field(config, [&](std::string_view key, json::value& value) {
        if (key == "functionCallingConfig") {
            read_calling(value, request);
        } else {
            keep_extra(request, "toolConfig." + std::string(key), value);
        }
    });
}

void settle_schemas(canonical::Request& request) {
    for (auto& tool : request.tools) settle_schema(tool.parameters, *request.arena);
    settle_schema(request.output.schema, *request.arena);
}

}  // namespace router::dialects::gemini
