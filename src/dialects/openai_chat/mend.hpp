#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialects/openai_chat/choice_glance.hpp"
#include "dialects/openai_chat/open_calls.hpp"
#include "wire/json_tree.hpp"

namespace router::dialects::openai_chat {

// Choices of servers that are nearly OpenAI's, on their way to a client: what its SDK would stumble
// over is put right, everything else stays, in its order and with its numbers as they are written.
//
//   role          told once, in the first delta; `delta: null` or none is an empty one
//   content       a list of parts (Mistral) becomes text, and its thoughts reasoning_content
//   thoughts      wherever they stand (reasoning, thinking, reasoning_text, reasoning_details),
//   they
//                 stand in reasoning_content too
//   lists         that a stream tells in pieces (reasoning_details, annotations, images): each
//                 entry has the index by which openai-python joins them
//   calls         numbered from 0; the first fragment has id, type and arguments, the later ones
//                 repeat neither id nor name, for SDKs join what comes twice; arguments are a text;
//                 of a call without any they are {}
//   choices       of a whole answer that have no index and tell its text and its calls apart
//                 (GitHub Copilot) are one
//   finish        a word of OpenAI's; the server's own is then in native_finish_reason. A stop is
//                 tool_calls where there are calls; "" is null in a stream
//   source        what removing each member did to openai-python 3.54, openai-node 7.57 and the AI
//                 SDK 7.0 (2026-11-22)

// What a client was told of one choice of a stream so far.
struct ToldChoice {
    std::uint64_t index = 0;
    bool is_text = false;  // of the old completions
    bool has_role = false;
    bool has_finished = false;
    OpenCalls calls{};
    int details = 0;            // the index of the next entry of reasoning_details
    std::string last_detail{};  // the type of the one that may go on; empty: none may
    std::vector<std::pair<std::string, int>> lists{};  // entries so far of others, by their names

    // Whether a chunk's choice may go on as it came.
    bool takes(const ChoiceGlance& seen) const;
    void note(const ChoiceGlance& seen);  // it went
};

// What a stream told of its choices.
class ToldChoices {
 public:
    // Null: there are more of them than OpenAI allows, and nothing is known of this one.
    ToldChoice* find_or_add(std::uint64_t index);
    std::vector<ToldChoice>& all() { return choices_; }
    const std::vector<ToldChoice>& all() const { return choices_; }

 private:
    std::vector<ToldChoice> choices_;
};

struct Mended {
    bool is_changed = false;
    bool only_repeats_finish = false;  // the client knows all of it already
};

// `choices` of a chunk.
Mended mend_chunk(wire::JsonTree& choices, ToldChoices& told);
// `choices` of a whole answer. True: something was changed.
bool mend_answer(wire::JsonTree& choices);

// The choices of a chunk that ends what a stream left without a finish_reason, as JSON. Empty:
// there are none.
std::string finishing_choices(ToldChoices& told);

}  // namespace router::dialects::openai_chat
