#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "canonical/block.hpp"
#include "wire/json.hpp"

namespace router::dialects::openai_chat {

// The sources of an answer as Perplexity and xAI list them beside it: `citations`, a list of URLs,
// and `search_results`, a list of {url, title}, which says more and so replaces the other.
// Source: https://docs.perplexity.ai/api-reference/chat-completions-post (read 2026-11-22)
inline void read_sources(std::string_view key, wire::json::value& list,
                         std::vector<canonical::Citation>& sources) {
    const bool has_titles = key == "search_results";
    if (!has_titles && !sources.empty()) return;
    std::vector<canonical::Citation> found;
    wire::json::each_element(list, [&](wire::json::value& each) {
        canonical::Citation citation;
        if (wire::json::type_of(each) == wire::json::json_type::string) {
            citation.url = {wire::json::escaped_text(each).value_or("")};
        }
        wire::json::each_member(each, [&](std::string_view name, wire::json::value& member) {
            const auto text = wire::json::escaped_text(member).value_or("");
            if (name == "url") citation.url = {text};
            if (name == "title") citation.title = {text};
        });
        if (!citation.url.is_empty()) found.push_back(citation);
    });
    if (!found.empty()) sources = std::move(found);
}

}  // namespace router::dialects::openai_chat
