#include "dialects/anthropic_messages/usage.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "dialects/anthropic_messages/words.hpp"

namespace router::dialects::anthropic_messages {

namespace json = wire::json;

void UsageCount::read(json::value& usage) {
    json::each_member(usage,
                      [this](std::string_view key, json::value& value) { note(key, value); });
}

// No name stands in two of the groups. A count never falls while a stream goes on: some servers
// that are not Anthropic's send zeros for what they told before.
void UsageCount::note(std::string_view key, json::value& value) {
    using Count = std::uint64_t UsageCount::*;
    static constexpr std::array<std::pair<std::string_view, Count>, 8> counts{
        {{"input_tokens", &UsageCount::input_},
         {"output_tokens", &UsageCount::output_},
         {"cache_read_input_tokens", &UsageCount::cache_read_},
         {"cache_creation_input_tokens", &UsageCount::cache_written_},
         {"ephemeral_5m_input_tokens", &UsageCount::written_5m_},
         {"ephemeral_1h_input_tokens", &UsageCount::written_1h_},
         {"thinking_tokens", &UsageCount::thinking_},
         {"web_search_requests", &UsageCount::web_searches_}}};
    for (const auto& [name, count] : counts) {
        if (key != name) continue;
        const auto told = json::whole_number(value);
        if (!told) return;
        is_known_ = true;
        knows_thinking_ = knows_thinking_ || key == "thinking_tokens";
        if (*told > 0) this->*count = *told;
        return;
    }
    if (key == "cache_creation" || key == "output_tokens_details" || key == "server_tool_use") {
        read(value);
    } else if (key == "service_tier") {
        service_tier_ = openai_tier(json::text_or_empty(value));
    }
}

canonical::Usage UsageCount::canonical() const {
    canonical::Usage usage;
    usage.cached = cache_read_;
    usage.cache_written = std::max(cache_written_, written_5m_ + written_1h_);
    usage.cache_written_1h = written_1h_;
    usage.prompt = input_ + usage.cached + usage.cache_written;
    usage.completion = output_;
    usage.total = usage.prompt + usage.completion;
    usage.reasoning = thinking_;
    usage.knows_reasoning = knows_thinking_;
    usage.web_searches = web_searches_;
    usage.is_known = is_known_;
    return usage;
}

namespace {

std::uint64_t less(std::uint64_t from, std::uint64_t taken) {
    return from > taken ? from - taken : 0;
}

void write_counts(wire::JsonWriter& writer, const canonical::Usage& usage) {
    writer.number("input_tokens", less(less(usage.prompt, usage.cached), usage.cache_written))
        .number("cache_creation_input_tokens", usage.cache_written)
        .number("cache_read_input_tokens", usage.cached)
        .number("output_tokens", usage.completion);
    if (usage.knows_reasoning || usage.reasoning > 0) {
        writer.begin_object("output_tokens_details")
            .number("thinking_tokens", usage.reasoning)
            .end_object();
    } else {
        writer.null("output_tokens_details");
    }
    if (usage.web_searches > 0) {
        writer.begin_object("server_tool_use")
            .number("web_search_requests", usage.web_searches)
            .number("web_fetch_requests", 0)
            .end_object();
    } else {
        writer.null("server_tool_use");
    }
}

}  // namespace

void write_usage(wire::JsonWriter& writer, const canonical::Usage& usage, std::string_view tier) {
    writer.begin_object("usage");
    write_counts(writer, usage);
    writer.begin_object("cache_creation")
        .number("ephemeral_5m_input_tokens", less(usage.cache_written, usage.cache_written_1h))
        .number("ephemeral_1h_input_tokens", usage.cache_written_1h)
        .end_object();
    writer.null("inference_geo");
    if (const auto word = anthropic_tier(tier); word.empty()) {
        writer.null("service_tier");
    } else {
        writer.text("service_tier", word);
    }
    writer.end_object();
}

void write_delta_usage(wire::JsonWriter& writer, const canonical::Usage& usage) {
    writer.begin_object("usage");
    write_counts(writer, usage);
    writer.end_object();
}

}  // namespace router::dialects::anthropic_messages
