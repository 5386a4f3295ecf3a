#include <algorithm>
#include <array>
#include <set>
#include <variant>

#include "dialects/fit_steps.hpp"
#include "wire/json.hpp"
#include "wire/json_text.hpp"
#include "wire/json_tree.hpp"

namespace router::dialects {

using canonical::DialectId;
using canonical::Tool;
using canonical::ToolCallBlock;
using canonical::ToolKind;
using canonical::ToolMode;
using canonical::ToolResultBlock;

namespace {

bool is_clients(ToolKind kind) { return kind == ToolKind::function || kind == ToolKind::custom; }

bool takes_custom(const Fitting& fitting) {
    return fitting.is_for_openai() && fitting.facts.takes_custom_tools;
}

// What a tool of the client's goes out as.
ToolKind kind_sent(const Fitting& fitting, ToolKind kind) {
    return kind == ToolKind::custom && !takes_custom(fitting) ? ToolKind::function : kind;
}

bool has_namespaces(const Fitting& fitting) {
    return fitting.is_for(DialectId::openai_responses) && fitting.is_same_dialect();
}

// A custom tool as a function: its text is the one argument, its grammar is told in words.
void make_function(Fitting& fitting, Tool& tool) {
    auto& arena = *fitting.request.arena;
    tool.kind = ToolKind::function;
    tool.parameters =
        R"({"type":"object","properties":{"input":{"type":"string","description":"The whole input, as it is."}},"required":["input"],"additionalProperties":false})";
    tool.declaration = {};
    tool.strict.reset();
    const auto format = wire::parse_json(tool.format);
    tool.format = {};
    const auto* of_chat = format ? format->find("grammar") : nullptr;
    const auto* grammar = of_chat != nullptr ? of_chat : format ? &*format : nullptr;
    const auto* definition = grammar == nullptr ? nullptr : grammar->find("definition");
    if (definition == nullptr) return;
    const auto* syntax = grammar->find("syntax");
    auto text = std::string(tool.description.escaped);
    if (!text.empty()) text += "\\n\\n";
    text += "The input follows this " + (syntax == nullptr ? std::string() : syntax->text + ' ') +
            "grammar:\\n" + definition->text;
    tool.description = {arena.keep(std::move(text))};
}

// Tools that the target's provider runs itself. What it cannot run is dropped.
bool runs_itself(const Fitting& fitting, const Tool& tool, bool has_functions) {
    if (fitting.is_same_dialect()) return true;
    const bool is_search = tool.kind == ToolKind::web_search;
    const bool is_fetch = tool.kind == ToolKind::web_fetch;
    switch (fitting.target) {
        case DialectId::anthropic_messages:
            return is_search || is_fetch;
        case DialectId::openai_responses:
            return is_search;
        case DialectId::gemini:  // which takes its own tools or functions, not both
            return (is_search || is_fetch) && !has_functions;
        case DialectId::openai_chat:
        case DialectId::bedrock_converse:
            break;
    }
    return false;
}

// The tools that a search found: Anthropic's tool_reference parts of results.
std::set<std::string> found_tools(const canonical::Request& request) {
    std::set<std::string> found;
    for (const auto& turn : request.turns) {
        for (const auto& block : turn.blocks) {
            const auto* result = std::get_if<ToolResultBlock>(&block);
            if (result == nullptr) continue;
            for (const auto& part : result->parts) {
                const auto* opaque = std::get_if<canonical::OpaqueBlock>(&part);
                if (opaque == nullptr || opaque->type != "tool_reference") continue;
                const auto tree = wire::parse_json(opaque->json);
                const auto* name = tree ? tree->find("tool_name") : nullptr;
                if (name != nullptr) found.insert(wire::unescaped(name->text));
            }
        }
    }
    return found;
}

// Elsewhere tools cannot wait: those found are offered, all of them when nothing is left to find
// them with.
void offer_deferred(Fitting& fitting) {
    auto& tools = fitting.request.tools;
    const auto is_deferred = [](const Tool& tool) { return tool.is_deferred; };
    if (fitting.is_same_dialect() || std::ranges::none_of(tools, is_deferred)) return;
    const bool has_search = std::ranges::none_of(tools, [](const Tool& tool) {
        return tool.kind == ToolKind::opaque && tool.declaration.contains("tool_search");
    });
    const auto found = found_tools(fitting.request);
    const bool has_others = std::ranges::any_of(
        tools, [](const Tool& tool) { return !tool.is_deferred && is_clients(tool.kind); });
    if (has_search && has_others)
        std::erase_if(tools, [&](const Tool& tool) {
            return tool.is_deferred && !found.contains(tool.name);
        });
    for (auto& tool : tools) tool.is_deferred = false;
}

std::string name_of(const Tool& tool) {
    if (!tool.name.empty()) return tool.name;
    switch (tool.kind) {
        case ToolKind::web_search:
            return "web_search";
        case ToolKind::web_fetch:
            return "web_fetch";
        case ToolKind::code_execution:
            return "code_execution";
        default:
            return "a tool of its provider's own";
    }
}

Result<> drop_foreign(Fitting& fitting) {
    auto& request = fitting.request;
    const bool has_functions =
        std::ranges::any_of(request.tools, [](const Tool& tool) { return is_clients(tool.kind); });
    std::string dropped;
    std::erase_if(request.tools, [&](const Tool& tool) {
        if (is_clients(tool.kind) || runs_itself(fitting, tool, has_functions)) return false;
        dropped = name_of(tool);
        fitting.lose(field_name(fitting, Field::tools), dropped + " is not known to the target");
        return true;
    });
    if (dropped.empty() || fitting.settings.drop_params) return {};
    const bool is_forced = request.tool_choice && request.tool_choice->mode == ToolMode::named &&
                           request.tool_choice->name == dropped;
    if (!request.tools.empty() && !is_forced) return {};
    return fail(ErrorKind::bad_request,
                "The tool " + dropped +
                    " is run by the provider of another kind of model; this "
                    "model's provider cannot run it.",
                std::string(field_name(fitting, Field::tools)));
}

// Names that may stay as they are come first, so that no other takes them.
void name_tools(Fitting& fitting) {
    const auto rule = name_rule(fitting.target);
    const bool keeps_namespaces = has_namespaces(fitting);
    for (const bool is_plain : {true, false}) {
        for (auto& tool : fitting.request.tools) {
            const bool has_space = !tool.name_space.empty() && !keeps_namespaces;
            if (!is_clients(tool.kind) || is_plain == has_space) continue;
            const auto kind = kind_sent(fitting, tool.kind);
            const auto sent = fitting.names.sent(tool.name, has_space ? tool.name_space : "",
                                                 tool.kind, kind, rule);
            if (kind != tool.kind) make_function(fitting, tool);
            tool.name = sent;
            if (has_space) tool.name_space.clear();
        }
    }
}

// {"input": "..."} of a custom tool's text.
canonical::Json wrapped(canonical::Json text, canonical::Arena& arena) {
    return arena.keep("{\"input\":\"" + std::string(text) + "\"}");
}

// OpenAI's dialects carry arguments as a text, which may have broken off; others want an object.
void mend_arguments(Fitting& fitting, ToolCallBlock& call) {
    const auto client = fitting.request.dialect;
    const bool is_text = client == DialectId::openai_chat || client == DialectId::openai_responses;
    if (fitting.is_for_openai() || !is_text) return;
    const auto begin = call.arguments.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) {
        call.arguments = "{}";
    } else if (call.arguments[begin] != '{' || !wire::json::is_valid(call.arguments)) {
        call.arguments =
            fitting.request.arena->keep("{\"_raw\":" + wire::quoted(call.arguments) + '}');
        fitting.lose(field_name(fitting, Field::messages),
                     "arguments that are no JSON object go as the text that they are");
    }
}

void name_calls(Fitting& fitting) {
    const auto rule = name_rule(fitting.target);
    const bool keeps_namespaces = has_namespaces(fitting);
    for (auto& turn : fitting.request.turns) {
        for (auto& block : turn.blocks) {
            if (auto* result = std::get_if<ToolResultBlock>(&block))
                result->kind = kind_sent(fitting, result->kind);
            auto* call = std::get_if<ToolCallBlock>(&block);
            if (call == nullptr || !is_clients(call->kind)) continue;
            const auto kind = kind_sent(fitting, call->kind);
            const bool has_space = !call->name_space.empty() && !keeps_namespaces;
            call->name = fitting.names.sent(call->name, has_space ? call->name_space : "",
                                            call->kind, kind, rule);
            if (kind != call->kind)
                call->arguments = wrapped(call->arguments, *fitting.request.arena);
            call->kind = kind;
            if (kind == ToolKind::function) mend_arguments(fitting, *call);
            if (has_space) call->name_space.clear();
        }
    }
}

std::string sent_name(const Fitting& fitting, const std::vector<Tool>& before,
                      const std::string& name) {
    for (std::size_t at = 0; at < before.size(); ++at) {
        if (before[at].name == name) return fitting.request.tools[at].name;
    }
    return name;
}

void name_choice(Fitting& fitting, const std::vector<Tool>& before) {
    auto& choice = fitting.request.tool_choice;
    if (!choice) return;
    choice->name = sent_name(fitting, before, choice->name);
    for (auto& name : choice->allowed) name = sent_name(fitting, before, name);
}

// Only some tools may be called: dialects that cannot say so are told of those alone.
void fit_allowed(Fitting& fitting) {
    auto& choice = fitting.request.tool_choice;
    if (!choice || choice->allowed.empty()) return;
    const bool is_said = takes_custom(fitting) ||
                         (fitting.is_for(DialectId::gemini) && choice->mode == ToolMode::required);
    if (is_said) return;
    std::erase_if(fitting.request.tools, [&](const Tool& tool) {
        return is_clients(tool.kind) &&
               std::ranges::find(choice->allowed, tool.name) == choice->allowed.end();
    });
    choice->allowed.clear();
}

// Anthropic refuses calls in history where no tool is declared.
void declare_called(Fitting& fitting) {
    auto& request = fitting.request;
    if (!fitting.is_for_claude() || !request.tools.empty()) return;
    for (const auto& turn : request.turns) {
        for (const auto& block : turn.blocks) {
            const auto* call = std::get_if<ToolCallBlock>(&block);
            if (call == nullptr) continue;
            request.tools.push_back({.name = call->name});
            request.tool_choice = canonical::ToolChoice{.mode = ToolMode::none};
            return;
        }
    }
}

}  // namespace

Result<> fit_tools(Fitting& fitting) {
    auto& request = fitting.request;
    const bool is_none = request.tool_choice && request.tool_choice->mode == ToolMode::none;
    if (!request.tools.empty() && !fitting.facts.takes_tools) {
        if (!is_none && !fitting.settings.drop_params)
            return fail(ErrorKind::bad_request, "The model takes no tools.",
                        std::string(field_name(fitting, Field::tools)));
        fitting.lose(field_name(fitting, Field::tools), "the model takes none");
        request.tools.clear();
    }
    offer_deferred(fitting);
    if (auto done = drop_foreign(fitting); !done) return done;
    const auto before = request.tools;
    name_tools(fitting);
    name_calls(fitting);
    name_choice(fitting, before);
    fit_allowed(fitting);
    if (request.tools.empty()) {
        request.tool_choice.reset();
        request.parallel_tool_calls.reset();
    }
    declare_called(fitting);
    if (fitting.is_for(DialectId::openai_chat) && !request.tools.empty() &&
        fitting.facts.chat_tools == config::ChatTools::no)
        return fail(ErrorKind::bad_request,
                    "The model takes tools only through the Responses API of its provider.",
                    std::string(field_name(fitting, Field::tools)));
    return {};
}

Result<> fit_tool_choice(Fitting& fitting) {
    auto& request = fitting.request;
    if (request.parallel_tool_calls == false && fitting.is_for(DialectId::gemini)) {
        fitting.lose(field_name(fitting, Field::parallel_tool_calls), "Gemini has no such field");
        request.parallel_tool_calls.reset();
    }
    if (!request.tool_choice) return {};
    auto& choice = *request.tool_choice;
    const bool is_forced = choice.mode == ToolMode::required || choice.mode == ToolMode::named;
    if (!is_forced || fitting.facts.forced_tools == config::ForcedTools::yes) return {};
    const auto field = field_name(fitting, Field::tool_choice);
    if (fitting.facts.forced_tools == config::ForcedTools::not_with_thinking) {
        const bool decides_itself =
            fitting.is_for_claude() && request.reasoning.mode != canonical::ThinkingMode::budget;
        if (!is_thinking(fitting) || decides_itself) return {};
        const auto off = fitting.facts.thinking_off;
        if (off == config::ThinkingOff::disabled) {
            request.reasoning = {.mode = canonical::ThinkingMode::off};
            fitting.lose(field_name(fitting, Field::thinking),
                         "the model cannot think where it is forced to call a tool");
            return {};
        }
    }
    choice.mode = ToolMode::automatic;
    choice.name.clear();
    fitting.lose(field, "the model cannot be forced to call a tool; it may");
    return {};
}

}  // namespace router::dialects
