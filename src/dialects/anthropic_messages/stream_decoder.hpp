#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "canonical/answer.hpp"
#include "dialects/anthropic_messages/usage.hpp"
#include "dialects/dialect.hpp"
#include "wire/json.hpp"

namespace router::dialects::anthropic_messages {

// Reads a stream of message_start, content_block_start, ..._delta, ..._stop, message_delta and
// message_stop. One block is open at a time; one that begins or a message_delta ends what was left
// open, as it is after max_tokens.
//
//   filled    a message_start may bring whole blocks and the stop_reason already, as it does where
//             a container's tools go on with an earlier message
//   again     a second message_start, which proxies send that ask again, is passed over; a block
//             that it brings a second time would be heard twice and is an error
//   whole     a signature, citations (they are of the whole text block) and the blocks of server
//             tools are told at the end of their block
//   source    recorded streams, the types of Anthropic's SDKs (read 2026-11-22)
class MessagesDecoder : public StreamDecoder {
 public:
    Result<> decode(const wire::SseEvent& event, canonical::EventSink& sink) override;
    Result<> finish(canonical::EventSink& sink) override;
    bool is_done() const override { return is_done_; }
    int dropped() const override { return dropped_; }

 private:
    enum class Kind : std::uint8_t { none, text, thinking, redacted, tool_call, opaque };

    struct HeldCitation {
        std::string url, title, cited_text, original;
        canonical::CitedPlace place;
    };

    // The block that is open.
    struct Open {
        Kind kind = Kind::none;
        std::int64_t upstream_index = 0;
        bool has_content = false;  // something of it was told
        std::int64_t characters = 0;
        std::string signature{};
        std::string input{};  // of a call: as content_block_start had it
        std::deque<HeldCitation> citations{};
        std::string type{};                   // of an opaque block
        std::string json{};                   // the block as it began
        std::size_t slot = 0, slot_size = 0;  // in `json`: what its deltas replace
        std::string deltas{};                 // the inside of a JSON string
    };

    struct Delta;

    Result<> take(std::string_view type, wire::json::object& event, std::string_view data,
                  canonical::EventSink& sink);
    Result<> start_message(wire::json::object& event, canonical::EventSink& sink);
    Result<> take_content(std::string content, canonical::EventSink& sink);
    Result<> start_block(wire::json::object& event, canonical::EventSink& sink);
    Result<> start_block_at(std::int64_t index, wire::json::object& block,
                            canonical::EventSink& sink);
    void begin(std::string_view type, wire::json::object& block, canonical::EventSink& sink);
    void begin_opaque(std::string_view type, wire::json::object& block);
    bool take_delta(wire::json::object& event, canonical::EventSink& sink);
    void tell(const Delta& delta, canonical::EventSink& sink);
    void hold(const canonical::Citation& cited);
    void say(canonical::Text text, canonical::EventSink& sink);
    bool end_message(wire::json::object& event, canonical::EventSink& sink);
    void end_block(canonical::EventSink& sink);
    void end_citations(canonical::EventSink& sink);
    void end_opaque(canonical::EventSink& sink);
    void end(const canonical::Ending& ending, canonical::EventSink& sink);

    Open open_;
    int blocks_ = 0;  // so many were begun; the open one is the last
    UsageCount usage_;
    canonical::Ending told_ending_;  // in message_start
    std::int64_t highest_index_ = -1;
    bool has_started_ = false;
    bool is_again_ = false;  // a second message_start came
    bool has_ended_ = false;
    bool is_done_ = false;
    int dropped_ = 0;
};

}  // namespace router::dialects::anthropic_messages
