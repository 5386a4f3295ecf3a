#pragma once

#include <string>
#include <string_view>

#include "config/model_catalogue.hpp"
#include "config/value.hpp"

namespace router::config {

// What a provider answered to GET /models.
struct PublishedModels {
    std::string provider;  // its prefix
    std::string kind;      // the wire format that its models are asked in
    std::string body;      // JSON
    bool operator==(const PublishedModels&) const = default;
};

// The rows of a models.yml that such an answer amounts to, each like the one in `known` that stands
// for its model so far, but for what the provider says: limits, media, thinking, efforts, prices.
// What it does not say, or says in a way that is not known, stays.
//   source  Anthropic's capabilities (SDK types), Gemini's limits, OpenRouter's architecture,
//           pricing and supported_parameters, Groq's context_window, xAI's
//           capabilities.reasoning_effort; read 2026-11-23
Value published_rows(const PublishedModels& published, const ModelCatalogue& known);

}  // namespace router::config
