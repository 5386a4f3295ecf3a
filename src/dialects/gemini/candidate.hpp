#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "canonical/answer.hpp"
#include "dialects/gemini/grounding.hpp"
#include "dialects/gemini/part.hpp"
#include "dialects/gemini/partial_args.hpp"
#include "dialects/gemini/text_positions.hpp"

namespace router::dialects::gemini {

// One of an answer's candidates, part by part, as canonical events. Texts go on in one block until
// something else comes.
class Candidate {
 public:
    explicit Candidate(int index) : index_(index) {}

    //   call_id  given to a call that has none; `calls` of them were given
    void take(const Part& part, canonical::Json logprobs, std::string_view call_id,
              canonical::EventSink& sink);

    void set_finish(std::string_view reason) { finish_reason_ = reason; }
    void set_message(std::string_view escaped) { message_ = escaped; }
    Grounding& grounding() { return grounding_; }

    bool is_finished() const { return !finish_reason_.empty(); }
    int index() const { return index_; }

    // Ends what is open and tells what was held back; then, when it is finished, how it ended.
    //   is_whole  a finishReason that is missing means STOP
    void finish(bool is_whole, canonical::EventSink& sink);

 private:
    struct OpenCall {
        std::string signature;
        PartialArgs args;
        std::string whole;  // arguments that came as an object after all
    };

    void take_text(const Part& part, canonical::Json logprobs, canonical::EventSink& sink);
    void take_call(const Part& part, std::string_view call_id, canonical::EventSink& sink);
    void go_on(const Part& part, canonical::EventSink& sink);
    void end_call(canonical::EventSink& sink);
    void open(canonical::BlockKind kind, canonical::EventSink& sink);
    void close(canonical::EventSink& sink);
    void sign(std::string_view signature, canonical::EventSink& sink);
    void release_signature(canonical::EventSink& sink);
    void cite(bool is_whole, canonical::EventSink& sink);
    void put_whole(canonical::Block block, canonical::EventSink& sink);

    int index_;
    int next_block_ = 0;
    std::optional<canonical::BlockKind> open_;  // of the block before next_block_
    bool is_sealed_ = false;  // signed: it ends with whatever comes but its citations
    int text_block_ = -1;     // the last one
    std::optional<OpenCall> call_;
    std::string held_signature_;  // of an empty text: it may be followed by citations of the text
    std::string finish_reason_;
    std::string message_;
    bool has_calls_ = false;
    Grounding grounding_;
    TextPositions positions_;  // in all texts, as one
    struct TextStart {
        int block;
        std::int64_t characters;
        std::int64_t bytes;
    };
    std::vector<TextStart> texts_;
};

}  // namespace router::dialects::gemini
