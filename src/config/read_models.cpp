#include "config/read_models.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/keys.hpp"
#include "config/read_routing.hpp"
#include "config/read_settings.hpp"
#include "config/read_target.hpp"
#include "config/section_reader.hpp"

namespace router::config {
namespace {

using Credentials = std::map<std::string, const Value*, std::less<>>;

const Value* list_of(const Value& document, std::string_view name, Report& report) {
    const auto* value = document.find(name);
    if (value == nullptr || value->is(ValueKind::null)) return nullptr;
    if (value->is(ValueKind::list)) return value;
    report.error(value->place, std::string(name) +
                                   " must be a list, each entry beginning with \"- \"; it is " +
                                   shown(*value));
    return nullptr;
}

Credentials read_credentials(const Value& document, Report& report) {
    Credentials out;
    const auto* list = list_of(document, "credential_list", report);
    if (list == nullptr) return out;
    for (const auto& item : list->items) {
        check_keys(item, "credential_list", {section::credential_list}, report);
        const auto* name = item.find("credential_name");
        const auto* values = item.find("credential_values");
        if (name == nullptr || !name->is_scalar() || name->text.empty()) {
            report.error(item.place, "an entry of credential_list needs a credential_name");
        } else if (values == nullptr || !values->is(ValueKind::map)) {
            report.error(item.place, "the credential " + shown(*name) +
                                         " needs credential_values, a map with api_key");
        } else if (!out.emplace(name->text, values).second) {
            report.error(name->place,
                         "a credential " + shown(*name) + " stands here a second time");
        }
    }
    return out;
}

// The credential's values where the entry has none of its own, as in LiteLLM.
void add_credential(Value& params, const Credentials& credentials, Report& report) {
    const auto* name = params.find("litellm_credential_name");
    if (name == nullptr || !name->is_scalar() || name->is(ValueKind::null)) return;
    const auto found = credentials.find(name->text);
    if (found == credentials.end()) {
        std::vector<std::string_view> names;
        for (const auto& [known, values] : credentials) names.push_back(known);
        report.error(name->place, "there is no credential " + shown(*name) + " in credential_list" +
                                      did_you_mean(name->text, names));
        return;
    }
    for (const auto& member : found->second->members) {
        if (params.find(member.key) == nullptr) params.members.push_back(member);
    }
}

std::string read_name(const Value& item, Report& report) {
    const auto* value = item.find("model_name");
    if (value == nullptr || value->is(ValueKind::null)) {
        report.error(item.place,
                     "an entry of model_list needs a model_name, the name that callers use");
        return {};
    }
    if (!value->is_scalar() || value->text.empty()) {
        report.error(value->place, "model_name must be text; it is " + shown(*value));
        return {};
    }
    return value->text;
}

// False where there is nothing to read; an entry without a name is read for its other problems.
bool read_entry(const Value& item, const Credentials& credentials, ModelEntry& entry,
                Report& report) {
    if (!item.is(ValueKind::map)) {
        report.error(
            item.place,
            "an entry of model_list must be a map with model_name and litellm_params; it is " +
                shown(item));
        return false;
    }
    check_keys(item, "model_list", {section::model_list}, report);
    entry.place = item.place;
    entry.model_name = read_name(item, report);
    const auto* params = item.find("litellm_params");
    if (params == nullptr || !params->is(ValueKind::map)) {
        report.error(params == nullptr ? item.place : params->place,
                     "an entry of model_list needs litellm_params, a map with at least model: "
                     "provider/model");
        return false;
    }
    if (const auto* info = item.find("model_info"); info != nullptr && !info->is(ValueKind::null)) {
        if (info->is(ValueKind::map)) {
            entry.model_info = *info;
        } else {
            report.error(info->place, "model_info must be a map; it is " + shown(*info));
        }
    }
    entry.params = *params;
    add_credential(entry.params, credentials, report);
    return true;
}

// Ids are made unique: a target can be asked for by its id.
void add_target(Target target, Snapshot& snapshot, std::set<std::string>& ids, Report& report) {
    const auto id = target.id;
    for (int copy = 2; !ids.insert(target.id).second; ++copy)
        target.id = id + "-" + std::to_string(copy);
    if (target.id != id && target.model_info.contains("\"id\":")) {
        report.warning(target.place, "the model_info.id " + shown(id) +
                                         " stands above already; here it is " + shown(target.id));
    }
    auto group = std::ranges::find(snapshot.groups, target.model_name, &ModelGroup::name);
    if (group == snapshot.groups.end()) {
        snapshot.groups.push_back({.name = target.model_name, .targets = {}});
        group = snapshot.groups.end() - 1;
    }
    group->targets.push_back(std::move(target));
}

bool serves(const Snapshot& snapshot, const std::set<std::string>& declared,
            std::string_view name) {
    return std::ranges::any_of(declared,
                               [&](const auto& pattern) { return matches(pattern, name); }) ||
           std::ranges::any_of(snapshot.groups,
                               [&](const auto& group) { return matches(group.name, name); });
}

bool is_alias(const Snapshot& snapshot, std::string_view name) {
    return std::ranges::find(snapshot.aliases, name, &Alias::name) != snapshot.aliases.end();
}

bool is_id(const Snapshot& snapshot, std::string_view name) {
    return std::ranges::any_of(snapshot.groups, [&](const ModelGroup& group) {
        return std::ranges::find(group.targets, name, &Target::id) != group.targets.end();
    });
}

void read_alias(const Member& member, const std::set<std::string>& declared, Snapshot& snapshot,
                Report& report) {
    Alias alias{.name = member.key, .group = {}};
    const auto* group = &member.value;
    if (group->is(ValueKind::map)) {
        check_keys(*group, "model_group_alias", {section::model_group_alias}, report);
        SectionReader(*group, "model_group_alias", report).boolean("hidden", alias.hidden);
        group = group->find("model");
    }
    if (group == nullptr || !group->is_scalar() || group->text.empty()) {
        report.error(member.place, "the alias " + shown(member.key) +
                                       " must name a model, or be {model: …, hidden: true}");
        return;
    }
    alias.group = group->text;
    if (!serves(snapshot, declared, alias.group)) {
        std::vector<std::string_view> names(declared.begin(), declared.end());
        report.error(group->place, "the alias " + shown(member.key) + " means " + shown(*group) +
                                       ", and no model_name is so" +
                                       did_you_mean(alias.group, names));
        return;
    }
    if (!is_alias(snapshot, alias.name)) snapshot.aliases.push_back(std::move(alias));
}

void read_aliases(const Value& document, std::string_view section,
                  const std::set<std::string>& declared, Snapshot& snapshot, Report& report) {
    const auto* aliases = section_of(document, section, report).find("model_group_alias");
    if (aliases == nullptr || aliases->is(ValueKind::null)) return;
    if (!aliases->is(ValueKind::map)) {
        report.error(aliases->place,
                     "model_group_alias must be a map, alias: model; it is " + shown(*aliases));
        return;
    }
    for (const auto& member : aliases->members) read_alias(member, declared, snapshot, report);
}

void read_task_model(const Value& document, const std::set<std::string>& declared,
                     Snapshot& snapshot, Report& report) {
    const SectionReader reader(section_of(document, "general_settings", report), "general_settings",
                               report);
    reader.text("task_model", snapshot.tasks.model);
    const auto& name = snapshot.tasks.model;
    if (name.empty() || is_alias(snapshot, name) || serves(snapshot, declared, name)) return;
    std::vector<std::string_view> names(declared.begin(), declared.end());
    report.error(reader.find("task_model")->place, "general_settings.task_model is " + shown(name) +
                                                       ", and no model_name is so" +
                                                       did_you_mean(name, names));
}

struct ModelList {
    std::set<std::string> declared;  // every model_name, also of entries that are left out
    std::vector<Target> targets;
    std::vector<Target> for_all_providers;  // what model: "*" stands for
};

void read_item(const Value& item, const Credentials& credentials, const ModelContext& context,
               ModelList& list) {
    ModelEntry entry;
    if (!read_entry(item, credentials, entry, context.report)) return;
    auto targets = read_targets(entry, context);
    if (entry.model_name.empty()) return;
    list.declared.insert(entry.model_name);
    for (auto& target : targets) {
        const bool is_its_own = target.model_name == entry.model_name;
        (is_its_own ? list.targets : list.for_all_providers).push_back(std::move(target));
    }
}

// An entry of a provider's very name stands above what model: "*" would make of it.
void add_targets(ModelList list, Snapshot& snapshot, Report& report) {
    std::erase_if(list.for_all_providers,
                  [&](const Target& target) { return list.declared.contains(target.model_name); });
    std::ranges::move(list.for_all_providers, std::back_inserter(list.targets));
    std::set<std::string> ids;
    for (auto& target : list.targets) add_target(std::move(target), snapshot, ids, report);
}

}  // namespace

void read_models(const Value& document, const Environment& environment,
                 const ProviderCatalogue& catalogue, const ReadFile& read_file, Snapshot& snapshot,
                 Report& report) {
    ModelContext context{environment, catalogue, report, read_file};
    const SectionReader for_all(section_of(document, "litellm_settings", report),
                                "litellm_settings", report);
    for_all.boolean("drop_params", context.drop_params);
    for_all.boolean("modify_params", context.modify_params);
    for_all.boolean("merge_reasoning_content_in_choices", context.merge_thinking);
    const auto& router = section_of(document, "router_settings", report);
    check_keys(router, "router_settings", {section::router_settings}, report);
    const SectionReader of_router(router, "router_settings", report);
    if (const auto most = of_router.whole("default_max_parallel_requests", 1, 1'000'000))
        context.max_parallel = static_cast<int>(*most);
    context.timeout = of_router.seconds("timeout");
    context.stream_timeout = of_router.seconds("stream_timeout");
    const auto credentials = read_credentials(document, report);

    ModelList list;
    if (const auto* items = list_of(document, "model_list", report)) {
        for (const auto& item : items->items) read_item(item, credentials, context, list);
    }
    const auto declared = list.declared;
    add_targets(std::move(list), snapshot, report);
    read_aliases(document, "router_settings", declared, snapshot, report);
    read_aliases(document, "litellm_settings", declared, snapshot, report);
    read_task_model(document, declared, snapshot, report);
    const auto hint_if_missing = [&](std::string_view name) -> std::optional<std::string> {
        if (serves(snapshot, declared, name) || is_alias(snapshot, name) || is_id(snapshot, name))
            return std::nullopt;
        const std::vector<std::string_view> names(declared.begin(), declared.end());
        return did_you_mean(name, names);
    };
    read_routing(document, hint_if_missing, snapshot.routing, report);
    if (snapshot.groups.empty() && !report.has_error()) {
        report.warning(document.place,
                       "no model is served; add entries to model_list, or the key of a provider to "
                       "the environment");
    }
}

}  // namespace router::config
