#pragma once

#include <cstdint>
#include <string_view>

#include "canonical/usage.hpp"
#include "wire/json.hpp"

namespace router::dialects::openai_chat {

// What a quick look at one choice shows, of a stream or of a whole answer. Nearly all are as OpenAI
// writes them and go on as they came; one that is `odd` must be taken apart (mend.hpp). The look is
// strict: whatever it does not know for sure is odd.
struct ChoiceGlance {
    std::uint64_t index = 0;
    bool has_index = false;
    bool is_odd = false;
    bool is_text = false;       // of the old completions: `text` and nothing else
    bool has_message = false;   // a `delta` or `message` that is an object
    bool is_empty = true;       // it has no text, and its delta no members
    bool tells_role = false;    // the role is there, and is the assistant's
    bool has_calls = false;     // a whole answer's, each complete
    int goes_on_with = -1;      // the index of the one call that a stream goes on with
    std::string_view finish{};  // into the text that was read; empty: none
    bool has_error = false;     // OpenRouter's: the choice failed
    std::string_view usage{};   // Moonshot's, as JSON
};

// A string that is not empty.
bool is_text(wire::json::value& value);

// `text` is all that is read, with the choice in it.
ChoiceGlance glance_at_chunk(wire::json::value& choice, std::string_view text);
ChoiceGlance glance_at_answer(wire::json::value& choice, std::string_view text);

}  // namespace router::dialects::openai_chat
