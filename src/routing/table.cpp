#include "routing/table.hpp"

#include <algorithm>

#include "base/nearest.hpp"
#include "routing/arrange.hpp"
#include "routing/failure.hpp"

namespace router::routing {
namespace {

// More fixed letters, then fewer stars: "openai/gpt-*" before "openai/*" before "*".
bool is_more_specific(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return a.size() > b.size();
    const auto stars_a = std::ranges::count(a, '*'), stars_b = std::ranges::count(b, '*');
    return stars_a != stars_b ? stars_a < stars_b : a < b;
}

}  // namespace

Table::Table(const config::Snapshot& snapshot, const Table* before) : settings_(snapshot.routing) {
    const auto same_before = [&](const std::string& id) -> const Backend* {
        if (before == nullptr) return nullptr;
        const auto found = before->by_id_.find(id);
        return found == before->by_id_.end() ? nullptr : found->second;
    };
    for (const auto& configured : snapshot.groups) {
        auto& group = groups_.emplace_back(Group{.name = configured.name, .backends = {}});
        for (const auto& target : configured.targets) {
            const auto& backend = backends_.emplace_back(target, settings_, same_before(target.id));
            group.backends.push_back(&backend);
            by_id_.emplace(target.id, &backend);
        }
        by_name_.emplace(configured.name, &group);
        if (configured.is_wildcard()) {
            wildcards_.push_back(&group);
        } else if (!configured.targets.empty()) {
            list(snapshot, configured.name, configured.targets.front());
        }
    }
    std::ranges::sort(wildcards_, is_more_specific, &Group::name);
    for (const auto& alias : snapshot.aliases) {
        aliases_.emplace(alias.name, alias.group);
        if (alias.hidden || by_name_.contains(alias.name)) continue;
        const auto found = find(alias.group);
        if (found.group != nullptr && !found.group->backends.empty()) {
            list(snapshot, alias.name, found.group->backends.front()->upstream.target());
        }
    }
}

void Table::list(const config::Snapshot& snapshot, std::string_view id,
                 const config::Target& target) {
    if (target.is_hidden) return;
    auto facts = snapshot.facts_of(target, {}, target.model);
    if (!snapshot.lists_every_model && !facts.is_for_chat()) return;
    listed_.push_back({id, &target, std::move(facts)});
}

Table::Found Table::find(std::string_view model) const {
    if (const auto found = by_id_.find(model); found != by_id_.end())
        return {.group = nullptr, .one = found->second, .stars = {}};
    if (const auto alias = aliases_.find(model); alias != aliases_.end()) model = alias->second;
    if (const auto found = by_name_.find(model);
        found != by_name_.end() && !found->second->backends.empty()) {
        return {.group = found->second, .one = nullptr, .stars = {}};
    }
    for (const auto* group : wildcards_) {
        if (auto stars = match_wildcard(group->name, model))
            return {.group = group, .one = nullptr, .stars = std::move(*stars)};
    }
    return {};
}

Result<Plan> Table::plan(std::string_view model, SteadyTime now) const {
    const auto found = find(model);
    if (found.one != nullptr) {
        const auto& target = found.one->upstream.target();
        return Plan{.group = target.model_name, .attempts = {{found.one, target.model}}};
    }
    if (found.group == nullptr) {
        auto message = "The model '" + std::string(model) + "' does not exist here.";
        if (const auto near = nearest_name(model); !near.empty())
            message += " Did you mean '" + near + "'?";
        return fail(ErrorKind::not_found, std::move(message), "model", "model_not_found");
    }
    if (const auto alias = aliases_.find(model); alias != aliases_.end()) model = alias->second;
    Plan plan{.group = found.group->name, .attempts = {}};
    plan.attempts.reserve(found.group->backends.size());
    for (const auto* backend : found.group->backends) {
        plan.attempts.push_back(
            {.backend = backend,
             .model = fill_wildcards(backend->upstream.target().model, found.stars, model),
             .is_last_hope = !backend->is_healthy(now) || !backend->has_room()});
    }
    if (plan.attempts.size() > 1) arrange(plan.attempts, settings_.strategy);
    return plan;
}

std::span<const std::string> Table::fallbacks(std::string_view model, const Error* error) const {
    const auto of = [&](const std::vector<config::Fallbacks>& all) {
        std::span<const std::string> for_any;
        for (const auto& one : all) {
            if (one.model == model) return std::span(one.instead);
            if (one.model == "*") for_any = one.instead;
        }
        return for_any;
    };
    if (error == nullptr || may_another_do_better(*error)) return of(settings_.fallbacks);
    const bool is_long = is_too_long(*error);
    if (!is_long && !is_objection(*error)) return {};
    const auto special = of(is_long ? settings_.long_context : settings_.refused_content);
    return special.empty() ? of(settings_.fallbacks) : special;
}

std::string Table::nearest_name(std::string_view model) const {
    if (model.size() > 64) return {};  // the search is as costly as both lengths together
    std::vector<std::string_view> names;
    for (const auto& one : listed_) names.push_back(one.id);
    return std::string(nearest(model, names));
}

std::optional<std::vector<std::string_view>> match_wildcard(std::string_view pattern,
                                                            std::string_view name) {
    std::vector<std::string_view> stars;
    const auto first = pattern.find('*');
    if (!name.starts_with(pattern.substr(0, first))) return std::nullopt;
    if (first == std::string_view::npos)
        return name == pattern ? std::optional(stars) : std::nullopt;
    name.remove_prefix(first);
    pattern.remove_prefix(first + 1);
    while (true) {
        const auto next = pattern.find('*');
        const auto literal = pattern.substr(0, next);
        if (next == std::string_view::npos) {
            if (name.size() < literal.size() || !name.ends_with(literal)) return std::nullopt;
            stars.push_back(name.substr(0, name.size() - literal.size()));
            return stars;
        }
        const auto at = name.find(literal);
        if (at == std::string_view::npos) return std::nullopt;
        stars.push_back(name.substr(0, at));
        name.remove_prefix(at + literal.size());
        pattern.remove_prefix(next + 1);
    }
}

std::string fill_wildcards(std::string_view model, const std::vector<std::string_view>& stars,
                           std::string_view name) {
    const auto wanted = static_cast<std::size_t>(std::ranges::count(model, '*'));
    if (wanted == 0) return std::string(model);
    if (wanted > stars.size()) return std::string(name);
    std::string filled;
    std::size_t used = 0;
    for (const char c : model) {
        if (c == '*') {
            filled += stars[used++];
        } else {
            filled += c;
        }
    }
    return filled;
}

}  // namespace router::routing
