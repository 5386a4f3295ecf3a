#include "config/snapshot.hpp"

namespace router::config {

void Snapshot::learn(const std::vector<PublishedModels>& published) {
    const auto known = models;
    for (const auto& answer : published) models.extend_published(published_rows(answer, known));
    for (auto& group : groups) {
        for (auto& target : group.targets) {
            if (target.prices.empty()) target.prices = facts_of(target, {}, target.model).prices;
        }
    }
}

ModelFacts Snapshot::facts_of(const Target& target, std::string_view dialect,
                              std::string_view model) const {
    auto facts = models.facts_for(target.provider.prefix, dialect, model);
    if (target.info.is(ValueKind::map)) {
        Report unheard;  // whatever is wrong with it was said when it was loaded
        add_model_info(facts, target.info, unheard);
    }
    return facts;
}

}  // namespace router::config
