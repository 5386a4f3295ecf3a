#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "canonical/answer.hpp"
#include "dialects/dialect.hpp"
#include "dialects/gemini/grounding.hpp"
#include "dialects/gemini/logprobs.hpp"
#include "dialects/gemini/text_positions.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::gemini {

// The parts of one candidate on their way to a Gemini client, whole or streamed. Gemini keeps its
// proof of thinking on the part behind the thoughts; other providers' proofs travel the same way,
// sealed.
class CandidateWriter {
 public:
    explicit CandidateWriter(bool wants_thinking) : wants_thinking_(wants_thinking) {}

    // Each writes elements of `parts`, or nothing.
    void write_text(wire::JsonWriter& out, canonical::Text text);
    void write_thought(wire::JsonWriter& out, canonical::Text text);
    void write_call(wire::JsonWriter& out, std::string_view id, std::string_view name,
                    std::string_view arguments, const canonical::Signature& signature);
    void write_whole(wire::JsonWriter& out, const canonical::Block& block);

    // Thoughts are over: what proves them goes onto the next part.
    void hold(wire::JsonWriter& out, const canonical::ThinkingBlock& thinking);
    // A text is over: the next one's citations count anew; its proof stands on an empty part.
    void end_text(wire::JsonWriter& out, const canonical::Signature& signature);
    void cite(const canonical::Citation& citation);
    void add_logprobs(canonical::Json content);
    void refuse() { has_refused_ = true; }

    // What no part has taken, as an empty one; `must_write`: there shall be a part in any case.
    void write_rest(wire::JsonWriter& out, bool must_write);
    // finishReason and the members behind it.
    void write_ending(wire::JsonWriter& out, canonical::Ending ending);
    bool wants_thinking() const { return wants_thinking_; }

 private:
    void write_held(wire::JsonWriter& out);

    bool wants_thinking_;
    bool has_refused_ = false;
    bool has_called_ = false;
    std::string malformed_;     // a call whose arguments are none
    std::string held_;          // a signature, escaped
    std::string seal_of_text_;  // went out with a text: the first call repeats it
    std::vector<TextPositions> texts_;
    bool is_text_open_ = false;
    std::vector<CitedText> citations_;
    LogprobsResult logprobs_;
};

}  // namespace router::dialects::gemini
