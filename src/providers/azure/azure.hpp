#pragma once

#include <memory>

#include "providers/provider.hpp"

namespace router::providers::azure {

// OpenAI's models on Azure. Without an api_version, or with "v1" or "preview", the URLs are those
// of OpenAI below /openai/v1; with a date each deployment has its own. Asked with a key, with a
// token of Microsoft Entra, or with a client's secret that such a token is got for.
//
// https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle (read 2026-11-22)
std::unique_ptr<const Provider> make(const config::Target& target);

}  // namespace router::providers::azure
