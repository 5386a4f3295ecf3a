#include "dialects/anthropic_messages/web_search.hpp"

#include <string_view>

#include "dialects/anthropic_messages/words.hpp"
#include "dialects/seal.hpp"
#include "wire/json_tree.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::anthropic_messages {

using wire::JsonTree;
using wire::JsonWriter;

namespace {

std::string_view text_at(const JsonTree& tree, std::string_view name) {
    const auto* found = tree.find(name);
    return found != nullptr && found->is(JsonTree::Kind::string) ? std::string_view(found->text)
                                                                 : std::string_view();
}

void write_found(JsonWriter& writer, const JsonTree& list) {
    for (const auto& source : list.items) {
        const auto url = text_at(source, "url");
        if (url.empty()) continue;
        const auto title = text_at(source, "title");
        writer.begin_object()
            .text("type", "web_search_result")
            .escaped("url", url)
            .escaped("title", title.empty() ? url : title)
            .text("encrypted_content", seal_mark)
            .null("page_age")
            .end_object();
    }
}

// A search has a query, or several; the opening of a page its URL.
std::string_view query_of(const JsonTree& action) {
    if (const auto query = text_at(action, "query"); !query.empty()) return query;
    if (const auto* queries = action.find("queries"); queries != nullptr) {
        for (const auto& query : queries->items) {
            if (query.is(JsonTree::Kind::string)) return query.text;
        }
    }
    return text_at(action, "url");
}

}  // namespace

std::optional<WebSearch> web_search_of(const canonical::OpaqueBlock& block) {
    if (block.type != "web_search_call") return std::nullopt;
    const auto call = wire::parse_json(block.json);
    if (!call) return std::nullopt;
    WebSearch search;
    search.id = "srvtoolu_" + std::string(seal_mark) + "_";
    for (const char c : clean_id(text_at(*call, "id"))) search.id += c == '-' ? '_' : c;

    const auto* action = call->find("action");
    static const JsonTree nothing = JsonTree::object();
    JsonWriter input(search.input);
    input.begin_object().escaped("query", query_of(action != nullptr ? *action : nothing));
    input.end_object();

    JsonWriter result(search.result);
    result.begin_object().text("type", "web_search_tool_result").text("tool_use_id", search.id);
    result.begin_array("content");
    if (action != nullptr) {
        if (const auto* sources = action->find("sources")) write_found(result, *sources);
    }
    if (const auto* results = call->find("results")) write_found(result, *results);
    result.end_array().end_object();
    return search;
}

}  // namespace router::dialects::anthropic_messages
