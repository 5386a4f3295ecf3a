#include "dialects/anthropic_messages/stream_encoder.hpp"

#include <utility>

#include "dialects/anthropic_messages/answer.hpp"
#include "dialects/anthropic_messages/error.hpp"
#include "dialects/anthropic_messages/usage.hpp"
#include "dialects/anthropic_messages/web_search.hpp"
#include "dialects/anthropic_messages/words.hpp"
#include "dialects/anthropic_messages/write_answer.hpp"
#include "dialects/anthropic_messages/write_blocks.hpp"
#include "dialects/failure_words.hpp"
#include "dialects/media_text.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::anthropic_messages {

using canonical::BlockKind;
using wire::JsonWriter;

namespace {

// An event up to its data's members, and its end.
JsonWriter begin_event(std::string_view type, std::string& out) {
    out += "event: ";
    out += type;
    out += "\ndata: ";
    JsonWriter writer(out);
    writer.begin_object().text("type", type);
    return writer;
}

void end_event(JsonWriter& writer) {
    writer.end_object();
    writer.out() += "\n\n";
}

// The only kinds that a message has: a refusal is a text.
std::string_view delta_type(BlockKind kind) {
    if (kind == BlockKind::thinking) return R"("thinking_delta","thinking":")";
    if (kind == BlockKind::tool_call) return R"("input_json_delta","partial_json":")";
    return R"("text_delta","text":")";
}

}  // namespace

void MessagesEncoder::encode(const canonical::Event& event, std::string& out) {
    if (is_over_) return;
    std::visit([&](const auto& one) { take(one, out); }, event);
}

// message_start tells the usage of the prompt, which some upstreams know by then: it is written
// with the first event behind Started that is not about usage.
void MessagesEncoder::take(const canonical::Started& event, std::string&) {
    id_ = event.id;
    tier_ = event.service_tier;
}

void MessagesEncoder::take(const canonical::Used& event, std::string&) { usage_ = event.usage; }

void MessagesEncoder::start_message(std::string& out) {
    if (std::exchange(has_started_, true)) return;
    auto writer = begin_event("message_start", out);
    writer.begin_object("message")
        .text("id", message_id(id_, context_))
        .text("type", "message")
        .text("role", "assistant")
        .text("model", context_.model);
    writer.begin_array("content").end_array();
    writer.null("stop_reason").null("stop_sequence").null("stop_details");
    writer.null("container").null("diagnostics");
    auto usage = usage_;
    usage.web_searches = 0;
    write_usage(writer, usage, tier_);
    writer.end_object();
    end_event(writer);
}

MessagesEncoder::Pending* MessagesEncoder::find(int block) {
    for (auto& pending : pending_) {
        if (pending.block == block && !pending.has_ended) return &pending;
    }
    return nullptr;
}

void MessagesEncoder::take(const canonical::BlockStarted& event, std::string& out) {
    if (event.choice != 0) return;
    start_message(out);
    auto& added = pending_.emplace_back();
    added.block = event.block;
    added.kind = event.kind;
    added.is_redacted = event.is_redacted;
    added.name = event.name;
    if (event.kind == BlockKind::refusal) has_refusal_ = true;
    if (event.kind != BlockKind::tool_call) return;
    added.is_custom = event.tool_kind == canonical::ToolKind::custom;
    added.id = event.call_id.empty() ? made_call_id(context_, calls_) : std::string(event.call_id);
    ++calls_;
}

void MessagesEncoder::write_proof(const Pending& call, std::string& out) {
    Pending thought{.is_whole = true};
    JsonWriter writer(thought.whole);
    writer.begin_object().text("type", "thinking").text("thinking", "");
    writer.text("signature", "").end_object();
    thought.proof = call.signature;
    write_whole(thought, out);
}

void MessagesEncoder::begin(Pending& first, std::string& out) {
    if (first.kind == BlockKind::tool_call && !first.signature.empty()) write_proof(first, out);
    first.is_written = true;
    has_said_ = has_said_ || first.kind != BlockKind::thinking;
    const int index = written_++;
    delta_head_ = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":";
    delta_head_ += std::to_string(index);
    delta_head_ += ",\"delta\":{\"type\":";

    auto writer = begin_event("content_block_start", out);
    writer.number("index", index).begin_object("content_block");
    if (first.kind == BlockKind::tool_call) {
        writer.text("type", "tool_use").text("id", first.id).text("name", first.name);
        writer.begin_object("input").end_object();
    } else if (first.kind != BlockKind::thinking) {
        writer.text("type", "text").text("text", "");
    } else if (first.is_redacted) {
        writer.text("type", "redacted_thinking").escaped("data", first.signature);
    } else {
        writer.text("type", "thinking").text("thinking", "").text("signature", "");
    }
    writer.end_object();
    end_event(writer);
}

void MessagesEncoder::take(const canonical::BlockDelta& event, std::string& out) {
    auto* pending = event.choice == 0 ? find(event.block) : nullptr;
    if (pending == nullptr || event.text.is_empty() || pending->is_redacted) return;
    if (is_first(*pending)) {
        write_delta(*pending, event.text.escaped, out);
    } else {
        pending->held += event.text.escaped;
    }
}

void MessagesEncoder::write_delta(Pending& first, std::string_view text, std::string& out) {
    if (!first.is_written) begin(first, out);
    out += delta_head_;
    out += delta_type(first.kind);
    if (first.is_custom) {  // a text, which becomes the one member of an object
        if (!first.has_text) out += R"({\"input\":\")";
        out += wire::escaped(text);
    } else {
        out += text;
    }
    first.has_text = true;
    out += "\"}}\n\n";
}

void MessagesEncoder::take(const canonical::BlockSigned& event, std::string&) {
    auto* pending = event.choice == 0 ? find(event.block) : nullptr;
    if (pending == nullptr) return;
    if (pending->kind == BlockKind::tool_call && pending->is_written) return;  // too late
    if (pending->kind == BlockKind::refusal) return;
    const bool is_text = pending->kind == BlockKind::text;
    pending->signature = signature_text(event.signature, pending->is_redacted || is_text);
}

void MessagesEncoder::take(const canonical::Cited& event, std::string& out) {
    auto* pending = event.choice == 0 ? find(event.block) : nullptr;
    if (pending == nullptr || pending->kind != BlockKind::text) return;
    std::string citation;
    JsonWriter writer(citation);
    if (!anthropic_messages::write_citation(writer, event.citation)) return;
    if (is_first(*pending)) {
        write_citation(*pending, citation, out);
    } else {
        pending->citations.push_back(std::move(citation));
    }
}

void MessagesEncoder::write_citation(Pending& first, std::string_view citation, std::string& out) {
    if (!first.is_written) begin(first, out);
    out += delta_head_;
    out += R"("citations_delta","citation":)";
    out += citation;
    out += "}}\n\n";
}

void MessagesEncoder::take(const canonical::BlockEnded& event, std::string& out) {
    auto* pending = event.choice == 0 ? find(event.block) : nullptr;
    if (pending == nullptr) return;
    pending->has_ended = true;
    advance(out);
}

// Its only delta, if there is one, is the input of a server tool.
void MessagesEncoder::add_whole(int block, std::string whole, std::string input) {
    has_said_ = true;
    auto& added = pending_.emplace_back();
    added.block = block;
    added.is_whole = true;
    added.has_ended = true;
    added.whole = std::move(whole);
    added.held = std::move(input);
}

void MessagesEncoder::add_text(int block, std::string_view text) {
    if (text.empty()) return;
    auto& added = pending_.emplace_back();
    added.block = block;
    added.has_ended = true;
    added.held = text;
}

void MessagesEncoder::take(const canonical::WholeBlock& event, std::string& out) {
    if (event.choice != 0) return;
    start_message(out);
    std::string whole;
    JsonWriter writer(whole);
    if (const auto* opaque = std::get_if<canonical::OpaqueBlock>(&event.content)) {
        if (is_own_block(*opaque)) {
            writer.raw(opaque->json);
        } else if (const auto search = web_search_of(*opaque)) {
            writer.begin_object().text("type", "server_tool_use").text("id", search->id);
            writer.text("name", "web_search").raw("input", "{}").end_object();
            add_whole(event.block, whole, wire::escaped(search->input));
            whole = search->result;
        } else {
            add_text(event.block, opaque->as_text.escaped);
        }
    } else if (const auto* media = std::get_if<canonical::MediaBlock>(&event.content)) {
        add_text(event.block, media_text(*media));
    }
    if (!whole.empty()) add_whole(event.block, std::move(whole));
    advance(out);
}

// Closes what has ended at the front of the queue; what comes then may be written as it comes.
void MessagesEncoder::advance(std::string& out) {
    while (!pending_.empty()) {
        auto& first = pending_.front();
        if (first.is_whole) {
            write_whole(first, out);
        } else {
            flush(first, out);
            if (!first.has_ended) return;
            end(first, out);
        }
        if (first.kind == BlockKind::text && !first.signature.empty()) {
            Pending proof{.is_whole = true};
            JsonWriter writer(proof.whole);
            write_text_proof(writer, first.signature);
            write_whole(proof, out);
        }
        pending_.pop_front();
    }
}

void MessagesEncoder::flush(Pending& first, std::string& out) {
    if (first.kind == BlockKind::tool_call && !first.is_written) begin(first, out);
    if (!first.held.empty()) write_delta(first, std::exchange(first.held, {}), out);
    for (const auto& citation : std::exchange(first.citations, {})) {
        write_citation(first, citation, out);
    }
}

void MessagesEncoder::end(Pending& first, std::string& out) {
    if (first.kind == BlockKind::thinking && !first.signature.empty()) {
        if (!first.is_written) begin(first, out);
        if (!first.is_redacted) {
            out += delta_head_;
            out += R"("signature_delta","signature":")";
            out += first.signature;
            out += "\"}}\n\n";
        }
    }
    if (first.kind == BlockKind::tool_call && !first.has_text) {
        write_delta(first, first.is_custom ? "" : "{}", out);
    }
    if (first.is_custom) {
        out += delta_head_;
        out.append(delta_type(first.kind)).append(R"(\"})").append("\"}}\n\n");
    }
    if (!first.is_written) return;
    auto writer = begin_event("content_block_stop", out);
    writer.number("index", written_ - 1);
    end_event(writer);
}

void MessagesEncoder::write_whole(const Pending& first, std::string& out) {
    const int index = written_++;
    auto start = begin_event("content_block_start", out);
    start.number("index", index).raw("content_block", first.whole);
    end_event(start);
    if (!first.held.empty()) {
        auto delta = begin_event("content_block_delta", out);
        delta.number("index", index).begin_object("delta").text("type", "input_json_delta");
        delta.escaped("partial_json", first.held).end_object();
        end_event(delta);
    }
    if (!first.proof.empty()) {
        auto delta = begin_event("content_block_delta", out);
        delta.number("index", index).begin_object("delta").text("type", "signature_delta");
        delta.escaped("signature", first.proof).end_object();
        end_event(delta);
    }
    auto stop = begin_event("content_block_stop", out);
    stop.number("index", index);
    end_event(stop);
}

void MessagesEncoder::take(const canonical::Ended& event, std::string& out) {
    if (event.choice != 0) return;
    start_message(out);
    ending_ = event.ending;
    explanation_ = event.ending.explanation.escaped;
    ending_.explanation = {};
}

void MessagesEncoder::finish(std::string& out) {
    if (is_over_) return;
    start_message(out);
    for (auto& pending : pending_) pending.has_ended = true;
    advance(out);
    ending_.explanation = {explanation_};
    if (ending_.reason == canonical::Finish::failed && !has_said_) {
        return fail({.kind = ErrorKind::upstream_broken, .message = failure_words(ending_)}, out);
    }
    is_over_ = true;
    auto writer = begin_event("message_delta", out);
    writer.begin_object("delta");
    write_ending(writer, ending_, calls_ > 0, has_refusal_);
    writer.end_object();
    write_delta_usage(writer, usage_);
    end_event(writer);
    auto stop = begin_event("message_stop", out);
    end_event(stop);
}

void MessagesEncoder::fail(const Error& error, std::string& out) {
    if (std::exchange(is_over_, true)) return;
    out += "event: error\ndata: ";
    out += encode_error(error);
    out += "\n\n";
}

void MessagesEncoder::heartbeat(std::string& out) {
    if (is_over_) return;
    if (has_started_) {
        out += "event: ping\ndata: {\"type\":\"ping\"}\n\n";
    } else {
        out += ": ping\n\n";
    }
}

}  // namespace router::dialects::anthropic_messages
