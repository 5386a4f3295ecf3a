#pragma once

#include <string>
#include <string_view>

#include "canonical/block.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::anthropic_messages {

// Blocks that stand in requests and in answers alike.

// A thought with what proves it: in `signature` or, redacted, in `data`. False, and nothing
// written: there is neither thought nor proof.
bool write_thinking(wire::JsonWriter& writer, const canonical::ThinkingBlock& thinking,
                    std::string_view proof);

// The proof as a client gets it, the inside of a JSON string: Anthropic's own as it is; under our
// seal that of another, and one whose issuer is known, for it must go back to that account alone.
// The thought's text stands beside it and is not sealed with it.
std::string signature_text(const canonical::Signature& signature, bool is_redacted);

// The proof of a text, for which Anthropic has no place: a redacted thought behind the text.
void write_text_proof(wire::JsonWriter& writer, std::string_view proof);

// As Anthropic wrote it, else as something found on the web, with seal_mark for the proof that only
// Anthropic can give. False: it says neither.
bool write_citation(wire::JsonWriter& writer, const canonical::Citation& citation);

// The arguments as an object. A text that is none stands in the one member INVALID_JSON, as
// Anthropic advises for arguments that its own models did not finish.
// source: https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/fine-grained-tool-streaming
void write_input(wire::JsonWriter& writer, canonical::Json arguments);

}  // namespace router::dialects::anthropic_messages
