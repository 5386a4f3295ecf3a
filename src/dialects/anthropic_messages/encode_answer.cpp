#include <algorithm>

#include "dialects/anthropic_messages/answer.hpp"
#include "dialects/anthropic_messages/usage.hpp"
#include "dialects/anthropic_messages/web_search.hpp"
#include "dialects/anthropic_messages/words.hpp"
#include "dialects/anthropic_messages/write_answer.hpp"
#include "dialects/anthropic_messages/write_blocks.hpp"
#include "dialects/media_text.hpp"

namespace router::dialects::anthropic_messages {

using canonical::Choice;
using canonical::MediaBlock;
using canonical::OpaqueBlock;
using canonical::RefusalBlock;
using canonical::TextBlock;
using canonical::ThinkingBlock;
using canonical::ToolCallBlock;
using wire::JsonWriter;

namespace {

// Writes a choice's blocks one after the other, and notes what its end must tell.
class ContentWriter {
 public:
    ContentWriter(JsonWriter& writer, const AnswerContext& context)
        : writer_(writer), context_(context) {}

    void operator()(const TextBlock& text);
    void operator()(const ThinkingBlock& thinking);
    void operator()(const ToolCallBlock& call);
    void operator()(const MediaBlock& media) { write_text(media_text(media)); }
    void operator()(const RefusalBlock& refusal);
    void operator()(const OpaqueBlock& opaque);
    void operator()(const canonical::ToolResultBlock&) {}  // stands in no answer

    bool has_calls() const { return calls_ > 0; }
    bool has_refusal() const { return has_refusal_; }

 private:
    void write_text(std::string_view escaped);
    void write_said(const TextBlock& text);

    JsonWriter& writer_;
    const AnswerContext& context_;
    int calls_ = 0;
    bool has_refusal_ = false;
};

void ContentWriter::write_text(std::string_view escaped) {
    if (escaped.empty()) return;
    writer_.begin_object().text("type", "text").escaped("text", escaped).end_object();
}

void ContentWriter::write_said(const TextBlock& text) {
    if (text.citations.empty()) return write_text(text.text.escaped);
    writer_.begin_object().text("type", "text").escaped("text", text.text.escaped);
    writer_.begin_array("citations");
    for (const auto& citation : text.citations) write_citation(writer_, citation);
    writer_.end_array().end_object();
}

void ContentWriter::operator()(const TextBlock& text) {
    write_said(text);
    if (const auto proof = signature_text(text.signature, true); !proof.empty())
        write_text_proof(writer_, proof);
}

void ContentWriter::operator()(const ThinkingBlock& thinking) {
    write_thinking(writer_, thinking, signature_text(thinking.signature, thinking.is_redacted));
}

void ContentWriter::operator()(const ToolCallBlock& call) {
    if (call.signature.is_present()) (*this)(ThinkingBlock{.signature = call.signature});
    writer_.begin_object().text("type", "tool_use");
    writer_.text("id", call.id.empty() ? made_call_id(context_, calls_) : call.id);
    writer_.text("name", call.name).key("input");
    if (call.kind == canonical::ToolKind::custom) {
        writer_.begin_object().escaped("input", call.arguments).end_object();
    } else {
        write_input(writer_, call.arguments);
    }
    writer_.end_object();
    ++calls_;
}

void ContentWriter::operator()(const RefusalBlock& refusal) {
    has_refusal_ = true;
    write_text(refusal.text.escaped);
}

void ContentWriter::operator()(const OpaqueBlock& opaque) {
    if (is_own_block(opaque)) {
        writer_.raw(opaque.json);
    } else if (const auto search = web_search_of(opaque)) {
        writer_.begin_object()
            .text("type", "server_tool_use")
            .text("id", search->id)
            .text("name", "web_search")
            .raw("input", search->input)
            .end_object();
        writer_.raw(search->result);
    } else {
        write_text(opaque.as_text.escaped);
    }
}

}  // namespace

std::string made_call_id(const AnswerContext& context, int number) {
    return "toolu_" + context.id + "_" + std::to_string(number);
}

std::string message_id(std::string_view upstream, const AnswerContext& context) {
    return upstream.starts_with("msg_") ? std::string(upstream) : "msg_" + context.id;
}

void write_ending(JsonWriter& writer, const canonical::Ending& ending, bool has_calls,
                  bool has_refusal) {
    const auto reason = stop_reason(ending, has_calls, has_refusal);
    writer.text("stop_reason", reason);
    if (reason == "stop_sequence") {
        writer.text("stop_sequence", ending.stop_sequence);
    } else {
        writer.null("stop_sequence");
    }
    if (reason == "refusal") {
        writer.begin_object("stop_details").text("type", "refusal");
        if (const auto category = refusal_category(ending.detail); category.empty()) {
            writer.null("category");
        } else {
            writer.text("category", category);
        }
        if (ending.explanation.is_empty()) {
            writer.null("explanation");
        } else {
            writer.escaped("explanation", ending.explanation.escaped);
        }
        writer.end_object();
    } else {
        writer.null("stop_details");
    }
    writer.null("container");
}

std::string encode_answer(const canonical::Answer& answer, const AnswerContext& context) {
    static const Choice nothing;
    const auto& choice = answer.choices.empty() ? nothing : answer.choices.front();
    std::string out;
    out.reserve(answer.source_bytes + canonical::room_for_other_words);
    JsonWriter writer(out);
    writer.begin_object()
        .text("id", message_id(answer.id, context))
        .text("type", "message")
        .text("role", "assistant")
        .text("model", context.model);
    writer.begin_array("content");
    ContentWriter content(writer, context);
    for (const auto& block : choice.blocks) std::visit(content, block);
    writer.end_array();
    write_ending(writer, choice.ending, content.has_calls(), content.has_refusal());
    writer.null("diagnostics");
    write_usage(writer, answer.usage, answer.service_tier);
    writer.end_object();
    return out;
}

}  // namespace router::dialects::anthropic_messages
