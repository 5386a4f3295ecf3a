#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dialects/anthropic_messages/usage.hpp"
#include "dialects/dialect.hpp"
#include "wire/json.hpp"

namespace router::dialects::anthropic_messages {

// A stream of messages on its way from an upstream to a client. Each event goes on byte for byte
// but for the model in message_start, under its name, without which SDKs pass it over.
//
//   left out  comments; a second message_start, at which the SDK for JavaScript throws
//   put in    the content_block_stop that was left out after max_tokens; message_stop
//   errors    a block that comes a second time behind a second message_start
//   broken    data that is no JSON is dropped and counted
class MessagesRelay : public StreamRelay {
 public:
    explicit MessagesRelay(const AnswerContext& context);

    Result<> pass(const wire::SseEvent& event, std::string& out) override;
    Result<> finish(std::string& out) override;
    void fail(const Error& error, std::string& out) override;
    void heartbeat(std::string& out) override;
    bool is_done() const override { return is_done_; }
    const canonical::Usage& usage() const override { return usage_; }
    std::string_view finish_reason() const override { return finish_reason_; }
    int dropped() const override { return dropped_; }

 private:
    struct Seen;

    bool look(wire::json::object& event, Seen& seen);
    bool note(std::string_view key, wire::json::value& value, Seen& seen);
    void look_at_message(wire::json::value& message, Seen& seen);
    Result<bool> follow(const Seen& seen, std::string& out);
    void close_block(std::string& out);

    std::string model_;  // as JSON
    UsageCount count_;
    canonical::Usage usage_;
    std::string finish_reason_;
    std::int64_t open_index_ = -1;
    std::int64_t highest_index_ = -1;
    bool open_has_content_ = false;
    bool has_started_ = false;
    bool is_again_ = false;
    bool is_done_ = false;
    int dropped_ = 0;
};

}  // namespace router::dialects::anthropic_messages
