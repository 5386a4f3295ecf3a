#include "dialects/anthropic_messages/usage.hpp"

#include <algorithm>

#include "dialects/anthropic_messages/words.hpp"

namespace router::dialects::anthropic_messages {

namespace json = wire::json;

// A count never falls while a stream goes on: some servers that are not Anthropic's send zeros for
// what they told before.
void UsageCount::note(std::uint64_t& count, json::value& value) {
    const auto told = json::whole_number(value);
    if (!told) return;
    is_known_ = true;
    if (*told > 0) count = *told;
}

void UsageCount::read(json::value& usage) {
    json::each_member(usage, [&](std::string_view key, json::value& value) {
        if (key == "input_tokens") {
            note(input_, value);
        } else if (key == "output_tokens") {
            note(output_, value);
        } else if (key == "cache_read_input_tokens") {
            note(cache_read_, value);
        } else if (key == "cache_creation_input_tokens") {
            note(cache_written_, value);
        } else if (key == "cache_creation") {
            json::each_member(value, [&](std::string_view kept, json::value& count) {
                if (kept == "ephemeral_5m_input_tokens") note(written_5m_, count);
                if (kept == "ephemeral_1h_input_tokens") note(written_1h_, count);
            });
        } else if (key == "output_tokens_details") {
            json::each_member(value, [&](std::string_view detail, json::value& count) {
                if (detail != "thinking_tokens" || !json::whole_number(count)) return;
                note(thinking_, count);
                knows_thinking_ = true;
            });
        } else if (key == "server_tool_use") {
            json::each_member(value, [&](std::string_view tool, json::value& count) {
                if (tool == "web_search_requests") note(web_searches_, count);
            });
        } else if (key == "service_tier") {
            service_tier_ = openai_tier(json::text_or_empty(value));
        }
    });
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
