#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/load.hpp"
#include "config/provider_catalogue.hpp"
#include "config/report.hpp"
#include "config/snapshot.hpp"
#include "config/value.hpp"

namespace router::config {

// What the reading of every entry of model_list shares.
struct ModelContext {
    const Environment& environment;
    const ProviderCatalogue& catalogue;
    Report& report;
    const ReadFile& read_file;
    bool drop_params = false;  // of litellm_settings, for every model
    bool modify_params = false;
    bool merge_thinking = false;
    std::optional<int> max_parallel{};  // of router_settings, for entries without their own
    std::optional<milliseconds> timeout{}, stream_timeout{};
};

// One entry of model_list, its credential's values already among its parameters.
struct ModelEntry {
    std::string model_name;
    Value params;
    Value model_info;
    Place place;
};

// The targets of an entry: one; one each where organization is a list; one for each provider with a
// key where the model is "*" and so the caller names the provider; none where the entry is wrong or
// its provider not supported yet, which is reported.
std::vector<Target> read_targets(const ModelEntry& entry, const ModelContext& context);

}  // namespace router::config
