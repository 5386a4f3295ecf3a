#include "dialects/openai_chat/usage.hpp"

#include <algorithm>
#include <string_view>

namespace router::dialects::openai_chat {
namespace {

namespace json = wire::json;
using canonical::Usage;

// Keeps the larger one: the same count often stands in two places, and in one of them as 0.
void note(std::uint64_t& into, json::value& value) {
    into = std::max(into, json::whole_number(value).value_or(0));
}

void read_prompt_details(Usage& read, json::value& details) {
    json::each_member(details, [&](std::string_view key, json::value& value) {
        if (key == "cached_tokens") {
            note(read.cached, value);
        } else if (key == "cache_write_tokens" || key == "cache_creation_tokens" ||
                   key == "cache_creation_input_tokens") {  // OpenRouter, others, Alibaba
            note(read.cache_written, value);
        } else if (key == "audio_tokens") {
            note(read.prompt_audio, value);
        }
    });
}

void note_reasoning(Usage& read, json::value& value) {
    if (json::whole_number(value)) read.knows_reasoning = true;
    note(read.reasoning, value);
}

void read_completion_details(Usage& read, json::value& details) {
    json::each_member(details, [&](std::string_view key, json::value& value) {
        if (key == "reasoning_tokens") {
            note_reasoning(read, value);
        } else if (key == "audio_tokens") {
            note(read.completion_audio, value);
        }
    });
}

void read_searches(Usage& read, json::value& details) {
    json::each_member(details, [&](std::string_view key, json::value& value) {
        if (key == "web_search_requests") note(read.web_searches, value);
    });
}

// A number of OpenRouter's; an object with a total of Perplexity's.
void read_cost(Usage& read, json::value& cost) {
    if (json::type_of(cost) == json::json_type::number) read.cost = json::number(cost);
    json::each_member(cost, [&](std::string_view key, json::value& value) {
        if (key == "total_cost") read.cost = json::number(value);
    });
}

void read_total(std::uint64_t& into, bool& is_known, json::value& value) {
    into = json::whole_number(value).value_or(into);
    is_known = true;
}

// What only one or the other server writes.
void read_peculiar(Usage& read, std::string_view key, json::value& value) {
    if (key == "reasoning_tokens") {  // DeepSeek on Azure, Perplexity
        note_reasoning(read, value);
    } else if (key == "cached_tokens" || key == "prompt_cache_hit_tokens" ||
               key == "num_cached_tokens" || key == "cache_read_input_tokens") {
        note(read.cached, value);
    } else if (key == "cache_creation_input_tokens") {
        note(read.cache_written, value);
    } else if (key == "cost") {
        read_cost(read, value);
    } else if (key == "num_search_queries") {
        note(read.web_searches, value);
    } else if (key == "server_tool_use" || key == "server_tool_use_details") {
        read_searches(read, value);
    }
}

void settle(Usage& read) {
    const auto sum = read.prompt + read.completion;
    const bool is_more = read.reasoning > read.completion;
    if (read.total == sum + read.reasoning ||
        (is_more && read.total < read.prompt + read.reasoning)) {
        read.completion += read.reasoning;  // it stood beside
    } else if (is_more) {
        read.completion = read.total - read.prompt;  // Moonshot counts one token less
    }
    read.total = std::max(read.total, read.prompt + read.completion);
}

}  // namespace

Usage read_usage(json::object& usage) {
    Usage read;
    for (auto entry : usage) {
        json::field field;
        std::string_view key;
        if (std::move(entry).get(field) != simdjson::SUCCESS) break;
        if (field.unescaped_key().get(key) != simdjson::SUCCESS) break;
        auto& value = field.value();
        if (key == "prompt_tokens" || key == "input_tokens") {
            read_total(read.prompt, read.is_known, value);
        } else if (key == "completion_tokens" || key == "output_tokens") {
            read_total(read.completion, read.is_known, value);
        } else if (key == "total_tokens") {
            read_total(read.total, read.is_known, value);
        } else if (key == "prompt_tokens_details" || key == "input_tokens_details") {
            read_prompt_details(read, value);
        } else if (key == "completion_tokens_details" || key == "output_tokens_details") {
            read_completion_details(read, value);
        } else {
            read_peculiar(read, key, value);
        }
    }
    settle(read);
    return read;
}

Usage read_usage(json::value& usage) {
    json::object object;
    if (usage.get_object().get(object) != simdjson::SUCCESS) return {};
    return read_usage(object);
}

std::string cost_member(double dollars) {
    std::string out = ",\"cost\":";
    wire::JsonWriter(out).number(dollars);
    return out;
}

void write_usage(wire::JsonWriter& json, const Usage& usage) {
    json.begin_object()
        .number("prompt_tokens", usage.prompt)
        .number("completion_tokens", usage.completion)
        .number("total_tokens", usage.total != 0 ? usage.total : usage.prompt + usage.completion)
        .begin_object("prompt_tokens_details")
        .number("cached_tokens", usage.cached)
        .number("cache_write_tokens", usage.cache_written)
        .number("audio_tokens", usage.prompt_audio)
        .end_object()
        .begin_object("completion_tokens_details")
        .number("reasoning_tokens", usage.reasoning)
        .number("audio_tokens", usage.completion_audio)
        .number("accepted_prediction_tokens", 0)
        .number("rejected_prediction_tokens", 0)
        .end_object();
    if (usage.web_searches > 0) {  // as OpenRouter calls it
        json.begin_object("server_tool_use_details")
            .number("web_search_requests", usage.web_searches)
            .end_object();
    }
    if (usage.cost)
        json.number("cost", *usage.cost);  // as OpenRouter calls it, and Open WebUI shows
    json.end_object();
}

}  // namespace router::dialects::openai_chat
