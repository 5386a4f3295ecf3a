#include "gateway/known_models.hpp"

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
    auto facts = snapshot.facts_of(target, dialects::name_of(dialect), model);
    return facts_.emplace(key_, std::move(facts)).first->second;
}

}  // namespace router::gateway
