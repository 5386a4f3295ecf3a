#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "../wire/feeding.hpp"
#include "canonical/answer.hpp"
#include "dialects/anthropic_messages/dialect.hpp"
#include "wire/json.hpp"
#include "wire/sse.hpp"

namespace router::dialects::anthropic_messages {

// Writes events as lines that a test can compare.
class EventLog : public canonical::EventSink {
 public:
    void take(const canonical::Event& event) override {
        std::visit([this](const auto& one) { note(one); }, event);
    }
    std::string text;
    canonical::Usage usage;

 private:
    static std::string place(int choice, int block) {
        return (choice == 0 ? "" : std::to_string(choice) + "/") + std::to_string(block);
    }
    void line(const std::string& words) { text += words + "\n"; }

    void note(const canonical::Started& one) {
        line("started " + std::string(one.id) + " " + std::string(one.model));
    }
    void note(const canonical::BlockStarted& one) {
        constexpr const char* kinds[] = {"text", "thinking", "tool_call", "refusal"};
        line(
            place(one.choice, one.block) + " " + kinds[static_cast<int>(one.kind)] +
            (one.is_redacted ? " redacted" : "") +
            (one.name.empty() ? "" : " " + std::string(one.call_id) + " " + std::string(one.name)));
    }
    void note(const canonical::BlockDelta& one) {
        line(place(one.choice, one.block) + " + " + std::string(one.text.escaped));
    }
    void note(const canonical::BlockSigned& one) {
        line(place(one.choice, one.block) + " signed " +
             std::to_string(static_cast<int>(one.signature.origin)) + " " +
             std::string(one.signature.value.escaped));
    }
    void note(const canonical::Cited& one) {
        line(place(one.choice, one.block) + " cited " + std::string(one.citation.url.escaped) +
             " " + std::to_string(one.citation.start) + "-" + std::to_string(one.citation.end));
    }
    void note(const canonical::BlockEnded& one) { line(place(one.choice, one.block) + " ended"); }
    void note(const canonical::WholeBlock& one) {
        const auto* opaque = std::get_if<canonical::OpaqueBlock>(&one.content);
        line(place(one.choice, one.block) + " whole " +
             (opaque != nullptr ? std::string(opaque->json) : "?"));
    }
    void note(const canonical::Ended& one) {
        line("end " + std::to_string(static_cast<int>(one.ending.reason)) +
             (one.ending.stop_sequence.empty() ? "" : " " + one.ending.stop_sequence) +
             (one.ending.detail.empty() ? "" : " " + one.ending.detail));
    }
    void note(const canonical::Used& one) { usage = one.usage; }
};

// An event as Anthropic writes it.
inline std::string sse(std::string_view type, std::string_view members = {}) {
    std::string out = "event: " + std::string(type) + "\ndata: {\"type\":\"" + std::string(type);
    out += "\"";
    if (!members.empty()) out += "," + std::string(members);
    return out + "}\n\n";
}

inline std::string message_start(std::string_view usage = R"({"input_tokens":1})") {
    return sse("message_start", R"("message":{"id":"msg_1","type":"message","role":"assistant",)"
                                R"("model":"claude","content":[],"usage":)" +
                                    std::string(usage) + "}");
}

inline std::string block_start(int index, std::string_view block) {
    return sse("content_block_start",
               "\"index\":" + std::to_string(index) + ",\"content_block\":" + std::string(block));
}

inline std::string block_delta(int index, std::string_view delta) {
    return sse("content_block_delta",
               "\"index\":" + std::to_string(index) + ",\"delta\":" + std::string(delta));
}

inline std::string block_stop(int index) {
    return sse("content_block_stop", "\"index\":" + std::to_string(index));
}

inline std::string message_delta(std::string_view reason,
                                 std::string_view usage = R"({"output_tokens":2})") {
    return sse("message_delta", R"("delta":{"stop_reason":")" + std::string(reason) +
                                    R"(","stop_sequence":null},"usage":)" + std::string(usage));
}

inline std::string text_block(int index, std::string_view text) {
    return block_start(index, R"({"type":"text","text":""})") +
           block_delta(index, R"({"type":"text_delta","text":")" + std::string(text) + "\"}") +
           block_stop(index);
}

inline AnswerContext client_context() {
    AnswerContext context;
    context.model = "public";
    context.id = "abc";
    return context;
}

}  // namespace router::dialects::anthropic_messages
