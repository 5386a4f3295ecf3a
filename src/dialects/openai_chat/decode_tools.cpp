#include "dialects/openai_chat/decode_tools.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "dialects/effort_words.hpp"
#include "dialects/openai_chat/reading.hpp"

namespace router::dialects::openai_chat {
namespace {

namespace json = wire::json;
using namespace canonical;

// The members of a declaration, in OpenAI's object or flat beside its type.
void read_declared(Tool& tool, std::string_view key, json::value& value) {
    if (json::is_null(value)) return;
    if (key == "name") {
        tool.name = json::text_or_empty(value);
    } else if (key == "description") {
        tool.description = text_of(value);
    } else if (key == "parameters" || key == "input_schema") {
        tool.parameters = json::raw(value);
    } else if (key == "strict") {
        tool.strict = json::boolean(value);
    } else if (key == "format") {
        tool.format = json::raw(value);
    } else if (key == "cache_control") {
        tool.cache = cache_mark(value);
    } else if (key == "defer_loading") {
        tool.is_deferred = json::boolean(value).value_or(false);
    }
}

ToolKind kind_of(std::string_view type, bool has_function, bool has_name) {
    if (type == "function" || has_function) return ToolKind::function;
    if (type == "custom") return ToolKind::custom;
    if (type.empty() && has_name) return ToolKind::function;
    if (type.find("web_search") != std::string_view::npos) return ToolKind::web_search;
    if (type.find("web_fetch") != std::string_view::npos) return ToolKind::web_fetch;
    if (type.starts_with("code_")) return ToolKind::code_execution;
    return ToolKind::opaque;
}

Tool read_tool(json::value& element) {
    Tool tool;
    std::string type;
    bool has_function = false;
    json::object object;
    std::string_view raw;
    if (element.get_object().get(object) != simdjson::SUCCESS) return tool;
    if (object.raw_json().get(raw) != simdjson::SUCCESS) return tool;
    if (object.reset().error() != simdjson::SUCCESS) return tool;
    for (auto member : object) {
        std::string_view key;
        json::value value;
        if (member.unescaped_key().get(key) != simdjson::SUCCESS) break;
        if (member.value().get(value) != simdjson::SUCCESS) break;
        if (key == "type") {
            type = json::text_or_empty(value);
        } else if ((key == "function" || key == "custom") && is_object(value)) {
            has_function = key == "function";
            json::each_member(value, [&](std::string_view name, json::value& inner) {
                read_declared(tool, name, inner);
            });
        } else {
            read_declared(tool, key, value);
        }
    }
    tool.kind = kind_of(type, has_function, !tool.name.empty());
    const bool is_callable = tool.kind == ToolKind::function || tool.kind == ToolKind::custom;
    if (!is_callable) {
        tool.declaration = raw;
        if (tool.name.empty()) tool.name = type;
    }
    return tool;
}

std::optional<ToolMode> mode_of(std::string_view word) {
    if (word == "auto") return ToolMode::automatic;
    if (word == "none") return ToolMode::none;
    if (word == "required" || word == "any") return ToolMode::required;
    if (word == "function" || word == "custom" || word == "tool") return ToolMode::named;
    return std::nullopt;
}

// The members of an object of tool_choice, at whatever depth: `name` may stand under function.
void read_choice(json::value& value, ToolChoice& choice, bool& is_known) {
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "type" || key == "mode") {
            const auto word = json::text_or_empty(member);
            if (const auto mode = mode_of(word)) choice.mode = *mode;
            is_known = is_known || mode_of(word).has_value() || word == "allowed_tools";
        } else if (key == "name") {
            choice.name = json::text_or_empty(member);
        } else if (key == "function" || key == "custom" || key == "allowed_tools") {
            read_choice(member, choice, is_known);
        } else if (key == "tools") {
            json::each_element(member, [&](json::value& tool) {
                ToolChoice named;
                bool ignored = false;
                read_choice(tool, named, ignored);
                if (!named.name.empty()) choice.allowed.push_back(std::move(named.name));
            });
        }
    });
}

}  // namespace

void read_tools(json::value& list, bool are_functions, std::vector<Tool>& tools, Fault& fault) {
    const std::string field = are_functions ? "functions" : "tools";
    int at = 0;
    const bool is_list = json::each_element(list, [&](json::value& element) {
        auto tool = read_tool(element);
        const auto path = field + "[" + std::to_string(at++) + "]";
        if (!tool.name.empty()) {
            tools.push_back(std::move(tool));
        } else if (!fault.is_there()) {
            fault = {path + (are_functions ? ".name" : ".function.name"), "is missing"};
        }
    });
    if (!is_list && !fault.is_there()) fault = {field, "must be a list"};
}

ToolChoice read_tool_choice(json::value& value, Fault& fault) {
    ToolChoice choice;
    if (is_string(value)) {
        const auto mode = mode_of(json::text_or_empty(value));
        if (mode && *mode != ToolMode::named) {
            choice.mode = *mode;
        } else {
            fault = {"tool_choice", "must be none, auto, required or name a tool"};
        }
        return choice;
    }
    bool is_known = false;
    read_choice(value, choice, is_known);
    const bool is_named = !choice.name.empty();
    if (is_named) choice.mode = ToolMode::named;
    if ((!is_known && !is_named) || (choice.mode == ToolMode::named && !is_named))
        fault = {"tool_choice", "must be none, auto, required or name a tool"};
    return choice;
}

OutputFormat read_response_format(json::value& value, Fault& fault) {
    OutputFormat format;
    std::string type;
    const auto read = [&](auto& self, json::value& object) -> void {
        json::each_member(object, [&](std::string_view key, json::value& member) {
            if (json::is_null(member)) return;
            if (key == "type") {
                type = json::text_or_empty(member);
            } else if (key == "json_schema") {
                self(self, member);
            } else if (key == "name") {
                format.name = json::text_or_empty(member);
            } else if (key == "description") {
                format.description = text_of(member);
            } else if (key == "schema") {
                format.schema = json::raw(member);
            } else if (key == "strict") {
                format.strict = json::boolean(member);
            }
        });
    };
    read(read, value);
    if (type == "json_schema" || (type == "json_object" && !format.schema.empty())) {
        format.kind = OutputKind::json_schema;
        if (format.schema.empty()) format.kind = OutputKind::json_object;
    } else if (type == "json_object") {
        format.kind = OutputKind::json_object;
    } else if (type != "text") {
        fault = {"response_format.type", "must be text, json_object or json_schema"};
    }
    return format;
}

std::optional<Effort> effort_of(std::string_view word) {
    if (word == "ultra") return Effort::max;      // DeepSeek
    if (word == "disabled") return Effort::none;  // LiteLLM
    return dialects::effort_of(word);
}

void read_reasoning(json::value& value, Reasoning& reasoning, Fault& fault) {
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (json::is_null(member)) return;
        if (key == "effort") {
            reasoning.effort = effort_of(json::text_or_empty(member));
            if (!reasoning.effort) fault = {"reasoning.effort", "is no effort that is known"};
        } else if (key == "max_tokens") {
            reasoning.budget = json::integer(member);
            if (reasoning.budget) reasoning.mode = ThinkingMode::budget;
        } else if (key == "exclude") {
            reasoning.is_shown = !json::boolean(member).value_or(false);
        } else if (key == "enabled" && reasoning.mode != ThinkingMode::budget) {
            reasoning.mode =
                json::boolean(member).value_or(true) ? ThinkingMode::adaptive : ThinkingMode::off;
        } else if (key == "summary") {
            reasoning.summary = json::text_or_empty(member);
        }
    });
}

void read_thinking_switch(json::value& value, Reasoning& reasoning, Fault& fault) {
    std::string type;
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "type") {
            type = json::text_or_empty(member);
        } else if (key == "budget_tokens") {
            reasoning.budget = json::integer(member);
        } else if (key == "display") {
            reasoning.is_shown = json::text_or_empty(member) != "omitted";
        }
    });
    if (type == "disabled") {
        reasoning.mode = ThinkingMode::off;
    } else if (type == "between_tools") {
        reasoning.mode = ThinkingMode::between_tools;
    } else if (type == "enabled" && reasoning.budget) {
        reasoning.mode = ThinkingMode::budget;
    } else if (type == "enabled" || type == "adaptive" || type == "auto") {
        reasoning.mode = ThinkingMode::adaptive;
    } else {
        fault = {"thinking.type", "must be enabled, adaptive or disabled"};
    }
}

}  // namespace router::dialects::openai_chat
