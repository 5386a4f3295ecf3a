// The parts and items of a stream: how each begins, goes on and ends.
#include <charconv>
#include <utility>

#include "dialects/openai_responses/ending.hpp"
#include "dialects/openai_responses/stream_encoder.hpp"

namespace router::dialects::openai_responses {

using canonical::BlockKind;

namespace {

void append_index(std::string& out, std::string_view name, std::size_t index) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, index).ptr;
    out.append(",\"").append(name).append("\":").append(digits, end);
}

void append_text(std::string& out, std::string_view name, std::string_view escaped) {
    out.append(",\"").append(name).append("\":\"").append(escaped) += '"';
}

}  // namespace

CallItem ResponseStream::call_item(const Open& open) const {
    return {.id = open.id,
            .call_id = open.call_id,
            .name = open.name,
            .name_space = open.name_space,
            .is_custom = open.is_custom,
            .is_search = open.is_search};
}

// --- messages ------------------------------------------------------------------------------------

void ResponseStream::begin_message(const Open& open, std::string& out) {
    leave_message(out);
    has_said_ = true;
    message_ = Message{.item = new_item(), .phase = open.phase};
    message_->id = response_.item_id("msg", message_->item);
    std::string json;
    write_message(json, message_->id, "in_progress", message_->phase, {});
    item_event("response.output_item.added", message_->item, json, out);
}

void ResponseStream::begin_part(Open& open, std::string& out) {
    begin(out);
    if (!message_ || message_->phase != open.phase) begin_message(open, out);
    open.has_begun = true;
    open.item = message_->item;
    open.id = message_->id;
    open.part = message_->parts.size();
    message_->parts.emplace_back();
    open_item_event("response.content_part.added", open.id, open.item, out);
    append_index(out, "content_index", open.part);
    out += ",\"part\":";
    if (open.kind == BlockKind::refusal) {
        has_refusal_ = true;
        write_refusal_part(out, {});
    } else {
        write_text_part(out, {}, {}, {});
    }
    close_event(out);
}

void ResponseStream::say_text(const Open& open, std::string_view text, canonical::Json logprobs,
                              std::string& out) {
    const bool is_refusal = open.kind == BlockKind::refusal;
    open_item_event(is_refusal ? "response.refusal.delta" : "response.output_text.delta", open.id,
                    open.item, out);
    append_index(out, "content_index", open.part);
    append_text(out, "delta", text);
    if (!is_refusal) out.append(",\"logprobs\":").append(logprobs.empty() ? "[]" : logprobs);
    close_event(out);
}

void ResponseStream::end_part(Open& open, std::string& out) {
    if (!open.has_begun) return;
    const bool is_refusal = open.kind == BlockKind::refusal;
    open_item_event(is_refusal ? "response.refusal.done" : "response.output_text.done", open.id,
                    open.item, out);
    append_index(out, "content_index", open.part);
    append_text(out, is_refusal ? "refusal" : "text", open.text);
    if (!is_refusal) out.append(",\"logprobs\":[").append(open.logprobs) += ']';
    close_event(out);

    std::string part;
    if (is_refusal) {
        write_refusal_part(part, open.text);
    } else {
        write_text_part(part, open.text, open.annotations, open.logprobs);
    }
    open_item_event("response.content_part.done", open.id, open.item, out);
    append_index(out, "content_index", open.part);
    out.append(",\"part\":").append(part);
    close_event(out);
    message_->parts[open.part] = std::move(part);
}

// Something else begins: the message takes no more parts.
void ResponseStream::leave_message(std::string& out) {
    if (!message_) return;
    std::string parts;
    for (const auto& part : message_->parts) {
        if (!parts.empty()) parts += ',';
        parts += part;
    }
    std::string json;
    write_message(json, message_->id, message_status(ending_), message_->phase, parts);
    done_item(message_->item, std::move(json), out);
    message_.reset();
}

// --- thoughts ------------------------------------------------------------------------------------

void ResponseStream::begin_thinking(Open& open, std::string& out) {
    leave_message(out);
    open.has_begun = true;
    open.item = new_item();
    open.id = response_.item_id("rs", open.item);
    std::string json;
    write_reasoning(json, open.id, {}, {});
    item_event("response.output_item.added", open.item, json, out);
}

void ResponseStream::end_thinking(Open& open, std::string& out) {
    canonical::ThinkingBlock thinking{.text = {open.text},
                                      .signature = std::move(open.signature),
                                      .is_redacted = open.is_redacted};
    thinking.signature.value = {open.held};
    if (!open.has_begun && !thinking.signature.is_present()) return;
    if (!open.has_begun) begin_thinking(open, out);
    if (!open.text.empty()) {
        open_item_event("response.reasoning_summary_text.done", open.id, open.item, out);
        append_index(out, "summary_index", 0);
        append_text(out, "text", open.text);
        close_event(out);
        open_item_event("response.reasoning_summary_part.done", open.id, open.item, out);
        append_index(out, "summary_index", 0);
        out.append(R"(,"part":{"type":"summary_text","text":")").append(open.text).append("\"}");
        close_event(out);
    }
    std::string json;
    write_reasoning(json, open.id, open.text, encrypted_of(thinking));
    done_item(open.item, std::move(json), out);
}

void ResponseStream::add_proof(const canonical::Signature& signature, std::string& out) {
    const auto item = new_item();
    const auto id = response_.item_id("rs", item);
    std::string json;
    write_reasoning(json, id, {}, {});
    item_event("response.output_item.added", item, json, out);
    json.clear();
    write_reasoning(json, id, {}, encrypted_of(signature));
    done_item(item, std::move(json), out);
}

// --- calls ---------------------------------------------------------------------------------------

void ResponseStream::begin_call(Open& open, std::string& out) {
    leave_message(out);
    has_said_ = true;
    open.has_begun = true;
    open.item = new_item();
    open.id = response_.item_id(open.is_search ? "tsc" : open.is_custom ? "ctc" : "fc", open.item);
    if (open.call_id.empty()) open.call_id = "call_" + open.id;
    std::string json;
    write_call(json, call_item(open), "in_progress", {});
    item_event("response.output_item.added", open.item, json, out);
    if (!open.held.empty()) say(open, std::exchange(open.held, {}), {}, out);
}

void ResponseStream::end_call(Open& open, std::string& out) {
    if (!open.has_begun) begin_call(open, out);
    if (open.text.empty() && !open.is_custom) say(open, "{}", {}, out);
    if (!open.is_search) {
        open_item_event(open.is_custom ? "response.custom_tool_call_input.done"
                                       : "response.function_call_arguments.done",
                        open.id, open.item, out);
        if (!open.is_custom) append_text(out, "name", open.name);
        append_text(out, open.is_custom ? "input" : "arguments", open.text);
        close_event(out);
    }
    std::string json;
    write_call(json, call_item(open), call_status(call_item(open), open.text), open.text);
    done_item(open.item, std::move(json), out);
    if (open.signature.is_present()) {  // it came too late to stand in front
        open.signature.value = {open.held};
        add_proof(open.signature, out);
    }
}

// --- any block -----------------------------------------------------------------------------------

void ResponseStream::say(Open& open, std::string_view text, canonical::Json logprobs,
                         std::string& out) {
    std::string unfolded;
    if (logprobs.find('\n') != canonical::Json::npos)
        logprobs = unfolded = one_line(std::string(logprobs));
    const bool is_first = open.text.empty();
    open.text += text;
    if (logprobs.size() > 2) {
        if (!open.logprobs.empty()) open.logprobs += ',';
        open.logprobs += logprobs.substr(1, logprobs.size() - 2);
    }
    if (open.kind == BlockKind::text || open.kind == BlockKind::refusal)
        return say_text(open, text, logprobs, out);
    if (open.kind == BlockKind::thinking) {
        if (is_first) {
            open_item_event("response.reasoning_summary_part.added", open.id, open.item, out);
            append_index(out, "summary_index", 0);
            out += R"(,"part":{"type":"summary_text","text":""})";
            close_event(out);
        }
        open_item_event("response.reasoning_summary_text.delta", open.id, open.item, out);
        append_index(out, "summary_index", 0);
        append_text(out, "delta", text);
        return close_event(out);
    }
    if (open.is_search) return;  // has no deltas
    open_item_event(open.is_custom ? "response.custom_tool_call_input.delta"
                                   : "response.function_call_arguments.delta",
                    open.id, open.item, out);
    append_text(out, "delta", text);
    close_event(out);
}

void ResponseStream::end(Open& open, std::string& out) {
    if (open.kind == BlockKind::thinking) return end_thinking(open, out);
    if (open.kind == BlockKind::tool_call) return end_call(open, out);
    end_part(open, out);
    if (!open.signature.is_present()) return;
    leave_message(out);
    open.signature.value = {open.held};
    add_proof(open.signature, out);
}

}  // namespace router::dialects::openai_responses
