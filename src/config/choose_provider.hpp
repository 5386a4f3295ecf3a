#pragma once

#include <optional>
#include <string>

#include "config/provider_catalogue.hpp"
#include "config/report.hpp"
#include "config/value.hpp"

namespace router::config {

struct ChosenProvider {
    const ProviderSettings* row = nullptr;
    std::string model;  // what is left for the upstream
};

// Who serves an entry, by custom_llm_provider, the prefix of model, the host of api_base, or a
// well-known bare name, in this order; nothing where none can be told, which is reported.
std::optional<ChosenProvider> choose_provider(const Value& params,
                                              const ProviderCatalogue& catalogue, Report& report);

}  // namespace router::config
