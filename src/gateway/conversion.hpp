#pragma once

#include <memory>
#include <string>
#include <vector>

#include "dialects/dialect.hpp"
#include "dialects/tool_names.hpp"
#include "gateway/merged_thinking.hpp"
#include "gateway/thinking_notes.hpp"

namespace router::gateway {

// What must be known of a request that was converted to read its answer.
struct Conversion {
    const dialects::Dialect* from = nullptr;  // the upstream's dialect
    dialects::ToolNames names;                // as the upstream knows the tools
    std::vector<canonical::Loss> losses;      // what could not be said
    std::string issuer;                       // the account that signs what the model thinks
    std::string caller;                       // whose call it is: notes of thoughts are theirs
    bool merges_thinking = false;             // thoughts are shown as text
    std::string model;                        // that the upstream was asked for
};

// Writes events as a client's dialect has them, to wherever `out` points at the moment.
class EncodedEvents : public canonical::EventSink {
 public:
    explicit EncodedEvents(dialects::StreamEncoder& encoder) : encoder_(encoder) {}
    void take(const canonical::Event& event) override { encoder_.encode(event, *out); }
    std::string* out = nullptr;

 private:
    dialects::StreamEncoder& encoder_;
};

// A stream out of one dialect into another: decoded, the tools' names restored, encoded.
class ConvertedStream : public dialects::StreamRelay, private canonical::EventSink {
 public:
    ConvertedStream(const dialects::Dialect& to, const dialects::AnswerContext& context,
                    Conversion conversion, storage::SignatureStore* store);

    Result<> pass(const wire::SseEvent& event, std::string& out) override;
    Result<> finish(std::string& out) override;
    void fail(const Error& error, std::string& out) override;
    void heartbeat(std::string& out) override;
    bool is_done() const override { return decoder_->is_done(); }
    const canonical::Usage& usage() const override { return usage_; }
    std::string_view finish_reason() const override { return finish_reason_; }
    int dropped() const override { return decoder_->dropped(); }

 private:
    void take(const canonical::Event& event) override;
    void hold_back(std::string& out);
    bool is_nothing_but_failed(const canonical::Event& event) const;

    Conversion conversion_;
    ThinkingNotes notes_;
    std::unique_ptr<dialects::StreamDecoder> decoder_;
    std::unique_ptr<dialects::StreamEncoder> encoder_;
    dialects::RestoredNames restored_;
    EncodedEvents encoded_;
    MergedThinking merged_;
    canonical::Usage usage_;
    std::string_view finish_reason_;
    bool has_said_something_ = false;
    Result<> outcome_;  // an error where nothing came of the call
    std::string held_;  // a beginning that says nothing yet: an error may still come as itself
};

// A whole answer out of one dialect into another.
//
//   as_stream  told as a stream, to a client that asked for one
//   errors     upstream_broken where nothing came of the call
struct ConvertedAnswer {
    std::string body;
    canonical::Usage usage;
    std::string_view finish_reason;
};
Result<ConvertedAnswer> convert_answer(canonical::Answer answer, const dialects::Dialect& to,
                                       const dialects::AnswerContext& context,
                                       const Conversion& conversion, bool as_stream,
                                       storage::SignatureStore* store);

// An answer as its client is to get it.
std::string written(const canonical::Answer& answer, const dialects::Dialect& to,
                    const dialects::AnswerContext& context, bool as_stream);

}  // namespace router::gateway
