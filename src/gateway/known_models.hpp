#pragma once

#include <string>
#include <unordered_map>

#include "canonical/request.hpp"
#include "config/snapshot.hpp"

namespace router::gateway {

// What is known of the models that calls ask for, looked up once. One a thread.
class KnownModels {
 public:
    // The facts hold until the next call of of().
    const config::ModelFacts& of(const config::Snapshot& snapshot, const config::Target& target,
                                 canonical::DialectId dialect, std::string_view model);

 private:
    static constexpr std::size_t most = 1000;  // a wildcard serves any number of names

    const config::Snapshot* snapshot_ = nullptr;  // that they were looked up in
    std::string key_;
    std::unordered_map<std::string, config::ModelFacts> facts_;
};

}  // namespace router::gateway
