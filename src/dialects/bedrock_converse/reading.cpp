#include "dialects/bedrock_converse/reading.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace router::dialects::bedrock_converse {

using canonical::Finish;

namespace {

using Unit = canonical::CitedPlace::Unit;

constexpr std::array<std::pair<std::string_view, Unit>, 4> units{{
    {"documentChar", Unit::characters},
    {"documentPage", Unit::pages},
    {"documentChunk", Unit::chunks},
    {"searchResultLocation", Unit::none},
}};

void read_location(json::value& location, canonical::Citation& citation) {
    json::each_member(location, [&](std::string_view kind, json::value& place) {
        for (const auto& [name, unit] : units) {
            if (name == kind) citation.place.unit = unit;
        }
        json::each_member(place, [&](std::string_view key, json::value& member) {
            const auto number = [&] { return json::integer(member).value_or(0); };
            if (key == "url") citation.url = text_in(member);
            if (key == "documentIndex") citation.place.document = number();
            if (key == "start") citation.place.begin = number();
            if (key == "end") citation.place.end = number();
        });
    });
}

}  // namespace

canonical::Text text_in(json::value& value) { return {json::escaped_text(value).value_or("")}; }

// The input is told without what was read from the cache or written to it.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
// (read 2026-11-22)
canonical::Usage read_usage(json::value& value) {
    canonical::Usage usage;
    std::uint64_t input = 0;
    usage.is_known = json::each_member(value, [&](std::string_view key, json::value& member) {
        const auto number = [&] { return json::whole_number(member).value_or(0); };
        if (key == "inputTokens") input = number();
        if (key == "outputTokens") usage.completion = number();
        if (key == "cacheReadInputTokens") usage.cached = number();
        if (key == "cacheWriteInputTokens") usage.cache_written = number();
        if (key != "cacheDetails") return;
        json::each_element(member, [&](json::value& detail) {
            std::string ttl;
            std::uint64_t tokens = 0;
            json::each_member(detail, [&](std::string_view name, json::value& part) {
                if (name == "ttl") ttl = json::text_or_empty(part);
                if (name == "inputTokens") tokens = json::whole_number(part).value_or(0);
            });
            if (ttl == "1h") usage.cache_written_1h += tokens;
        });
    });
    usage.prompt = input + usage.cached + usage.cache_written;
    usage.total = usage.prompt + usage.completion;
    return usage;
}

canonical::Ending read_ending(std::string_view stop_reason) {
    constexpr std::array<std::pair<std::string_view, Finish>, 9> reasons{{
        {"end_turn", Finish::stop},
        {"tool_use", Finish::tool_calls},
        {"max_tokens", Finish::length},
        {"stop_sequence", Finish::stop_sequence},
        {"guardrail_intervened", Finish::content_filter},
        {"content_filtered", Finish::content_filter},
        {"malformed_model_output", Finish::failed},
        {"malformed_tool_use", Finish::failed},
        {"model_context_window_exceeded", Finish::context_window},
    }};
    if (stop_reason.empty()) return {};
    canonical::Ending ending{.reason = Finish::stop};
    for (const auto& [name, reason] : reasons) {
        if (name == stop_reason) ending.reason = reason;
    }
    const bool says_more = ending.reason == Finish::content_filter ||
                           ending.reason == Finish::failed || ending.reason == Finish::stop;
    if (says_more && stop_reason != "end_turn") ending.detail = stop_reason;
    return ending;
}

void read_stop_sequence(json::value& fields, canonical::Ending& ending) {
    json::each_member(fields, [&](std::string_view key, json::value& value) {
        if (key == "stop_sequence") ending.stop_sequence = json::text_or_empty(value);
        if (key == "delta") read_stop_sequence(value, ending);
    });
}

ToolUse read_tool_use(json::value& value) {
    ToolUse use;
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "toolUseId") {
            use.id = json::text_or_empty(member);
        } else if (key == "name") {
            use.name = json::text_or_empty(member);
            // gpt-oss lets a mark of its template slip in behind: "look<|channel|>commentary".
            use.name.erase(std::min(use.name.find("<|"), use.name.size()));
        } else if (key == "type") {
            use.is_of_server = json::text_or_empty(member) == "server_tool_use";
        } else if (key == "input") {
            use.input = json::raw(member);
        }
    });
    if (use.input.empty() || !json::is_valid(use.input)) use.input = "{}";
    return use;
}

// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Citation.html
// (read 2026-11-30)
canonical::Citation read_citation(json::value& value, std::string& cited) {
    canonical::Citation citation;
    canonical::Text source;
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "title") {
            citation.title = text_in(member);
        } else if (key == "source") {
            source = text_in(member);
        } else if (key == "location") {
            read_location(member, citation);
        } else if (key == "sourceContent") {
            json::each_element(member, [&](json::value& piece) {
                json::each_member(piece, [&](std::string_view name, json::value& text) {
                    if (name == "text") cited += text_in(text).escaped;
                });
            });
        }
    });
    if (citation.url.is_empty() && source.escaped.starts_with("http")) citation.url = source;
    if (citation.title.is_empty()) citation.title = source;
    citation.cited_text = {cited};
    return citation;
}

}  // namespace router::dialects::bedrock_converse
