#pragma once

#include <memory>

#include "providers/provider.hpp"

namespace router::providers::vertex_ai {

// Google Cloud's Vertex AI: Gemini, Claude, and by its OpenAI-compatible endpoint what other
// publishers ("meta/llama-...") have there. Asked with a token that a service account, or a user
// who has signed in, is given; without credentials the machine's own metadata server is asked.
std::unique_ptr<const Provider> make(const config::Target& target);

}  // namespace router::providers::vertex_ai
