#include "config/read_routing.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "config/read_settings.hpp"
#include "config/section_reader.hpp"

namespace router::config {
namespace {

// LiteLLM's names; its two by usage are told apart by where the counts are kept.
constexpr std::array<std::pair<std::string_view, Strategy>, 6> strategies{{
    {"simple-shuffle", Strategy::shuffle},
    {"least-busy", Strategy::least_busy},
    {"latency-based-routing", Strategy::quickest},
    {"cost-based-routing", Strategy::cheapest},
    {"usage-based-routing", Strategy::least_busy},
    {"usage-based-routing-v2", Strategy::least_busy},
}};

void read_strategy(const SectionReader& reader, Strategy& strategy, Report& report) {
    std::vector<std::string_view> names;
    for (const auto& [name, which] : strategies) names.push_back(name);
    const auto given = reader.one_of("routing_strategy", names);
    if (!given) return;
    strategy =
        std::ranges::find(strategies, *given, &decltype(strategies)::value_type::first)->second;
    if (!given->starts_with("usage-based")) return;
    report.warning(reader.find("routing_strategy")->place,
                   "router_settings.routing_strategy: " + *given +
                       " is not supported yet; the target with the fewest calls under way is "
                       "asked first, as with least-busy");
}

// A model that is to answer: its name, or a map of parameters with its name.
const Value* name_in(const Value& item, std::string_view key, Report& report) {
    if (item.is_scalar() && !item.text.empty()) return &item;
    const auto* model = item.find("model");
    if (model == nullptr || !model->is_scalar()) {
        report.error(item.place, "an entry of " + std::string(key) +
                                     " must be the name of a model; it is " + shown(item));
        return nullptr;
    }
    if (item.members.size() > 1) {
        report.warning(item.place, std::string(key) +
                                       ": other parameters for a fall-back are not supported yet; "
                                       "the model alone is used");
    }
    return model;
}

std::vector<std::string> read_names(const Value& list, std::string_view key,
                                    const HintIfMissing& hint_if_missing, Report& report) {
    std::vector<std::string> names;
    if (!list.is(ValueKind::list)) {
        report.error(list.place, std::string(key) + " must hold a list of models for each; it is " +
                                     shown(list));
        return names;
    }
    for (const auto& item : list.items) {
        const auto* name = name_in(item, key, report);
        if (name == nullptr) continue;
        if (const auto hint = hint_if_missing(name->text)) {
            report.warning(name->place, std::string(key) + ": no model " + shown(*name) +
                                            " is served, so it cannot stand in for another" +
                                            *hint);
        }
        names.push_back(name->text);
    }
    return names;
}

// [{model: [others]}, ...], or the same as one map.
void read_fallbacks(const SectionReader& reader, std::string_view key,
                    const HintIfMissing& hint_if_missing, std::vector<Fallbacks>& fallbacks,
                    Report& report) {
    const auto* value = reader.find(key);
    if (value == nullptr) return;
    fallbacks.clear();
    const auto read = [&](const Value& map) {
        if (!map.is(ValueKind::map))
            return reader.wrong(key, map, "a list of maps, like - gpt-4o: [claude-sonnet]");
        for (const auto& [model, place, list] : map.members) {
            const auto hint = model == "*" ? std::nullopt : hint_if_missing(model);
            if (hint) {
                report.warning(place, std::string(key) + ": no model " + shown(model) +
                                          " is served, so nothing falls back from it" + *hint);
            }
            fallbacks.push_back({model, read_names(list, key, hint_if_missing, report)});
        }
    };
    if (!value->is(ValueKind::list)) return read(*value);
    std::ranges::for_each(value->items, read);
}

void read_default_fallbacks(const SectionReader& reader, const HintIfMissing& hint_if_missing,
                            RoutingSettings& routing, Report& report) {
    const auto* value = reader.find("default_fallbacks");
    if (value == nullptr) return;
    routing.fallbacks.push_back(
        {"*", read_names(*value, "default_fallbacks", hint_if_missing, report)});
}

void read_section(const SectionReader& reader, const HintIfMissing& hint_if_missing,
                  RoutingSettings& routing, Report& report) {
    if (const auto retries = reader.whole("num_retries", 0, 100))
        routing.retries = static_cast<int>(*retries);
    reader.seconds("cooldown_time", routing.cooldown, true);
    if (const auto fails = reader.whole("allowed_fails", 0, 1'000'000))
        routing.allowed_fails = static_cast<int>(*fails);
    read_fallbacks(reader, "fallbacks", hint_if_missing, routing.fallbacks, report);
    read_default_fallbacks(reader, hint_if_missing, routing, report);
    read_fallbacks(reader, "context_window_fallbacks", hint_if_missing, routing.long_context,
                   report);
    read_fallbacks(reader, "content_policy_fallbacks", hint_if_missing, routing.refused_content,
                   report);
}

}  // namespace

void read_routing(const Value& document, const HintIfMissing& hint_if_missing,
                  RoutingSettings& routing, Report& report) {
    read_section({section_of(document, "litellm_settings", report), "litellm_settings", report},
                 hint_if_missing, routing, report);
    const SectionReader reader(section_of(document, "router_settings", report), "router_settings",
                               report);
    read_section(reader, hint_if_missing, routing, report);
    read_strategy(reader, routing.strategy, report);
    reader.seconds("retry_after", routing.shortest_wait, true);
    if (const auto most = reader.whole("max_fallbacks", 0, 100))
        routing.max_fallbacks = static_cast<std::size_t>(*most);
    bool is_never_set_aside = false;
    reader.boolean("disable_cooldowns", is_never_set_aside);
    if (is_never_set_aside) routing.cooldown = milliseconds::zero();
}

}  // namespace router::config
