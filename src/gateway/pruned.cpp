#include "gateway/pruned.hpp"

#include "wire/json.hpp"
#include "wire/json_path.hpp"

namespace router::gateway {

std::unique_ptr<Incoming> pruned(const Incoming& incoming, const config::Target& target,
                                 const Endpoint& endpoint) {
    if (target.dropped_paths.empty() || !incoming.json) return nullptr;
    auto tree = wire::parse_json(incoming.body);
    if (!tree) return nullptr;
    bool is_changed = false;
    for (const auto& path : target.dropped_paths)
        is_changed = wire::erase_path(*tree, path) || is_changed;
    if (!is_changed) return nullptr;

    auto out = std::make_unique<Incoming>();
    out->own_body = wire::json_text(*tree);
    out->own_body.reserve(out->own_body.size() + wire::json::padding);
    out->body = out->own_body;
    const bool is_in_url = endpoint.dialect == canonical::DialectId::gemini;
    auto read = dialects::ClientBody::read(out->body, endpoint.required,
                                           is_in_url ? incoming.model : std::string_view());
    if (!read) return nullptr;  // what it needs was dropped: it goes as it came
    out->json = std::move(*read);
    out->model = incoming.model;
    out->is_streaming = incoming.is_streaming;
    out->wants_usage = incoming.wants_usage;
    out->caller = incoming.caller;
    out->is_to_be_stored = incoming.is_to_be_stored;
    out->is_json_array = incoming.is_json_array;
    out->has_members_for_us = incoming.has_members_for_us;
    out->is_small_task = incoming.is_small_task;
    out->content_type = incoming.content_type;
    return out;
}

}  // namespace router::gateway
