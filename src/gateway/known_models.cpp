#include "gateway/known_models.hpp"

#include "config/model_catalogue.hpp"
#include "dialects/registry.hpp"

namespace router::gateway {

const config::ModelFacts& KnownModels::of(const config::Snapshot& snapshot,
                                          const config::Target& target,
                                          canonical::DialectId dialect, std::string_view model) {
    if (snapshot_ != &snapshot || facts_.size() >= most) facts_.clear();
    snapshot_ = &snapshot;
    key_ = target.id;
    key_ += static_cast<char>('a' + static_cast<int>(dialect));
    key_ += model;
    const auto found = facts_.find(key_);
    if (found != facts_.end()) return found->second;
    auto facts =
        snapshot.models.facts_for(target.provider.prefix, dialects::name_of(dialect), model);
    if (target.info.is(config::ValueKind::map)) {
        config::Report unheard;  // whatever is wrong with it was said when it was loaded
        config::add_model_info(facts, target.info, unheard);
    }
    return facts_.emplace(key_, std::move(facts)).first->second;
}

}  // namespace router::gateway
