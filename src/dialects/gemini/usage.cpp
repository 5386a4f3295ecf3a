#include "dialects/gemini/usage.hpp"

#include "dialects/gemini/members.hpp"
#include "dialects/gemini/words.hpp"

namespace router::dialects::gemini {
namespace {

namespace json = wire::json;

// Of a list of {modality, tokenCount}: the tokens of audio.
std::uint64_t audio_of(json::value& details) {
    std::uint64_t audio = 0;
    json::each_element(details, [&](json::value& detail) {
        bool is_audio = false;
        std::uint64_t count = 0;
        each_field(detail, [&](std::string_view key, json::value& value) {
            if (key == "modality") is_audio = json::text_or_empty(value) == "AUDIO";
            if (key == "tokenCount") count = json::whole_number(value).value_or(0);
        });
        if (is_audio) audio += count;
    });
    return audio;
}

}  // namespace

void Counts::read(json::value& usage) {
    each_field(usage, [&](std::string_view key, json::value& value) {
        const auto set = [&](std::optional<std::uint64_t>& field) {
            if (const auto count = json::whole_number(value)) field = count;
        };
        if (key == "promptTokenCount") {
            set(fields_.prompt);
        } else if (key == "cachedContentTokenCount") {
            set(fields_.cached);
        } else if (key == "candidatesTokenCount" || key == "responseTokenCount") {
            set(fields_.candidates);
        } else if (key == "thoughtsTokenCount") {
            set(fields_.thoughts);
        } else if (key == "toolUsePromptTokenCount") {
            set(fields_.tool_use);
        } else if (key == "totalTokenCount") {
            set(fields_.total);
        } else if (key == "promptTokensDetails") {
            fields_.prompt_audio = audio_of(value);
        } else if (key == "candidatesTokensDetails" || key == "responseTokensDetails") {
            fields_.candidates_audio = audio_of(value);
        } else if (key == "serviceTier") {
            service_tier_ = service_tier_from(json::text_or_empty(value));
        }
    });
}

canonical::Usage Counts::usage() const {
    canonical::Usage usage;
    usage.is_known = fields_.prompt || fields_.candidates || fields_.thoughts || fields_.total;
    usage.knows_reasoning = fields_.thoughts.has_value();
    usage.reasoning = fields_.thoughts.value_or(0);
    usage.prompt = fields_.prompt.value_or(0) + fields_.tool_use.value_or(0);
    usage.cached = fields_.cached.value_or(0);
    const auto without_candidates = usage.prompt + usage.reasoning;
    const auto total = fields_.total.value_or(0);
    // Left out where the model spoke no word; but some leave it out, and count it.
    const auto said = total > without_candidates ? total - without_candidates : 0;
    usage.completion = fields_.candidates.value_or(said) + usage.reasoning;
    usage.total = fields_.total.value_or(usage.prompt + usage.completion);
    usage.prompt_audio = fields_.prompt_audio;
    usage.completion_audio = fields_.candidates_audio;
    return usage;
}

namespace {

void write_details(wire::JsonWriter& out, std::string_view name, std::uint64_t all,
                   std::uint64_t audio) {
    out.begin_array(name);
    const auto write = [&](std::string_view modality, std::uint64_t count) {
        out.begin_object().text("modality", modality).number("tokenCount", count).end_object();
    };
    if (all > audio || audio == 0) write("TEXT", all - std::min(all, audio));
    if (audio > 0) write("AUDIO", audio);
    out.end_array();
}

}  // namespace

void write_usage(wire::JsonWriter& out, const canonical::Usage& usage) {
    if (!usage.is_known) return;
    const auto candidates = usage.completion - std::min(usage.reasoning, usage.completion);
    out.begin_object("usageMetadata").number("promptTokenCount", usage.prompt);
    if (usage.cached > 0) out.number("cachedContentTokenCount", usage.cached);
    out.number("candidatesTokenCount", candidates);
    if (usage.reasoning > 0) out.number("thoughtsTokenCount", usage.reasoning);
    const auto counted = usage.prompt + usage.completion;
    out.number("totalTokenCount", usage.total > 0 ? usage.total : counted);
    write_details(out, "promptTokensDetails", usage.prompt, usage.prompt_audio);
    if (usage.completion_audio > 0)
        write_details(out, "candidatesTokensDetails", candidates, usage.completion_audio);
    out.end_object();
}

}  // namespace router::dialects::gemini
