#include <algorithm>
#include <array>

#include "providers/anthropic/anthropic.hpp"
#include "providers/azure/azure.hpp"
#include "providers/azure/foundry.hpp"
#include "providers/bedrock/bedrock.hpp"
#include "providers/gemini/gemini.hpp"
#include "providers/openai/openai.hpp"
#include "providers/provider.hpp"
#include "providers/vertex_ai/vertex_ai.hpp"

namespace router::providers {
namespace {

struct Kind {
    std::string_view name;
    std::unique_ptr<const Provider> (*make)(const config::Target& target);
};

// The same names as config::supported_kinds(); a test holds the two together.
constexpr std::array<Kind, 8> kinds{{
    {"openai_chat", &openai::make},
    {"openai", &openai::make},
    {"anthropic", &anthropic::make},
    {"gemini", &gemini::make},
    {"azure", &azure::make},
    {"azure_ai", &azure::make_foundry},
    {"vertex_ai", &vertex_ai::make},
    {"bedrock", &bedrock::make},
}};

}  // namespace

std::unique_ptr<const Provider> make_provider(const config::Target& target) {
    const auto kind = std::ranges::find(kinds, target.provider.kind, &Kind::name);
    return kind == kinds.end() ? openai::make(target) : kind->make(target);
}

}  // namespace router::providers
