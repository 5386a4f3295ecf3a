#pragma once

#include <string>

#include "canonical/text.hpp"
#include "wire/json.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::gemini {

// logprobsResult as the array that OpenAI calls `content`; empty when nothing was chosen.
//
//   source  https://ai.google.dev/api/generate-content#LogprobsResult (read 2026-11-22)
std::string logprobs_content(wire::json::value& result);

// The members of logprobsResult from OpenAI's arrays of tokens, put together in `contents`.
class LogprobsResult {
 public:
    void add(canonical::Json content);        // an array, as OpenAI writes it
    void write(wire::JsonWriter& out) const;  // the member; nothing when nothing was added

 private:
    std::string chosen_;  // elements, with commas between
    std::string top_;
};

}  // namespace router::dialects::gemini
