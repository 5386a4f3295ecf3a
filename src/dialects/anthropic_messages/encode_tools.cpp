#include "dialects/anthropic_messages/encode_tools.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/schema.hpp"
#include "wire/json.hpp"

namespace router::dialects::anthropic_messages {

using canonical::Tool;
using canonical::ToolKind;
using canonical::ToolMode;

namespace json = wire::json;

namespace {

bool is_offered(const canonical::Request& request, const Tool& tool) {
    if (!request.tool_choice || request.tool_choice->allowed.empty()) return true;
    const auto& allowed = request.tool_choice->allowed;
    return std::ranges::find(allowed, tool.name) != allowed.end();
}

void write_schema(Encoding& encoding, const Tool& tool) {
    auto& writer = encoding.writer();
    const auto schema = tool.parameters;
    if (schema.empty()) {
        writer.raw("input_schema", R"({"type":"object","properties":{}})");
    } else if (tool.strict.value_or(false)) {
        writer.raw("input_schema", anthropic_schema(schema));
    } else {
        writer.raw("input_schema", object_schema(schema));
    }
}

void write_function(Encoding& encoding, const Tool& tool) {
    auto& writer = encoding.writer();
    writer.begin_object().text("name", tool.name);
    if (!tool.description.is_empty()) writer.escaped("description", tool.description.escaped);
    write_schema(encoding, tool);
    if (tool.strict.value_or(false)) writer.boolean("strict", true);
    if (tool.is_deferred) writer.boolean("defer_loading", true);
    encoding.write_cache(tool.cache);
    writer.end_object();
}

// A place as Responses writes it, {type, city, ...}; Chat has it in one member more.
void write_location(Encoding& encoding, json::value& location) {
    std::string city, region, country, timezone;
    const auto note = [&](std::string_view key, json::value& value) {
        if (key == "city") city = json::text_or_empty(value);
        if (key == "region") region = json::text_or_empty(value);
        if (key == "country") country = json::text_or_empty(value);
        if (key == "timezone") timezone = json::text_or_empty(value);
    };
    json::each_member(location, [&](std::string_view key, json::value& value) {
        if (key == "approximate") {
            json::each_member(value, note);
        } else {
            note(key, value);
        }
    });
    auto& writer = encoding.writer();
    writer.begin_object("user_location").text("type", "approximate");
    if (!city.empty()) writer.text("city", city);
    if (!region.empty()) writer.text("region", region);
    if (!country.empty()) writer.text("country", country);
    if (!timezone.empty()) writer.text("timezone", timezone);
    writer.end_object();
}

void write_domains(Encoding& encoding, json::value& filters) {
    json::each_member(filters, [&](std::string_view key, json::value& value) {
        if (key != "allowed_domains" && key != "blocked_domains") return;
        const auto domains = json::raw(value);
        if (domains.size() < 3 || domains.front() != '[' || !json::is_valid(domains)) return;
        encoding.writer().raw(key, domains);
    });
}

void write_web_search(Encoding& encoding, const Tool& tool) {
    auto& writer = encoding.writer();
    writer.begin_object().text("type", "web_search_20250305").text("name", "web_search");
    std::string padded(tool.declaration);
    padded.reserve(padded.size() + json::padding);
    auto document = json::read(padded);
    json::value declaration;
    if (document.get_value().get(declaration) == simdjson::SUCCESS) {
        json::each_member(declaration, [&](std::string_view key, json::value& value) {
            if (json::type_of(value) != json::json_type::object) return;
            if (key == "user_location") write_location(encoding, value);
            if (key == "filters") write_domains(encoding, value);
        });
    }
    writer.end_object();
}

// Tools that Anthropic runs, in their versions that need no beta or the oldest one
// (docs.anthropic.com/en/docs/agents-and-tools/tool-use, read 2026-11-22).
Result<> write_tool(Encoding& encoding, const Tool& tool) {
    auto& writer = encoding.writer();
    if (tool.kind == ToolKind::function && !encoding.is_own()) {
        write_function(encoding, tool);
        return {};
    }
    if (encoding.is_own()) {  // it may say more than the canonical form does
        writer.raw(tool.declaration);
        return {};
    }
    switch (tool.kind) {
        case ToolKind::web_search:
            write_web_search(encoding, tool);
            return {};
        case ToolKind::web_fetch:
            encoding.need_beta("web-fetch-2025-09-10");
            writer.begin_object().text("type", "web_fetch_20250910").text("name", "web_fetch");
            writer.end_object();
            return {};
        case ToolKind::code_execution:
            encoding.need_beta("code-execution-2025-08-25");
            writer.begin_object().text("type", "code_execution_20250825");
            writer.text("name", "code_execution").end_object();
            return {};
        default:
            return fail(ErrorKind::bad_request,
                        "tools: Anthropic cannot be offered the tool \"" + tool.name + "\".",
                        "tools");
    }
}

void write_choice(Encoding& encoding, bool has_tools) {
    const auto& request = encoding.request();
    const bool is_one_at_a_time = !request.parallel_tool_calls.value_or(true);
    if (!has_tools || (!request.tool_choice && !is_one_at_a_time)) return;
    const auto choice = request.tool_choice.value_or(canonical::ToolChoice());
    auto& writer = encoding.writer();
    writer.begin_object("tool_choice");
    switch (choice.mode) {
        case ToolMode::automatic:
            writer.text("type", "auto");
            break;
        case ToolMode::none:
            writer.text("type", "none");
            break;
        case ToolMode::required:
            writer.text("type", "any");
            break;
        case ToolMode::named:
            writer.text("type", "tool").text("name", choice.name);
            break;
    }
    if (is_one_at_a_time && choice.mode != ToolMode::none) {
        writer.boolean("disable_parallel_tool_use", true);
    }
    writer.end_object();
}

}  // namespace

Result<> write_tools(Encoding& encoding) {
    const auto& request = encoding.request();
    const auto offered = [&](const Tool& tool) { return is_offered(request, tool); };
    const bool has_tools = std::ranges::any_of(request.tools, offered);
    if (has_tools) {
        encoding.writer().begin_array("tools");
        for (const auto& tool : request.tools) {
            if (!offered(tool)) continue;
            if (auto written = write_tool(encoding, tool); !written) return written;
        }
        encoding.writer().end_array();
    }
    write_choice(encoding, has_tools);
    return {};
}

}  // namespace router::dialects::anthropic_messages
