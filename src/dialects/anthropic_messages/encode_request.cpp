#include "dialects/anthropic_messages/encode_request.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "dialects/anthropic_messages/encode_messages.hpp"
#include "dialects/anthropic_messages/encode_tools.hpp"
#include "dialects/anthropic_messages/encoding.hpp"
#include "dialects/anthropic_messages/message_list.hpp"
#include "dialects/effort_words.hpp"
#include "dialects/schema.hpp"
#include "wire/json.hpp"

namespace router::dialects::anthropic_messages {

using canonical::Effort;
using canonical::OutputKind;
using canonical::Request;
using canonical::ThinkingMode;
using wire::JsonWriter;

namespace {

constexpr std::string_view no_field = "Anthropic has no such field.";
constexpr std::int64_t default_max_tokens = 4096;  // the API insists on a limit
constexpr std::string_view output_config = "output_config.";

void write_head(Encoding& encoding, std::string_view model, const Variant& variant) {
    auto& writer = encoding.writer();
    const auto& request = encoding.request();
    // Vertex and Bedrock name the model in the URL; Bedrock the streaming, too.
    const bool is_at_home = variant.anthropic_version.empty();
    if (is_at_home) {
        writer.text("model", model);
    } else {
        writer.text("anthropic_version", variant.anthropic_version);
    }
    const auto most = static_cast<std::int64_t>(variant.max_output_tokens);
    auto limit = request.max_tokens.value_or(most > 0 ? most : default_max_tokens);
    if (most > 0 && limit > most) {
        limit = most;
        encoding.lose("max_tokens", "The model writes no more than " + std::to_string(most) + ".");
    }
    writer.number("max_tokens", limit);
    const bool is_bedrock = variant.anthropic_version.starts_with("bedrock");
    if (request.is_streaming && !is_bedrock) writer.boolean("stream", true);
}

void write_sampling(Encoding& encoding) {
    auto& writer = encoding.writer();
    const auto& sampling = encoding.request().sampling;
    if (sampling.temperature) {
        if (*sampling.temperature > 1) encoding.lose("temperature", "Anthropic's ends at 1.");
        writer.number("temperature", std::clamp(*sampling.temperature, 0.0, 1.0));
    }
    if (sampling.top_p) writer.number("top_p", *sampling.top_p);
    if (sampling.top_k) writer.number("top_k", *sampling.top_k);
}

// Sequences of white space alone are refused.
bool is_blank(canonical::Text text) {
    return text.plain().find_first_not_of(" \t\r\n\f\v") == std::string::npos;
}

void write_stop(Encoding& encoding) {
    const auto& stop = encoding.request().stop;
    if (std::ranges::any_of(stop, is_blank)) {
        encoding.lose("stop", "Anthropic takes no sequence of white space alone.");
    }
    if (std::ranges::all_of(stop, is_blank)) return;
    auto& writer = encoding.writer();
    writer.begin_array("stop_sequences");
    for (const auto& text : stop) {
        if (!is_blank(text)) writer.escaped(text.escaped);
    }
    writer.end_array();
}

void write_thinking_mode(Encoding& encoding) {
    auto& writer = encoding.writer();
    const auto& reasoning = encoding.request().reasoning;
    const auto begin = [&](std::string_view type) {
        writer.begin_object("thinking").text("type", type);
    };
    switch (reasoning.mode) {
        case ThinkingMode::automatic:
            return;
        case ThinkingMode::off:
            begin("disabled");
            break;
        case ThinkingMode::between_tools:
            begin("between_tools");
            break;
        case ThinkingMode::adaptive:
            begin("adaptive");
            break;
        case ThinkingMode::budget:
            begin("enabled");
            writer.number("budget_tokens", std::max<std::int64_t>(1024, *reasoning.budget));
            break;
    }
    const bool has_thoughts =
        reasoning.mode == ThinkingMode::adaptive || reasoning.mode == ThinkingMode::budget;
    if (has_thoughts && reasoning.is_shown) {
        writer.text("display", *reasoning.is_shown ? "summarized" : "omitted");
    }
    writer.end_object();
}

void write_output_config(Encoding& encoding) {
    auto& writer = encoding.writer();
    const auto& request = encoding.request();
    const auto effort = claude_effort_word(request.reasoning.effort);
    const bool has_format = request.output.kind == OutputKind::json_schema;
    const auto is_part = [](const canonical::Extra& extra) {
        return extra.first.starts_with(output_config);
    };
    const bool has_extras = encoding.is_own() && std::ranges::any_of(request.extras, is_part);
    if (effort.empty() && !has_format && !has_extras) return;
    writer.begin_object("output_config");
    if (!effort.empty()) writer.text("effort", effort);
    if (has_format) {
        writer.begin_object("format").text("type", "json_schema");
        writer.raw("schema", anthropic_schema(request.output.schema)).end_object();
    }
    for (const auto& extra : request.extras) {
        if (has_extras && is_part(extra)) {
            const auto name = std::string_view(extra.first).substr(output_config.size());
            writer.raw(wire::escaped(name), extra.second);
        }
    }
    writer.end_object();
}

void write_account(Encoding& encoding) {
    auto& writer = encoding.writer();
    const auto& request = encoding.request();
    if (!request.user.empty()) {
        writer.begin_object("metadata").text("user_id", request.user).end_object();
    }
    const auto& tier = request.service_tier;
    if (tier == "auto") {
        writer.text("service_tier", "auto");
    } else if (tier == "default") {
        writer.text("service_tier", "standard_only");
    } else if (!tier.empty()) {
        encoding.lose("service_tier", "Anthropic has no tier \"" + tier + "\".");
    }
}

void write_extras(Encoding& encoding) {
    for (const auto& [name, value] : encoding.request().extras) {
        if (name.starts_with(output_config) && encoding.is_own()) continue;
        if (encoding.is_own()) {
            encoding.writer().raw(wire::escaped(name), value);
        } else {
            encoding.lose(name, no_field);
        }
    }
}

// What would make another call of it.
Result<> check(const Request& request) {
    if (auto checked = check_sayable(request, "Anthropic"); !checked) return checked;
    if (request.reasoning.mode == ThinkingMode::budget && !request.reasoning.budget)
        return refuse_field(request, "thinking", "The budget is missing.");
    return {};
}

}  // namespace

Result<EncodedRequest> encode_request(const Request& request, std::string_view model,
                                      const Variant& variant) {
    if (auto checked = check(request); !checked) return std::unexpected(checked.error());
    EncodedRequest encoded;
    encoded.body.reserve(request.source_bytes + canonical::room_for_other_words);
    Encoding encoding(request, encoded);
    auto& writer = encoding.writer();
    writer.begin_object();
    write_head(encoding, model, variant);
    // Tools, system and messages in this order: so the cache marks are counted.
    if (auto written = write_tools(encoding); !written) return std::unexpected(written.error());
    const MessageList list(request.turns);
    write_system(encoding, list);
    if (auto written = write_messages(encoding, list); !written) {
        return std::unexpected(written.error());
    }
    write_sampling(encoding);
    write_stop(encoding);
    write_thinking_mode(encoding);
    write_output_config(encoding);
    write_account(encoding);
    write_extras(encoding);
    writer.end_object();
    for (const auto field : unsaid_fields(request)) encoding.lose(field, no_field);
    encoding.finish();
    return encoded;
}

}  // namespace router::dialects::anthropic_messages
