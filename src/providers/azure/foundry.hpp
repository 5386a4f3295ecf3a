#pragma once

#include <memory>

#include "providers/provider.hpp"

namespace router::providers::azure {

// What others have on Azure's AI Foundry: Claude below /anthropic in Anthropic's format, the rest
// as Chat Completions. At an address that is not Azure's the URLs are those of OpenAI.
//
// https://learn.microsoft.com/azure/ai-foundry/foundry-models/how-to/use-foundry-models-claude
// (read 2026-11-22)
std::unique_ptr<const Provider> make_foundry(const config::Target& target);

}  // namespace router::providers::azure
