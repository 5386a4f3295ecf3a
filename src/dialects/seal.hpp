#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "canonical/block.hpp"

namespace router::dialects {

// A provider's proof of thinking, carried through a dialect that has a field for its own kind of
// proof only: Gemini's signature in Anthropic's `signature`, Anthropic's block in
// `encrypted_content` of Responses. The seal says whose it is, so that it comes back to that one
// and is dropped on the way to any other. It is base64, which Google's SDKs ask of signatures.
//
//   holds  origin, issuer, value and item of the signature, whether it is redacted, and the
//          thinking's text, which some clients drop
std::string seal(const canonical::ThinkingBlock& thinking);

// What a seal holds, kept in `arena`; nothing when `text` is none of ours.
std::optional<canonical::ThinkingBlock> open_seal(std::string_view text, canonical::Arena& arena);

// Every seal begins with this: a body without it holds none.
inline constexpr std::string_view seal_mark = "TExNUjAx";

}  // namespace router::dialects
