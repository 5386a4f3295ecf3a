#include "dialects/bedrock_converse/encode_request.hpp"

#include <algorithm>
#include <string>
#include <variant>

#include "dialects/effort_words.hpp"
#include "dialects/unsaid.hpp"

namespace router::dialects::bedrock_converse {
namespace {

using canonical::Effort;
using canonical::OutputKind;
using canonical::Request;
using canonical::ThinkingMode;
using canonical::Tool;
using canonical::ToolKind;
using canonical::ToolMode;

constexpr std::string_view no_field = "Bedrock's Converse has no such field.";

bool has_calls(const Request& request) {
    return std::ranges::any_of(request.turns, [](const canonical::Turn& turn) {
        return std::ranges::any_of(turn.blocks, [](const canonical::Block& block) {
            return std::holds_alternative<canonical::ToolCallBlock>(block) ||
                   std::holds_alternative<canonical::ToolResultBlock>(block);
        });
    });
}

void write_inference(Encoding& encoding) {
    auto& writer = encoding.writer;
    const auto& request = encoding.request;
    const auto& sampling = request.sampling;
    writer.begin_object("inferenceConfig");
    if (request.max_tokens) writer.number("maxTokens", *request.max_tokens);
    if (sampling.temperature) {
        if (*sampling.temperature > 1) encoding.lose("temperature", "Bedrock's ends at 1.");
        writer.number("temperature", std::clamp(*sampling.temperature, 0.0, 1.0));
    }
    if (sampling.top_p) writer.number("topP", *sampling.top_p);
    if (!request.stop.empty()) {
        writer.begin_array("stopSequences");
        for (const auto& text : request.stop) writer.escaped(text.escaped);
        writer.end_array();
    }
    writer.end_object();
}

void write_tool(const Tool& tool, Encoding& encoding) {
    auto& writer = encoding.writer;
    writer.begin_object().begin_object("toolSpec").text("name", tool.name);
    if (!tool.description.is_empty()) writer.escaped("description", tool.description.escaped);
    writer.begin_object("inputSchema")
        .raw("json",
             tool.parameters.empty() ? R"({"type":"object","properties":{}})" : tool.parameters)
        .end_object();
    if (tool.strict.value_or(false)) writer.boolean("strict", true);
    writer.end_object().end_object();
}

void write_choice(Encoding& encoding) {
    auto& writer = encoding.writer;
    const auto& choice = encoding.request.tool_choice;
    if (!choice) return;
    switch (choice->mode) {
        case ToolMode::automatic:
            return;
        case ToolMode::none:
            return encoding.lose("tool_choice", "Bedrock's Converse cannot forbid tools.");
        case ToolMode::required:
            writer.begin_object("toolChoice").begin_object("any").end_object().end_object();
            return;
        case ToolMode::named:
            writer.begin_object("toolChoice").begin_object("tool");
            writer.text("name", choice->name).end_object().end_object();
            return;
    }
}

// Without calls among the turns tools that must not be called need not be told.
Result<> write_tools(Encoding& encoding) {
    const auto& request = encoding.request;
    const auto& choice = request.tool_choice;
    const bool is_forbidden = choice && choice->mode == ToolMode::none;
    if (request.tools.empty() || (is_forbidden && !has_calls(request))) return {};
    for (const auto& tool : request.tools) {
        if (tool.kind == ToolKind::function) continue;
        return fail(
            ErrorKind::bad_request,
            "tools: Bedrock's Converse takes functions alone, and not \"" + tool.name + "\".",
            "tools");
    }
    const auto is_allowed = [&](const Tool& tool) {
        return !choice || choice->allowed.empty() ||
               std::ranges::find(choice->allowed, tool.name) != choice->allowed.end();
    };
    encoding.writer.begin_object("toolConfig").begin_array("tools");
    for (const auto& tool : request.tools) {
        if (is_allowed(tool)) write_tool(tool, encoding);
    }
    encoding.writer.end_array();
    write_choice(encoding);
    encoding.writer.end_object();
    if (request.parallel_tool_calls == false) encoding.lose("parallel_tool_calls", no_field);
    return {};
}

// The schema is a text that holds JSON.
void write_format(Encoding& encoding) {
    const auto& output = encoding.request.output;
    if (output.kind == OutputKind::json_object) encoding.lose("response_format", no_field);
    if (output.kind != OutputKind::json_schema) return;
    auto& writer = encoding.writer;
    writer.begin_object("outputConfig").begin_object("textFormat").text("type", "json_schema");
    writer.begin_object("structure").begin_object("jsonSchema").text("schema", output.schema);
    if (!output.name.empty()) writer.text("name", output.name);
    if (!output.description.is_empty()) writer.escaped("description", output.description.escaped);
    writer.end_object().end_object().end_object().end_object();
}

// Thinking is told in each maker's own words; those of Anthropic are known.
void write_thinking(Encoding& encoding) {
    auto& writer = encoding.writer;
    const auto& reasoning = encoding.request.reasoning;
    const bool is_adaptive = reasoning.mode == ThinkingMode::adaptive;
    const bool is_budget = reasoning.mode == ThinkingMode::budget && reasoning.budget;
    if (!is_adaptive && !is_budget) {
        if (reasoning.effort && *reasoning.effort != Effort::none) {
            encoding.lose("reasoning_effort", no_field);
        }
        return;
    }
    writer.begin_object("additionalModelRequestFields").begin_object("thinking");
    writer.text("type", is_adaptive ? "adaptive" : "enabled");
    if (is_budget) writer.number("budget_tokens", std::max<std::int64_t>(1024, *reasoning.budget));
    writer.end_object();
    if (const auto effort = claude_effort_word(reasoning.effort); !effort.empty())
        writer.begin_object("output_config").text("effort", effort).end_object();
    writer.end_object();
}

void write_tier(Encoding& encoding) {
    const auto& tier = encoding.request.service_tier;
    if (tier.empty() || tier == "auto") return;
    if (tier != "default" && tier != "flex" && tier != "priority") {
        return encoding.lose("service_tier", "Bedrock has no tier \"" + tier + "\".");
    }
    encoding.writer.begin_object("serviceTier").text("type", tier).end_object();
}

void tell_losses(Encoding& encoding) {
    const auto& request = encoding.request;
    for (const auto field : unsaid_fields(request)) encoding.lose(field, no_field);
    if (request.sampling.top_k) encoding.lose("top_k", no_field);
    if (!request.user.empty()) encoding.lose("user", no_field);
    for (const auto& [name, value] : request.extras) encoding.lose(name, no_field);
}

}  // namespace

void Encoding::lose(std::string_view field, std::string_view reason) {
    const auto name = client_field(request.dialect, field);
    const auto is_known = [&](const canonical::Loss& loss) { return loss.field == name; };
    if (std::ranges::any_of(out.losses, is_known)) return;
    out.losses.push_back({std::string(name), std::string(reason)});
}

Result<EncodedRequest> encode_request(const Request& request) {
    if (auto checked = check_sayable(request, "Bedrock"); !checked)
        return std::unexpected(checked.error());
    EncodedRequest encoded;
    encoded.body.reserve(request.source_bytes + canonical::room_for_other_words);
    Encoding encoding{.request = request, .out = encoded};
    encoding.writer.begin_object();
    if (auto written = write_messages(encoding); !written) {
        return std::unexpected(written.error());
    }
    write_inference(encoding);
    if (auto written = write_tools(encoding); !written) return std::unexpected(written.error());
    write_format(encoding);
    write_thinking(encoding);
    write_tier(encoding);
    encoding.writer.end_object();
    tell_losses(encoding);
    return encoded;
}

}  // namespace router::dialects::bedrock_converse
