#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dialects/dialect.hpp"
#include "wire/json.hpp"

namespace router::dialects::bedrock_converse {

// messageStart, (contentBlockStart? contentBlockDelta* contentBlockStop)*, messageStop, metadata.
// A block of text or of thoughts begins without a word. The doings of a tool that Amazon runs
// itself are passed over: no client can be told of them.
class ConverseDecoder : public StreamDecoder {
 public:
    Result<> decode(const wire::SseEvent& event, canonical::EventSink& sink) override;
    Result<> finish(canonical::EventSink& sink) override;
    bool is_done() const override { return is_done_; }
    int dropped() const override { return dropped_; }

 private:
    enum class Kind : std::uint8_t { none, text, thinking, redacted, tool_call };

    bool start_block(wire::json::value& event, canonical::EventSink& sink);
    bool take_delta(wire::json::value& event, canonical::EventSink& sink);
    void tell(std::string_view key, wire::json::value& value, canonical::EventSink& sink);
    void think(wire::json::value& value, canonical::EventSink& sink);
    void cite(wire::json::value& value, canonical::EventSink& sink);
    void end_citations(canonical::EventSink& sink);
    void end_image(canonical::EventSink& sink);
    void say(canonical::Text text, canonical::EventSink& sink);
    void open(Kind kind, canonical::EventSink& sink, std::string_view call_id = {},
              std::string_view name = {});
    void close(canonical::EventSink& sink);
    void start(canonical::EventSink& sink);
    bool end(wire::json::value& event, canonical::EventSink& sink);
    bool take_usage(wire::json::value& event, canonical::EventSink& sink);

    Kind open_ = Kind::none;
    std::int64_t open_index_ = -1;  // the upstream's
    int blocks_ = 0;
    std::string signature_;
    std::int64_t characters_ = 0;  // of the text that is open
    struct HeldCitation {
        std::string url, title, cited_text;
        canonical::CitedPlace place;
    };
    std::vector<HeldCitation> citations_;  // of it
    std::string image_type_, image_;
    bool has_started_ = false;
    bool has_ended_ = false;
    bool is_done_ = false;
    int dropped_ = 0;
};

}  // namespace router::dialects::bedrock_converse
