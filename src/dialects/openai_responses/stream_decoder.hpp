#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dialects/dialect.hpp"
#include "dialects/openai_responses/stream_event.hpp"

namespace router::dialects::openai_responses {

// Reads a stream of Responses. Items are known by their output_index and parts by their
// content_index, never by item_id: some proxies give every event a new one. What the deltas did not
// tell is taken from the events that repeat it whole.
class ResponseReader final : public StreamDecoder {
 public:
    Result<> decode(const wire::SseEvent& event, canonical::EventSink& sink) override;
    Result<> finish(canonical::EventSink& sink) override;
    bool is_done() const override { return is_done_; }
    int dropped() const override { return dropped_; }

 private:
    struct Block {
        std::int64_t output = 0;
        std::int64_t part = -1;  // content_index; -1: the item has no parts
        int number = 0;
        canonical::BlockKind kind = canonical::BlockKind::text;
        std::int64_t paragraph = -1;  // of thoughts: the index of the summary's part
        std::string told{};           // so far; of thoughts, in this paragraph
        bool has_said = false;        // anything
        bool is_open = true;
        std::size_t cited = 0;
    };
    struct Known {
        std::int64_t output = 0;
        std::string phase{};
        bool is_done = false;
    };

    Result<> take(const StreamEvent& event, canonical::EventSink& sink);
    void start(const StreamEvent& event, canonical::EventSink& sink);
    void take_delta(const StreamEvent& event, canonical::EventSink& sink);
    void take_whole_text(const StreamEvent& event, canonical::EventSink& sink);
    void begin_paragraph(Block& block, const StreamEvent& event, canonical::EventSink& sink);
    void take_annotation(const StreamEvent& event, canonical::EventSink& sink);
    void end_part(const StreamEvent& event, canonical::EventSink& sink);
    void item_added(const StreamEvent& event, canonical::EventSink& sink);
    void item_done(std::int64_t output, const Item& item, canonical::EventSink& sink);
    void message_done(std::int64_t output, const Item& item, canonical::EventSink& sink);
    void call_done(std::int64_t output, const Item& item, canonical::EventSink& sink);
    void reasoning_done(std::int64_t output, const Item& item, canonical::EventSink& sink);
    void take_untold(const std::vector<Item>& items, canonical::EventSink& sink);
    void end(const StreamEvent& event, canonical::EventSink& sink);

    Known& known(std::int64_t output);
    Block* find(std::int64_t output, std::int64_t part);
    Block& block(std::int64_t output, std::int64_t part, canonical::BlockKind kind,
                 canonical::EventSink& sink);
    Block& call(std::int64_t output, const Item& item, canonical::EventSink& sink);
    void say(Block& block, canonical::Text text, canonical::Json logprobs,
             canonical::EventSink& sink);
    // Of a text that comes whole what no delta told: all of it, or the end.
    void say_rest(Block& block, canonical::Text whole, canonical::EventSink& sink);
    void cite(Block& block, const std::vector<canonical::Citation>& citations,
              canonical::EventSink& sink);
    void close(Block& block, canonical::EventSink& sink);

    std::vector<Block> blocks_;
    std::vector<Known> items_;
    std::vector<std::pair<std::string, std::string>> sources_;  // url and title, for the next text
    int next_block_ = 0;
    std::uint64_t web_searches_ = 0;
    bool has_started_ = false;
    bool has_calls_ = false;
    bool has_refusal_ = false;
    bool is_done_ = false;
    int dropped_ = 0;
};

}  // namespace router::dialects::openai_responses
