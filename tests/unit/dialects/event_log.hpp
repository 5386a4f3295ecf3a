#pragma once

#include <string>
#include <variant>

#include "canonical/answer.hpp"

namespace router::dialects {

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
        line("started" + (one.id.empty() ? "" : " " + std::string(one.id)) +
             (one.model.empty() ? "" : " " + std::string(one.model)));
    }
    void note(const canonical::BlockStarted& one) {
        constexpr const char* kinds[] = {"text", "thinking", "call", "refusal"};
        const bool is_custom = one.tool_kind == canonical::ToolKind::custom;
        line(place(one.choice, one.block) + " " + kinds[static_cast<int>(one.kind)] +
             (one.is_redacted ? " redacted" : "") + (is_custom ? " custom" : "") +
             (one.call_id.empty() ? "" : " " + std::string(one.call_id)) +
             (one.name.empty() ? "" : " " + std::string(one.name)));
    }
    void note(const canonical::BlockDelta& one) {
        line(place(one.choice, one.block) + " + " + std::string(one.text.escaped) +
             (one.logprobs.empty() ? "" : " logprobs " + std::string(one.logprobs)));
    }
    void note(const canonical::BlockSigned& one) {
        line(place(one.choice, one.block) + " signed " +
             std::to_string(static_cast<int>(one.signature.origin)) + " " +
             std::string(one.signature.value.escaped));
    }
    void note(const canonical::Cited& one) {
        line(place(one.choice, one.block) + " cited " + std::string(one.citation.url.escaped) +
             " " + std::string(one.citation.title.escaped) + " " +
             std::to_string(one.citation.start) + "-" + std::to_string(one.citation.end));
    }
    void note(const canonical::BlockEnded& one) { line(place(one.choice, one.block) + " ended"); }
    void note(const canonical::WholeBlock& one) {
        const auto* media = std::get_if<canonical::MediaBlock>(&one.content);
        const auto* opaque = std::get_if<canonical::OpaqueBlock>(&one.content);
        line(place(one.choice, one.block) + " whole " +
             (media != nullptr    ? media->mime + " " + std::string(media->data.escaped)
              : opaque != nullptr ? std::string(opaque->json)
                                  : "?"));
    }
    void note(const canonical::Ended& one) {
        line("end " + std::to_string(one.choice) + " " +
             std::to_string(static_cast<int>(one.ending.reason)) +
             (one.ending.stop_sequence.empty() ? "" : " at " + one.ending.stop_sequence) +
             (one.ending.detail.empty() ? "" : " " + one.ending.detail));
    }
    void note(const canonical::Used& one) { usage = one.usage; }
};

}  // namespace router::dialects
