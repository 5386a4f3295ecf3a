#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "canonical/answer.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::openai_chat {

// Parts of an answer that are written alike in a whole one and in a stream.

// How many characters (code points) the inside of a JSON string says.
std::int64_t characters(std::string_view escaped);

// {"type":"url_citation","url_citation":{...}}: Chat has no other type, so a document without a URL
// has its name for one. False, and nothing: it has neither.
//
//   begin, end  of the text that cites, in the joined content; where the citation itself does not
//               know, it is the whole of it
//   index       in a stream: how many came before. openai-python joins lists by it, and fails where
//               a later entry has none (3.54, run 2026-11-23); the first is without
bool write_citation(wire::JsonWriter& json, const canonical::Citation& citation, std::int64_t begin,
                    std::int64_t end, int index = 0);

// A generated image as OpenRouter writes them.
// Source: https://openrouter.ai/docs/guides/overview/multimodal/image-generation (read 2026-11-22)
void write_image(wire::JsonWriter& json, const canonical::MediaBlock& image, int index);

// The member `audio` of a message. OpenAI keeps audio for a while under its id; we do not.
void write_audio(wire::JsonWriter& json, const canonical::MediaBlock& audio, std::string_view id,
                 std::int64_t created);

// The member extra_content with Gemini's proof of a call, if it has one.
void write_call_proof(wire::JsonWriter& json, const canonical::Signature& proof);

// A URL of media: a data URL where it is here.
void write_url(wire::JsonWriter& json, std::string_view key, const canonical::MediaBlock& media);

}  // namespace router::dialects::openai_chat
