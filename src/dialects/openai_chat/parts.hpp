#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "canonical/block.hpp"
#include "wire/json.hpp"

namespace router::dialects::openai_chat {

// What is wrong with a request, and where: "content[2].type". Answers are read whatever is wrong.
struct Fault {
    std::string path{};
    std::string message{};
    bool is_there() const { return !message.empty(); }
};

// The blocks of a `content`: a string, a list of parts, or null. Parts are those of OpenAI, and
// what compatible servers and their clients write: Mistral's thinking lists and document_url,
// OpenRouter's and vLLM's video_url and audio_url, Anthropic's thinking blocks, Responses' input_*.
//
//   fault   the first part that is none; it is left out
//   source  https://platform.openai.com/docs/api-reference/chat/create,
//           https://docs.mistral.ai/capabilities/reasoning (read 2026-11-22)
void read_content(wire::json::value& content, canonical::Arena& arena,
                  std::vector<canonical::Block>& blocks, Fault& fault);

// What an `image_url` (or whichever) says: a data URL, or another one.
canonical::MediaBlock media_of(canonical::Text url, canonical::MediaKind kind,
                               canonical::Arena& arena);

}  // namespace router::dialects::openai_chat
