#include "config/read_target.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "config/choose_provider.hpp"
#include "config/headers.hpp"
#include "config/keys.hpp"
#include "config/mask.hpp"
#include "config/read_access.hpp"
#include "config/read_cloud.hpp"
#include "config/section_reader.hpp"
#include "wire/json_path.hpp"

namespace router::config {
namespace {

constexpr std::string_view where = "litellm_params";

constexpr std::array<std::string_view, 2> sampling_of_few{"top_k", "min_p"};

void read_extra_body(const ModelEntry& entry, const ModelContext& context, Target& target) {
    const SectionReader reader(entry.params, where, context.report);
    const auto* body = reader.find("extra_body");
    if (body == nullptr) return;
    if (!body->is(ValueKind::map)) return reader.wrong("extra_body", *body, "a map of parameters");
    for (const auto& [name, place, value] : body->members)
        target.extra_body.emplace_back(name, json_text(value));
}

// What servers of one's own take, a provider of models refuses. Prefixes that name a vendor's
// models without one, openai/ above all, are used for anybody's server, too: there drop_params says
// so.
bool refuses_params_of_others(const Target& target) {
    const auto& row = target.provider;
    return (row.kind == "openai" || row.kind == "openai_chat") && row.needs_key &&
           (target.drops_params || row.own_models.empty() || row.is_sure_to_serve(target.model));
}

void read_dropped(const ModelEntry& entry, const ModelContext& context, Target& target) {
    const SectionReader reader(entry.params, where, context.report);
    std::vector<std::string> names;
    reader.texts("additional_drop_params", names);
    for (auto& name : names) {
        if (name.find_first_of(".[") == std::string::npos) {
            target.dropped_params.push_back(std::move(name));
        } else if (wire::is_json_path(name)) {
            target.dropped_paths.push_back(std::move(name));
        } else {
            reader.wrong("additional_drop_params", *reader.find("additional_drop_params"),
                         "a list of parameters, or of paths like tools[*].function.strict");
        }
    }
    target.drops_params = context.drop_params;
    reader.boolean("drop_params", target.drops_params);
    target.modifies_params = context.modify_params;
    reader.boolean("modify_params", target.modifies_params);
    target.merges_thinking = context.merge_thinking;
    reader.boolean("merge_reasoning_content_in_choices", target.merges_thinking);
    std::vector<std::string> allowed;
    reader.texts("allowed_openai_params", allowed);
    const auto has = [](const std::vector<std::string>& names, std::string_view name) {
        return std::ranges::find(names, name) != names.end();
    };
    const auto add_to = [&](std::vector<std::string>& names) {
        return [&](std::string_view name) {
            if (!has(names, name) && !has(allowed, name)) names.emplace_back(name);
        };
    };
    if (target.drops_params)
        std::ranges::for_each(target.provider.refused_params, add_to(target.dropped_params));
    target.unsent_params = target.dropped_params;
    if (!refuses_params_of_others(target)) return;
    const auto withhold = add_to(target.unsent_params);
    std::ranges::for_each(context.catalogue.params_of_others(target.provider), withhold);
    if (!target.provider.takes_top_k) std::ranges::for_each(sampling_of_few, withhold);
}

void read_mock(const ModelEntry& entry, const ModelContext& context, Target& target) {
    const auto* mock = SectionReader(entry.params, where, context.report).find("mock_response");
    if (mock == nullptr) return;
    if (!mock->is_scalar()) {
        context.report.warning(
            mock->place,
            "mock_response: only text is supported yet; this answers with the JSON of it");
        target.mock_response = json_text(*mock);
        return;
    }
    if (mock->text.starts_with("litellm.")) {
        context.report.warning(
            mock->place,
            "mock_response: errors by name are not supported yet; this answers with the text");
    }
    target.mock_response = mock->text;
}

// Its share of the calls of its group, and what happens when it fails.
void read_share(const ModelEntry& entry, const ModelContext& context, Target& target) {
    const SectionReader reader(entry.params, where, context.report);
    for (const auto* key : {"tpm", "rpm", "weight"}) {  // the last one given counts
        if (const auto given = reader.number(key)) target.weight = given;
    }
    constexpr std::int64_t most = 1'000'000;
    if (const auto order = reader.whole("order", -most, most))
        target.order = static_cast<int>(*order);
    for (const auto* key : {"max_retries", "num_retries"}) {
        if (const auto retries = reader.whole(key, 0, 100))
            target.retries = static_cast<int>(*retries);
    }
    if (const auto most_at_once = reader.whole("max_parallel_requests", 1, most)) {
        target.max_parallel = static_cast<int>(*most_at_once);
    } else {
        target.max_parallel = context.max_parallel;
    }
    if (reader.find("cooldown_time") == nullptr) return;
    milliseconds cooldown{0};
    reader.seconds("cooldown_time", cooldown, true);
    target.cooldown = cooldown;
}

void read_prices(const Value& map, std::string_view name, const ModelContext& context,
                 Target& target) {
    const SectionReader reader(map, name, context.report);
    for (const auto& [key, place, value] : map.members) {
        if (!key.contains("cost") || !value.is_scalar()) continue;
        if (const auto price = reader.number(key)) target.prices[key] = *price;
    }
}

// Parameters that the table does not know go to the provider, unless they look like a slip of the
// pen, too.
void read_defaults(const ModelEntry& entry, const ModelContext& context, Target& target) {
    for (const auto& [name, place, value] : entry.params.members) {
        if (const auto* key = find_key(section::litellm_params, name)) {
            if (key->state == KeyState::later) warn_later(*key, place, context.report);
            continue;
        }
        if (value.is(ValueKind::null)) continue;
        if (find_key(section::request_parameters, name) == nullptr) {
            const auto hint =
                did_you_mean_key(name, {section::litellm_params, section::request_parameters});
            if (!hint.empty()) {
                context.report.warning(
                    place, "litellm_params has no key " + shown(name) + hint +
                               "; it goes to the provider as a parameter of the request");
            }
        }
        target.defaults.emplace_back(name, json_text(value));
    }
}

void read_model_info(const ModelEntry& entry, const ModelContext& context, Target& target) {
    if (!entry.model_info.is(ValueKind::map)) return;
    for (const auto& [name, place, value] : entry.model_info.members) {
        const auto* key = find_key(section::model_info, name);
        if (key != nullptr && key->state == KeyState::later)
            warn_later(*key, place, context.report);
        if (key != nullptr) continue;
        const auto hint = did_you_mean_key(name, {section::model_info});
        if (!hint.empty())
            context.report.warning(place,
                                   "model_info has no key " + shown(name) + hint + "; it is kept");
    }
    const SectionReader reader(entry.model_info, "model_info", context.report);
    reader.text("id", target.id);
    reader.boolean("hidden", target.is_hidden);
    target.model_info = json_text(masked(entry.model_info));
    target.info = entry.model_info;
}

// FNV-1a; stable from run to run, and without the key, so that an id says nothing of it and
// outlives its change.
std::string stable_id(const ModelEntry& entry, const Target& target) {
    std::string text = entry.model_name + '\n' + target.provider.prefix + '\n' + target.model +
                       '\n' + target.provider.base_url + '\n' + target.organization;
    for (const auto& [name, value] : target.defaults) text += '\n' + name + '=' + value;
    for (const auto& [name, value] : target.extra_body) text += '\n' + name + ':' + value;
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    std::string out(16, '0');
    for (auto digit = out.rbegin(); digit != out.rend(); ++digit, hash >>= 4)
        *digit = "0123456789abcdef"[hash & 15];
    return out;
}

Target read_target(const ModelEntry& entry, const ChosenProvider& chosen,
                   const ModelContext& context) {
    Target target;
    target.model_name = entry.model_name;
    target.provider = *chosen.row;
    target.model = chosen.model;
    target.place = entry.place;
    const SectionReader reader(entry.params, where, context.report);
    read_mock(entry, context, target);
    read_headers(entry, context, target);
    read_cloud(entry, context, target);
    read_base_url(entry, context, target);
    read_key(entry, context, target);
    read_extra_body(entry, context, target);
    read_dropped(entry, context, target);
    read_defaults(entry, context, target);
    target.timeout = reader.seconds("timeout").or_else([&] { return context.timeout; });
    target.stream_timeout =
        reader.seconds("stream_timeout").or_else([&] { return context.stream_timeout; });
    read_share(entry, context, target);
    read_prices(entry.model_info, "model_info", context, target);
    read_prices(entry.params, where, context, target);
    read_model_info(entry, context, target);
    return target;
}

std::vector<Target> one_for_each_organization(const ModelEntry& entry, Target target,
                                              const ModelContext& context) {
    std::vector<std::string> organizations;
    SectionReader(entry.params, where, context.report).texts("organization", organizations);
    if (organizations.empty()) organizations.emplace_back();
    if (!std::ranges::all_of(organizations, is_header_value)) {
        context.report.error(entry.place, "litellm_params.organization must be one line of text");
    }
    std::vector<Target> out;
    const auto given_id = target.id;
    for (std::size_t i = 0; i < organizations.size(); ++i) {
        target.organization = organizations[i];
        if (given_id.empty()) {
            target.id = stable_id(entry, target);
        } else if (i > 0) {
            target.id = given_id + "-" + std::to_string(i + 1);
        }
        out.push_back(target);
    }
    return out;
}

bool is_set_up(const ProviderSettings& row, const Environment& environment) {
    const auto is_set = [&](const std::string& variable) {
        const auto text = environment(variable);
        return text && !text->empty();
    };
    if (is_cloud(row)) return false;  // its models cannot be told from what the environment holds
    return std::ranges::any_of(row.key_variables, is_set) ||
           (!row.needs_key && std::ranges::any_of(row.base_variables, is_set));
}

// `model: "*"`: the caller names the provider, so every provider whose key is in the environment
// gets its own wildcard, and the names that are known without a prefix theirs.
std::vector<Target> one_for_each_provider(const ModelEntry& entry, const ModelContext& context) {
    std::vector<Target> out;
    const auto star = entry.model_name.find('*');
    const auto before = entry.model_name.substr(0, star);
    const auto after = entry.model_name.substr(star + 1);
    auto shared = entry;
    std::erase_if(shared.params.members,
                  [](const Member& member) { return member.key == "api_key"; });
    if (shared.params.members.size() != entry.params.members.size()) {
        context.report.warning(entry.params.find("api_key")->place,
                               "an api_key beside model: \"*\" would go to every provider; it is "
                               "not used, each has its own "
                               "environment variable");
    }
    for (const auto& row : context.catalogue.rows()) {
        if (!row.settings.is_supported() || !is_set_up(row.settings, context.environment)) continue;
        auto names = row.bare_names;
        names.push_back(row.settings.prefix + "/*");
        for (const auto& name : names) {
            shared.model_name = before + name + after;
            const bool is_bare = &name != &names.back();
            const auto model = is_bare ? name : "*";
            for (auto& target : one_for_each_organization(
                     shared, read_target(shared, {&row.settings, model}, context), context)) {
                out.push_back(std::move(target));
            }
        }
    }
    return out;
}

bool stars_fit(const ModelEntry& entry, const Value& model, const ModelContext& context) {
    if (entry.model_name.empty()) return true;  // reported already
    const auto in_name = std::ranges::count(entry.model_name, '*');
    const auto in_model = std::ranges::count(model.text, '*');
    if (in_model <= in_name) return true;
    context.report.error(
        model.place, "litellm_params.model has more * than model_name " + shown(entry.model_name) +
                         ", so nothing could stand for them; write the same number in both");
    return false;
}

const Value* model_of(const ModelEntry& entry, const ModelContext& context) {
    const auto* model = entry.params.find("model");
    if (model != nullptr && model->is_scalar() && !model->text.empty()) return model;
    if (model == nullptr || model->is(ValueKind::null) || model->text.empty()) {
        if (model != nullptr && !model->is_scalar()) {
            SectionReader(entry.params, where, context.report)
                .wrong("model", *model, "text, like openai/gpt-4o");
        } else {
            context.report.error(
                model == nullptr ? entry.place : model->place,
                "litellm_params.model is missing; write provider/model, like openai/gpt-4o");
        }
    }
    return nullptr;
}

// An entry whose provider cannot be told has its other mistakes reported in the same run.
std::vector<Target> none_but_its_problems(const ModelEntry& entry, const ModelContext& context) {
    ProviderSettings unknown;
    unknown.base_url = "http://unknown";
    unknown.needs_key = false;
    read_target(entry, {&unknown, {}}, context);
    return {};
}

}  // namespace

std::vector<Target> read_targets(const ModelEntry& entry, const ModelContext& context) {
    const auto* model = model_of(entry, context);
    if (model == nullptr || !stars_fit(entry, *model, context))
        return none_but_its_problems(entry, context);
    const auto* forced = entry.params.find("custom_llm_provider");
    if (model->text == "*" && forced == nullptr && entry.model_name.contains('*') &&
        !has_own_address(entry.params)) {
        return one_for_each_provider(entry, context);
    }
    const auto chosen = choose_provider(entry.params, context.catalogue, context.report);
    if (!chosen) return none_but_its_problems(entry, context);
    if (!chosen->row->is_supported()) {
        context.report.warning(model->place, "the provider \"" + chosen->row->prefix +
                                                 "\" is known, but not supported yet; model " +
                                                 shown(entry.model_name) + " is left out");
        return {};
    }
    auto target = read_target(entry, *chosen, context);
    if (target.provider.base_url.empty() && !target.mock_response) return {};  // reported
    return one_for_each_organization(entry, std::move(target), context);
}

}  // namespace router::config
