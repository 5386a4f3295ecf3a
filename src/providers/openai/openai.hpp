#pragma once

#include <memory>

#include "providers/provider.hpp"

namespace router::providers::openai {

// OpenAI and the servers that speak its formats: a bearer key, Chat Completions below the base URL.
// Those of the kind "openai" know Responses, too; "responses/" before a model asks for it there.
std::unique_ptr<const Provider> make(const config::Target& target);

}  // namespace router::providers::openai
