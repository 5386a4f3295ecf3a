#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "canonical/block.hpp"
#include "wire/json.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::openai_chat {

// Thoughts with their proofs in a field that OpenAI does not have but many clients and servers
// know: `reasoning_details`, a list of
//
//   reasoning.text       text, signature
//   reasoning.summary    summary
//   reasoning.encrypted  data: a redacted thought, a proof without its thought; with the id of a
//                        tool call (Gemini) that call's proof
//
// each with `format`, whose proof it is, and an `index` by which clients join what came in pieces.
// Here also `issuer`: canonical::Signature::issuer.
//
// Source: https://openrouter.ai/docs/guides/best-practices/reasoning-tokens (read 2026-11-22)
struct Detail {
    std::string type{};
    canonical::Text text{};       // `text` or `summary`
    canonical::Text signature{};  // `signature` or `data`
    std::string format{};
    std::string id{};
    std::string issuer{};
    std::optional<std::int64_t> index{};
    canonical::Json raw{};

    canonical::Origin origin() const;  // by the format; none: nothing was signed
    bool is_encrypted() const { return type == "reasoning.encrypted"; }
    // The proof; of a format that only its server knows, the whole entry.
    canonical::Signature proof(canonical::Arena& arena) const;
};

Detail read_detail(wire::json::value& element);

// The same of an entry of LiteLLM's thinking_blocks, which are Anthropic's.
Detail read_thinking_block(wire::json::value& element);

// Entries put together to thoughts, in order.
class Thoughts {
 public:
    explicit Thoughts(canonical::Arena& arena) : arena_(&arena) {}

    void add(const Detail& detail);

    // Forgets Gemini's proofs that name no issuer: a seller of Gemini's models passed them on, and
    // Google would refuse them. Its own stand in extra_content.
    void forget_passed_on();

    bool have_text() const;
    std::vector<canonical::ThinkingBlock> blocks{};
    // Gemini's proofs by the tool call's id; with an empty id, of the text.
    std::vector<std::pair<std::string, canonical::Signature>> elsewhere{};

 private:
    bool join(const Detail& detail);

    canonical::Arena* arena_;
    Detail last_{};
};

// A thought as entries, if it has a proof: a thought without one stands in reasoning_content alone.
// `index` is that of the next entry.
void write_details(wire::JsonWriter& json, const canonical::ThinkingBlock& thought, int& index);

// Gemini's proof of a text, or of the tool call with that id.
void write_proof(wire::JsonWriter& json, const canonical::Signature& proof, std::string_view id,
                 int& index);

}  // namespace router::dialects::openai_chat
