#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialects/dialect.hpp"
#include "dialects/openai_chat/open_calls.hpp"
#include "dialects/openai_chat/stream_chunk.hpp"

namespace router::dialects::openai_chat {

// One choice of a stream, told as blocks. A text, a thought and a refusal follow one another; calls
// stay open beside them until their arguments are whole and something else begins.
class ChoiceDecoder {
 public:
    ChoiceDecoder(int index, std::string seed) : index_(index), seed_(std::move(seed)) {}

    int index() const { return index_; }
    bool has_finished() const { return !finish_.empty(); }

    void tell(const ChoiceChunk& chunk, canonical::Arena& arena, canonical::EventSink& sink);
    // Ends what is open, and the choice.
    //   sources  of the whole answer: URL and title
    void end(const std::vector<std::pair<std::string, std::string>>& sources,
             canonical::EventSink& sink);

 private:
    void open(canonical::BlockKind kind, canonical::EventSink& sink, bool is_redacted = false);
    void close(canonical::EventSink& sink);
    void end_complete_calls(canonical::EventSink& sink);
    void say(canonical::BlockKind kind, canonical::Text text, canonical::EventSink& sink,
             canonical::Json logprobs = {});

    void tell_thoughts(const ChoiceChunk& chunk, canonical::Arena& arena,
                       canonical::EventSink& sink);
    void tell_detail(const Detail& detail, canonical::Arena& arena, canonical::EventSink& sink);
    void tell_proof(const Detail& detail, canonical::Arena& arena, canonical::EventSink& sink);
    void sign(canonical::Signature proof, canonical::EventSink& sink);
    void tell_call(const CallFragment& fragment, canonical::EventSink& sink);
    void start_call(OpenCall& call, canonical::EventSink& sink);
    void end_call(OpenCall& call, canonical::EventSink& sink);
    void seal_call(OpenCall& call, canonical::Signature proof, canonical::EventSink& sink);
    void tell_whole(const ChoiceChunk& chunk, canonical::EventSink& sink);
    void keep_proof(std::string id, const canonical::Signature& proof);
    void place_kept_proofs(canonical::EventSink& sink);

    struct KeptProof {
        std::string id;
        std::string value;
        std::string issuer;
    };

    int index_;
    std::string seed_;  // for ids of calls that came without
    int next_block_ = 0;
    int open_ = -1;  // the text, thought or refusal
    canonical::BlockKind kind_ = canonical::BlockKind::text;
    std::optional<std::int64_t> detail_index_{};  // of the open thought
    bool is_told_plainly_ = false;                // the open thought, as reasoning_content alone
    bool has_refusal_ = false;
    OpenCalls calls_;
    std::vector<KeptProof> proofs_;  // Gemini's, of calls that have not come, or of the text
    std::string audio_;              // decoded
    std::string finish_, native_finish_, stopped_by_;
};

// Dialect::stream_decoder: chunks of OpenAI and of whatever server calls itself compatible.
//
//   end     [DONE], or the body's end when each choice had its finish_reason
//   usage   wherever it stands; the last one counts
//   source  https://platform.openai.com/docs/api-reference/chat-streaming and recordings of the
//           other servers' streams (read 2026-11-22)
class ChunkDecoder : public StreamDecoder {
 public:
    Result<> decode(const wire::SseEvent& event, canonical::EventSink& sink) override;
    Result<> finish(canonical::EventSink& sink) override;
    bool is_done() const override { return is_done_; }
    int dropped() const override { return dropped_; }

 private:
    bool read(std::string_view data);
    void start(canonical::EventSink& sink);
    void tell(canonical::EventSink& sink);
    void end(canonical::EventSink& sink);
    ChoiceDecoder& choice(int index);

    Chunk chunk_;
    std::string repaired_;
    std::vector<ChoiceDecoder> choices_;
    std::vector<std::pair<std::string, std::string>> sources_;  // URL and title, escaped
    canonical::Usage usage_;                                    // that could not be told yet
    std::string id_, model_, service_tier_;                     // escaped
    std::int64_t created_ = 0;
    bool has_started_ = false;
    bool is_done_ = false;
    bool has_ended_ = false;
    int dropped_ = 0;
};

}  // namespace router::dialects::openai_chat
