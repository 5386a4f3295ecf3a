#include "dialects/anthropic_messages/decode_request.hpp"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dialects/anthropic_messages/decode_blocks.hpp"
#include "dialects/anthropic_messages/decode_tools.hpp"
#include "dialects/anthropic_messages/reading.hpp"
#include "dialects/anthropic_messages/words.hpp"

namespace router::dialects::anthropic_messages {

using canonical::Block;
using canonical::OutputKind;
using canonical::Request;
using canonical::Role;
using canonical::TextBlock;
using canonical::ThinkingMode;
using canonical::ToolResultBlock;
using canonical::Turn;

namespace {

constexpr std::string_view billing_header = "x-anthropic-billing-header:";

std::unexpected<Error> refuse(const std::string& place, std::string_view why) {
    return fail(ErrorKind::bad_request, place + ": " + std::string(why), place);
}

bool is_billing_header(const Block& block) {
    const auto* text = std::get_if<TextBlock>(&block);
    return text != nullptr && text->text.escaped.starts_with(billing_header);
}

Result<> read_system(json::value& value, Request& request) {
    Turn turn{.role = Role::system};
    auto read = BlockReader(*request.arena).read(value, "system", turn.blocks);
    if (!read) return read;
    std::erase_if(turn.blocks, is_billing_header);
    if (!turn.blocks.empty()) request.turns.insert(request.turns.begin(), std::move(turn));
    return {};
}

void add_user(std::vector<Block> blocks, Request& request) {
    Turn results{.role = Role::tool};
    Turn said{.role = Role::user};
    for (auto& block : blocks) {
        const bool is_result = std::holds_alternative<ToolResultBlock>(block);
        (is_result ? results : said).blocks.push_back(std::move(block));
    }
    const bool has_results = !results.blocks.empty();
    if (has_results) request.turns.push_back(std::move(results));
    if (!has_results || !said.blocks.empty()) request.turns.push_back(std::move(said));
}

Result<> read_message(json::value& value, const std::string& place, Request& request) {
    json::object message;
    if (value.get_object().get(message) != simdjson::SUCCESS) {
        return refuse(place, "Input should be an object");
    }
    const auto role = text_of(message, "role");
    if (!role) return refuse(place, "Input should be valid JSON");
    std::vector<Block> blocks;
    Result<> outcome;
    bool has_content = false;
    each_field(message, [&](std::string_view key, json::value& member) {
        if (key != "content") return true;
        has_content = true;
        outcome = BlockReader(*request.arena).read(member, place + ".content", blocks);
        return outcome.has_value();
    });
    if (!outcome) return outcome;
    if (!has_content) return refuse(place + ".content", "Field required");
    if (*role == "user") {
        add_user(std::move(blocks), request);
    } else if (*role == "assistant") {
        request.turns.push_back({.role = Role::assistant, .blocks = std::move(blocks)});
    } else if (*role == "system") {
        request.turns.push_back({.role = Role::system, .blocks = std::move(blocks)});
    } else {
        return refuse(place + ".role", "Input should be 'user', 'assistant' or 'system'");
    }
    return {};
}

Result<> read_messages(json::value& value, Request& request) {
    Result<> outcome;
    int index = 0;
    const bool is_list = json::each_element(value, [&](json::value& message) {
        outcome = read_message(message, "messages." + std::to_string(index++), request);
        return outcome.has_value();
    });
    if (!outcome) return outcome;
    if (!is_list) return refuse("messages", "Input should be a valid list");
    if (index == 0) return refuse("messages", "at least one message is required");
    return {};
}

Result<> read_model(json::value& value, Request& request) {
    request.model = json::text_or_empty(value);
    if (request.model.empty()) return refuse("model", "Input should be a valid string");
    return {};
}

Result<> read_max_tokens(json::value& value, Request& request) {
    request.max_tokens = json::integer(value);
    if (!request.max_tokens) return refuse("max_tokens", "Input should be a valid integer");
    if (*request.max_tokens < 0) {
        return refuse("max_tokens", "Input should be greater than or equal to 0");
    }
    return {};
}

Result<> read_stream(json::value& value, Request& request) {
    const auto is_streaming = json::boolean(value);
    if (!is_streaming) return refuse("stream", "Input should be a valid boolean");
    request.is_streaming = *is_streaming;
    return {};
}

Result<> read_number(json::value& value, std::optional<double>& number, const char* name) {
    number = json::number(value);
    if (!number) return refuse(name, "Input should be a valid number");
    return {};
}

Result<> read_temperature(json::value& value, Request& request) {
    return read_number(value, request.sampling.temperature, "temperature");
}

Result<> read_top_p(json::value& value, Request& request) {
    return read_number(value, request.sampling.top_p, "top_p");
}

Result<> read_top_k(json::value& value, Request& request) {
    request.sampling.top_k = json::integer(value);
    if (!request.sampling.top_k) return refuse("top_k", "Input should be a valid integer");
    return {};
}

Result<> read_stop(json::value& value, Request& request) {
    bool are_texts = true;
    const bool is_list = json::each_element(value, [&](json::value& text) {
        const auto found = json::escaped_text(text);
        are_texts = are_texts && found.has_value();
        if (found) request.stop.push_back({*found});
    });
    if (!is_list || !are_texts) {
        return refuse("stop_sequences", "Input should be a valid list of strings");
    }
    return {};
}

Result<> read_thinking(json::value& value, Request& request) {
    std::string type;
    auto& reasoning = request.reasoning;
    const bool is_object = json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "type") {
            type = json::text_or_empty(member);
        } else if (key == "budget_tokens") {
            reasoning.budget = json::integer(member);
        } else if (key == "display") {
            const auto display = json::text_or_empty(member);
            if (!display.empty()) reasoning.is_shown = display != "omitted";
        }
    });
    if (!is_object) return refuse("thinking", "Input should be an object");
    if (type == "disabled") {
        reasoning.mode = ThinkingMode::off;
    } else if (type == "between_tools") {
        reasoning.mode = ThinkingMode::between_tools;
    } else if (type == "adaptive") {
        reasoning.mode = ThinkingMode::adaptive;
    } else if (type == "enabled") {
        if (!reasoning.budget) return refuse("thinking.enabled.budget_tokens", "Field required");
        reasoning.mode = ThinkingMode::budget;
    } else {
        return refuse("thinking.type",
                      "Input should be 'enabled', 'disabled', 'adaptive' or 'between_tools'");
    }
    if (reasoning.mode != ThinkingMode::budget) reasoning.budget.reset();
    return {};
}

Result<> read_format(json::value& value, Request& request) {
    std::string type;
    const bool is_object = json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "type") type = json::text_or_empty(member);
        if (key == "schema") request.output.schema = valid_raw(member);
    });
    if (!is_object || type != "json_schema") {
        return refuse("output_config.format.type", "Input should be 'json_schema'");
    }
    if (!request.output.schema.starts_with('{')) {
        return refuse("output_config.format.schema", "Input should be an object");
    }
    request.output.kind = OutputKind::json_schema;
    return {};
}

Result<> read_output_config(json::value& value, Request& request) {
    Result<> outcome;
    const bool is_object = json::each_member(value, [&](std::string_view key, json::value& member) {
        if (json::is_null(member)) return true;
        if (key == "effort") {
            request.reasoning.effort = effort_of(json::text_or_empty(member));
            if (!request.reasoning.effort) {
                outcome = refuse("output_config.effort",
                                 "Input should be 'low', 'medium', 'high', 'xhigh' or 'max'");
            }
        } else if (key == "format") {
            outcome = read_format(member, request);
        } else {
            const auto name = "output_config." + std::string(key);
            const auto raw = valid_raw(member);
            if (raw.empty()) outcome = refuse(name, "Input should be valid JSON");
            request.extras.emplace_back(name, raw);
        }
        return outcome.has_value();
    });
    if (outcome && !is_object) return refuse("output_config", "Input should be an object");
    return outcome;
}

Result<> read_metadata(json::value& value, Request& request) {
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "user_id") request.user = json::text_or_empty(member);
    });
    return {};
}

Result<> read_service_tier(json::value& value, Request& request) {
    const auto tier = json::text_or_empty(value);
    request.service_tier = tier == "standard_only" ? "default" : tier;
    return {};
}

using Reader = Result<> (*)(json::value&, Request&);
constexpr std::array<std::pair<std::string_view, Reader>, 16> readers{
    {{"model", read_model},
     {"messages", read_messages},
     {"system", read_system},
     {"max_tokens", read_max_tokens},
     {"stream", read_stream},
     {"temperature", read_temperature},
     {"top_p", read_top_p},
     {"top_k", read_top_k},
     {"stop_sequences", read_stop},
     {"tools", read_tools},
     {"tool_choice", read_tool_choice},
     {"thinking", read_thinking},
     {"output_config", read_output_config},
     {"output_format", read_format},  // the beta's spelling
     {"metadata", read_metadata},
     {"service_tier", read_service_tier}}};

Result<> read_member(std::string_view key, json::value& value, Request& request) {
    const bool is_null = json::is_null(value);
    for (const auto& [name, reader] : readers) {
        if (key == name) return is_null ? Result<>() : reader(value, request);
    }
    if (is_null) return {};
    const auto raw = valid_raw(value);
    if (raw.empty()) return refuse(std::string(key), "Input should be valid JSON");
    request.extras.emplace_back(std::string(key), raw);
    return {};
}

}  // namespace

Result<Request> decode_request(std::string_view body, const RequestContext& context) {
    Request request;
    request.dialect = canonical::DialectId::anthropic_messages;
    request.wants_usage = true;
    auto document = json::read(body);
    json::object object;
    if (document.get_object().get(object) != simdjson::SUCCESS) {
        return fail(ErrorKind::bad_request, "The body should be a JSON object.");
    }
    Result<> outcome;
    bool has_messages = false;
    const bool is_whole = each_field(object, [&](std::string_view key, json::value& value) {
        if (key == "messages") has_messages = true;
        outcome = read_member(key, value, request);
        return outcome.has_value();
    });
    if (!outcome) return std::unexpected(std::move(outcome.error()));
    if (!is_whole || document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
        return fail(ErrorKind::bad_request, "The body should be valid JSON.");
    }
    if (!context.model.empty()) request.model = context.model;
    request.is_streaming = request.is_streaming || context.is_streaming;
    if (request.model.empty()) return refuse("model", "Field required");
    if (!has_messages) return refuse("messages", "Field required");
    return request;
}

}  // namespace router::dialects::anthropic_messages
