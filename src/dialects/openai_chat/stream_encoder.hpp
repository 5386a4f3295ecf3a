#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialects/dialect.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::openai_chat {

// Dialect::stream_encoder: chat.completion.chunk objects.
//
//   grammar  a chunk with the role; deltas; per choice a chunk with its finish_reason and an empty
//            delta; if usage is wanted, one with it and no choices; [DONE]. id, created and model
//            are the same throughout
//   calls    `index` in every fragment, id, type and name in the first alone: SDKs join repeated
//            ones. A function without arguments gets "{}"
//   thoughts reasoning_content as they come; when one ends that was proved, once more whole in
//            reasoning_details, so that clients who join pieces by index keep it as it was
//   source   https://platform.openai.com/docs/api-reference/chat-streaming (read 2026-11-22)
class ChunkEncoder : public StreamEncoder {
 public:
    explicit ChunkEncoder(const AnswerContext& context);

    void encode(const canonical::Event& event, std::string& out) override;
    void finish(std::string& out) override;
    void fail(const Error& error, std::string& out) override;
    void heartbeat(std::string& out) override;

 private:
    struct Block {
        int choice = 0;
        int block = 0;
        canonical::BlockKind kind = canonical::BlockKind::text;
        bool is_custom = false;
        bool is_redacted = false;
        bool has_arguments = false;
        int call = 0;            // its index among the choice's calls
        std::int64_t begin = 0;  // of a text: the characters of the choice before it
        std::string thought{};
        canonical::Signature proof{};
        std::string proof_value{};
        std::vector<std::string> citations{};  // held for the text's end, each as url, title, cited
    };
    struct Choice {
        int index = 0;
        bool has_begun = false;
        bool has_said = false;  // content, a refusal, a call, a picture
        bool has_refused = false;
        bool has_ended = false;
        bool has_failed = false;  // ended by a fault, before it said a word
        std::string failure{};    // the provider's word for it
        std::string failure_words{};
        int calls = 0;
        int details = 0;
        int images = 0;
        int citations = 0;
        std::int64_t characters = 0;
    };

    void take(const canonical::Started& started, std::string& out);
    void take(const canonical::BlockStarted& started, std::string& out);
    void take(const canonical::BlockDelta& delta, std::string& out);
    void take(const canonical::BlockSigned& proved, std::string& out);
    void take(const canonical::Cited& cited, std::string& out);
    void take(const canonical::BlockEnded& ended, std::string& out);
    void take(const canonical::WholeBlock& whole, std::string& out);
    void take(const canonical::Ended& ended, std::string& out);
    void take(const canonical::Used& used, std::string& out);

    void write_head();
    Choice& choice(int index, std::string& out);
    Block* find(int choice, int block);
    void begin_chunk(int choice, std::string& out) const;
    void end_chunk(std::string& out, canonical::Json logprobs = {}) const;
    void say(int choice, std::string_view key, canonical::Text text, std::string& out,
             canonical::Json logprobs = {}) const;
    void start_call(const canonical::BlockStarted& started, Block& block, std::string& out);
    void say_arguments(const Block& block, canonical::Text text, std::string& out) const;
    void tell_proof(const Block& block, std::string& out);
    void tell_citation(const Block& block, const canonical::Citation& citation, std::string& out);
    void tell_held_citations(const Block& block, std::string& out);
    void write_end(Choice& in, const canonical::Ending& ending, std::string& out);
    void end_block(Block& block, std::string& out);

    AnswerContext context_;
    std::string head_;  // of every chunk with a choice, up to the choice's index
    std::string tail_;  // behind the list of choices
    std::string service_tier_;
    std::vector<Choice> choices_;
    std::vector<Block> blocks_;  // the open ones
    canonical::Usage usage_;
};

}  // namespace router::dialects::openai_chat
