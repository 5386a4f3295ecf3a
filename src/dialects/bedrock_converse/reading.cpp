#include "dialects/bedrock_converse/reading.hpp"

#include <array>
#include <utility>

namespace router::dialects::bedrock_converse {

using canonical::Finish;

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

}  // namespace router::dialects::bedrock_converse
