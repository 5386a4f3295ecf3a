#pragma once

#include "config/read_target.hpp"

namespace router::config {

// Whether a provider is one of the clouds, which want more than a key.
bool is_cloud(const ProviderSettings& row);

// What Azure, Vertex AI and Bedrock want to know besides a key, from the entry, else from the
// environment; and the address that follows from a region, which api_base stands above.
void read_cloud(const ModelEntry& entry, const ModelContext& context, Target& target);

// Whether a target has its proof in CloudSettings, so that it needs no key.
bool has_cloud_credentials(const Target& target);

}  // namespace router::config
