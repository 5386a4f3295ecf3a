#pragma once

#include <map>
#include <optional>
#include <string>

#include "canonical/usage.hpp"

namespace router::accounting {

// Prices under LiteLLM's names, US dollars a token: input_cost_per_token, output_cost_per_token,
// cache_read_input_token_cost, cache_creation_input_token_cost, ..._above_1hr,
// output_cost_per_reasoning_token, input_cost_per_audio_token, output_cost_per_audio_token; with
// _above_200k_tokens and its like behind the name, those of a longer prompt.
//   source  docs.litellm.ai/docs/proxy/custom_pricing, read 2026-11-22
using Prices = std::map<std::string, double>;

// What a call costs, in US dollars; nothing where the prices of input and output are not known.
// What has no price of its own (a cached token, one of reasoning or audio) costs what any other
// does.
std::optional<double> cost_of(const canonical::Usage& usage, const Prices& prices);

}  // namespace router::accounting
