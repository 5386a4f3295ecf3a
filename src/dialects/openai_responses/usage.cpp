#include "dialects/openai_responses/usage.hpp"

#include <string_view>

namespace router::dialects::openai_responses {
namespace {

namespace json = wire::json;
using canonical::Usage;

void read_prompt_details(json::value& details, Usage& usage) {
    json::each_member(details, [&](std::string_view key, json::value& value) {
        const auto count = json::whole_number(value);
        if (!count) return;
        if (key == "cached_tokens") usage.cached = *count;
        if (key == "cache_write_tokens" || key == "cache_creation_input_tokens")  // Perplexity
            usage.cache_written = *count;
        if (key == "audio_tokens") usage.prompt_audio = *count;
    });
}

void read_completion_details(json::value& details, Usage& usage) {
    json::each_member(details, [&](std::string_view key, json::value& value) {
        const auto count = json::whole_number(value);
        if (!count) return;
        if (key == "audio_tokens") usage.completion_audio = *count;
        if (key != "reasoning_tokens") return;
        usage.reasoning = *count;
        usage.knows_reasoning = true;
    });
}

}  // namespace

Usage read_usage(json::value& value) {
    Usage usage;
    json::each_member(value, [&](std::string_view key, json::value& found) {
        if (key == "input_tokens_details" || key == "prompt_tokens_details")
            return read_prompt_details(found, usage);
        if (key == "output_tokens_details" || key == "completion_tokens_details")
            return read_completion_details(found, usage);
        std::uint64_t* field = nullptr;
        if (key == "input_tokens" || key == "prompt_tokens") field = &usage.prompt;
        if (key == "output_tokens" || key == "completion_tokens") field = &usage.completion;
        if (key == "total_tokens") field = &usage.total;
        if (field == nullptr) return;
        const auto count = json::whole_number(found);
        if (!count) return;
        *field = *count;
        usage.is_known = true;
    });
    const auto sum = usage.prompt + usage.completion;
    if (usage.reasoning > 0 && usage.total == sum + usage.reasoning)
        usage.completion += usage.reasoning;
    if (usage.total == 0) usage.total = usage.prompt + usage.completion;
    return usage;
}

void write_usage(wire::JsonWriter& out, const Usage& usage) {
    out.begin_object().number("input_tokens", usage.prompt);
    out.begin_object("input_tokens_details").number("cached_tokens", usage.cached);
    out.number("cache_write_tokens", usage.cache_written).end_object();
    out.number("output_tokens", usage.completion);
    out.begin_object("output_tokens_details").number("reasoning_tokens", usage.reasoning);
    out.end_object();
    out.number("total_tokens", usage.total > 0 ? usage.total : usage.prompt + usage.completion);
    out.end_object();
}

}  // namespace router::dialects::openai_responses
