#pragma once

#include "canonical/usage.hpp"
#include "wire/json.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::openai_chat {

// Reads a `usage` object of whatever server. Members that are missing, null or no numbers count as
// absent; a total that is missing is the sum. Chat and completions count prompt_ and
// completion_tokens, images and transcriptions input_ and output_tokens.
//
//   reasoning  part of `completion`, also where the server counts it beside: xAI, whose total is
//              prompt + completion + reasoning, and Perplexity, whose reasoning is the larger
//              number
//   cached     under prompt_tokens_details, or DeepSeek's prompt_cache_hit_tokens, Moonshot's
//              cached_tokens, Mistral's num_cached_tokens, LiteLLM's cache_read_input_tokens
//   source     answers of these servers (read 2026-11-22)
canonical::Usage read_usage(wire::json::object& usage);
canonical::Usage read_usage(wire::json::value& usage);  // of one that is no object: not known

// The same as OpenAI writes it, with both objects of details.
// `,"cost":...`, what a usage object ends with where a price is known; US dollars. OpenRouter calls
// it so, and Open WebUI shows it.
std::string cost_member(double dollars);

void write_usage(wire::JsonWriter& json, const canonical::Usage& usage);

}  // namespace router::dialects::openai_chat
