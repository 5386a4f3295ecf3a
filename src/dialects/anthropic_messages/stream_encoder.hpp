#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "canonical/answer.hpp"
#include "dialects/dialect.hpp"

namespace router::dialects::anthropic_messages {

// Writes a message as the official SDKs insist on it: one message_start, blocks with indexes from 0
// of which one is open at a time, one message_delta, message_stop; each event with its name.
//
//   order    what comes for a block behind the open one is held back until that one ends
//   empty    a text or a thought without a word and without a proof is left out
//   proof    of a call, which Anthropic has no field for: an empty thought in front of it, sealed.
//   A
//            call begins with what follows its start, for the proof may
//   choices  the first alone: a message is one
//   source   https://docs.anthropic.com/en/api/messages-streaming; the SDKs run against a local
//            server (2026-11-22)
class MessagesEncoder : public StreamEncoder {
 public:
    explicit MessagesEncoder(AnswerContext context) : context_(std::move(context)) {}

    void encode(const canonical::Event& event, std::string& out) override;
    void finish(std::string& out) override;
    void fail(const Error& error, std::string& out) override;
    void heartbeat(std::string& out) override;

 private:
    // A block that has begun and whose end is not written yet. The first one is written as it
    // comes.
    struct Pending {
        int block = 0;
        canonical::BlockKind kind = canonical::BlockKind::text;
        bool is_whole = false;
        bool is_redacted = false;
        bool is_custom = false;   // a tool that takes a text
        bool is_written = false;  // its content_block_start is
        bool has_text = false;
        bool has_ended = false;
        std::string id{}, name{};
        std::string signature{};              // as it stands in JSON
        std::string held{};                   // text that waits
        std::deque<std::string> citations{};  // JSON that waits
        std::string whole{};                  // the block itself; `held` is its input then
        std::string proof{};                  // of a whole thought: its signature's delta
    };

    void take(const canonical::Started& event, std::string& out);
    void take(const canonical::BlockStarted& event, std::string& out);
    void take(const canonical::BlockDelta& event, std::string& out);
    void take(const canonical::BlockSigned& event, std::string& out);
    void take(const canonical::Cited& event, std::string& out);
    void take(const canonical::BlockEnded& event, std::string& out);
    void take(const canonical::WholeBlock& event, std::string& out);
    void take(const canonical::Ended& event, std::string& out);
    void take(const canonical::Used& event, std::string& out);

    Pending* find(int block);
    bool is_first(const Pending& pending) const { return &pending == &pending_.front(); }
    void start_message(std::string& out);
    void begin(Pending& first, std::string& out);
    void write_proof(const Pending& call, std::string& out);
    void write_delta(Pending& first, std::string_view text, std::string& out);
    void write_citation(Pending& first, std::string_view citation, std::string& out);
    void flush(Pending& first, std::string& out);  // what it held back
    void end(Pending& first, std::string& out);
    void add_whole(int block, std::string whole, std::string input = {});
    void add_text(int block, std::string_view text);
    void write_whole(const Pending& first, std::string& out);
    void advance(std::string& out);

    AnswerContext context_;
    std::string id_, tier_;
    std::string delta_head_;  // of the open block, up to its text
    std::deque<Pending> pending_;
    int written_ = 0;  // blocks of which the start was written
    int calls_ = 0;
    bool has_said_ = false;  // more than thoughts
    bool has_refusal_ = false;
    bool has_started_ = false;
    bool is_over_ = false;
    canonical::Usage usage_;
    canonical::Ending ending_;
    std::string explanation_;
};

}  // namespace router::dialects::anthropic_messages
