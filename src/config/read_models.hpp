#pragma once

#include "config/load.hpp"
#include "config/provider_catalogue.hpp"
#include "config/report.hpp"
#include "config/snapshot.hpp"
#include "config/value.hpp"

namespace router::config {

// Fills the groups and aliases of `snapshot` from model_list, credential_list, model_group_alias
// and litellm_settings.drop_params. Files of credentials come from `read_file`.
void read_models(const Value& document, const Environment& environment,
                 const ProviderCatalogue& catalogue, const ReadFile& read_file, Snapshot& snapshot,
                 Report& report);

}  // namespace router::config
