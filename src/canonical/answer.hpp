#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "canonical/block.hpp"
#include "canonical/usage.hpp"

namespace router::canonical {

enum class Finish : std::uint8_t {
    none,  // not finished, or not said
    stop,
    stop_sequence,  // one of the client's, in `stop_sequence`
    length,
    context_window,  // the model's window is full: a kind of length
    tool_calls,
    content_filter,
    refusal,  // the model, or a filter on what it said, declined
    pause,    // Anthropic's pause_turn: the same request goes on
    failed,   // ended by a fault that the dialect calls a finish (Gemini's MALFORMED_...)
};

struct Ending {
    Finish reason = Finish::none;
    std::string stop_sequence{};
    std::string detail{};  // the provider's own word, where it says more: "RECITATION", "cyber"
    Text explanation{};    // for a reader: why it was refused
};

// One of the answers to a request (n, candidateCount).
struct Choice {
    std::vector<Block> blocks{};  // TextBlock, ThinkingBlock, ToolCallBlock, MediaBlock
                                  // (generated), RefusalBlock, OpaqueBlock; in order
    Ending ending{};
    Json logprobs{};  // as OpenAI writes them: {"content":[...],"refusal":...}
};

// A whole answer. Its views point into the body that was decoded and into `arena`.
struct Answer {
    std::string id{};          // the upstream's
    std::string model{};       // what the upstream says it was
    std::int64_t created = 0;  // seconds since 1970; 0: not said
    std::vector<Choice> choices{};
    Usage usage{};
    std::string service_tier{};
    std::size_t source_bytes = 0;  // of the body it was read from
    std::shared_ptr<Arena> arena = std::make_shared<Arena>();
};

// --- the same as a stream ------------------------------------------------------------------------
// Order of events: Started; per choice, blocks with indexes that grow from 0, each BlockStarted ...
// BlockEnded; Ended once a choice; Used at any time, the last one counts. Several blocks of one
// choice may be open at a time (parallel calls); their deltas name their block. Views hold only
// during the call that hands the event over.

struct Started {
    std::string_view id{};
    std::string_view model{};
    std::int64_t created = 0;
    std::string_view service_tier{};
};

enum class BlockKind : std::uint8_t { text, thinking, tool_call, refusal };

struct BlockStarted {
    int choice = 0;
    int block = 0;
    BlockKind kind = BlockKind::text;
    ToolKind tool_kind = ToolKind::function;  // function or custom
    std::string_view call_id{};
    std::string_view name{};
    std::string_view name_space{};
    bool is_redacted = false;  // thinking: no text follows
    std::string_view phase{};  // of a text: "commentary", "final_answer"
};

// More of a block: of its text, its thoughts, its refusal; of a tool call more of the arguments'
// JSON text (escaped once, as every Text), or of a custom tool's text.
struct BlockDelta {
    int choice = 0;
    int block = 0;
    Text text{};
    Json logprobs{};  // of these tokens: the array that OpenAI calls `content`
};

// A thinking block's, a tool call's or a text's proof, whole; before its BlockEnded.
struct BlockSigned {
    int choice = 0;
    int block = 0;
    Signature signature{};
};

struct Cited {
    int choice = 0;
    int block = 0;  // a text block
    Citation citation{};
};

struct BlockEnded {
    int choice = 0;
    int block = 0;
};

// A part that comes whole: a generated image; a server tool's doings, which only their own dialect
// can say. It takes an index as a block does.
struct WholeBlock {
    int choice = 0;
    int block = 0;
    Block content{};
};

struct Ended {
    int choice = 0;
    Ending ending{};
};

struct Used {
    Usage usage{};
};

using Event = std::variant<Started, BlockStarted, BlockDelta, BlockSigned, Cited, BlockEnded,
                           WholeBlock, Ended, Used>;

class EventSink {
 public:
    virtual ~EventSink() = default;
    virtual void take(const Event& event) = 0;
};

}  // namespace router::canonical
