#include "dialects/openai_responses/stream_encoder.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "dialects/error_words.hpp"
#include "dialects/failure_words.hpp"
#include "dialects/media_text.hpp"
#include "dialects/openai_responses/ending.hpp"
#include "dialects/openai_responses/error.hpp"
#include "dialects/openai_responses/stream.hpp"
#include "dialects/openai_words.hpp"

namespace router::dialects::openai_responses {

using canonical::BlockKind;
using wire::JsonWriter;
namespace {

void append_number(std::string& out, std::uint64_t number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, end);
}

int choice_of(const canonical::Event& event) {
    return std::visit(
        [](const auto& one) {
            if constexpr (requires { one.choice; }) {
                return one.choice;
            } else {
                return 0;
            }
        },
        event);
}

}  // namespace

void ResponseStream::go_on(std::string_view response_id, std::uint64_t next_number) {
    response_.rename(response_id);
    sequence_ = next_number;
    has_begun_ = true;
}

void ResponseStream::encode(const canonical::Event& event, std::string& out) {
    if (is_over_ || choice_of(event) != 0) return;
    order_.take(event, [&](const canonical::Event& one) { tell(one, out); });
}

void ResponseStream::tell(const canonical::Event& event, std::string& out) {
    std::visit([&](const auto& one) { take(one, out); }, event);
}

// --- events --------------------------------------------------------------------------------------

void ResponseStream::open_event(std::string_view type, std::string& out) {
    out += "event: ";
    out += type;
    out += "\ndata: {\"type\":\"";
    out += type;
    out += "\",\"sequence_number\":";
    append_number(out, sequence_++);
}

void ResponseStream::open_item_event(std::string_view type, std::string_view id, std::size_t item,
                                     std::string& out) {
    open_event(type, out);
    out += ",\"item_id\":\"";
    out += id;
    out += "\",\"output_index\":";
    append_number(out, item);
}

void ResponseStream::item_event(std::string_view type, std::size_t item, std::string_view json,
                                std::string& out) {
    open_event(type, out);
    out += ",\"output_index\":";
    append_number(out, item);
    out += ",\"item\":";
    out += json;
    close_event(out);
}

void ResponseStream::response_event(std::string_view type, const ResponseState& state,
                                    std::string& out) {
    open_event(type, out);
    out += ",\"response\":";
    response_.append(out, state);
    close_event(out);
}

std::size_t ResponseStream::new_item() {
    done_.emplace_back();
    return done_.size() - 1;
}

void ResponseStream::done_item(std::size_t item, std::string json, std::string& out) {
    item_event("response.output_item.done", item, json, out);
    done_[item] = std::move(json);
}

std::string ResponseStream::output() const {
    std::string items;
    for (const auto& item : done_) {
        if (item.empty()) continue;
        if (!items.empty()) items += ',';
        items += item;
    }
    return items;
}

// --- what the upstream says ----------------------------------------------------------------------

void ResponseStream::begin(std::string& out) {
    if (std::exchange(has_begun_, true)) return;
    const ResponseState state{.service_tier = service_tier_};
    response_event("response.created", state, out);
    response_event("response.in_progress", state, out);
}

void ResponseStream::take(const canonical::Started& started, std::string& out) {
    if (!started.service_tier.empty()) service_tier_ = started.service_tier;
    response_.created_at(started.created);
    begin(out);
}

ResponseStream::Open* ResponseStream::find(int block) {
    return open_ && open_->block == block ? &*open_ : nullptr;
}

void ResponseStream::take(const canonical::BlockStarted& started, std::string& out) {
    begin(out);
    Open open{.block = started.block, .kind = started.kind};
    open.is_redacted = started.is_redacted;
    open.phase = started.phase;
    if (started.kind == BlockKind::tool_call) {
        open.is_custom = started.tool_kind == canonical::ToolKind::custom;
        open.is_search = started.name_space.empty() && response_.is_tool_search(started.name);
        open.call_id = wire::escaped(started.call_id);
        open.name = wire::escaped(started.name);
        open.name_space = wire::escaped(started.name_space);
    }
    open_ = std::move(open);
}

// The first piece of a call waits for what comes behind it: the proof of the whole call may, and
// stands in front of it.
void ResponseStream::take(const canonical::BlockDelta& delta, std::string& out) {
    auto* open = find(delta.block);
    if (open == nullptr || (delta.text.is_empty() && delta.logprobs.empty())) return;
    const bool is_call = open->kind == BlockKind::tool_call;
    if (is_call && !open->has_begun && open->held.empty()) {
        open->held = delta.text.escaped;
        return;
    }
    if (!open->has_begun) {
        if (is_call) {
            begin_call(*open, out);
        } else if (open->kind == BlockKind::thinking) {
            begin_thinking(*open, out);
        } else {
            begin_part(*open, out);
        }
    }
    say(*open, delta.text.escaped, delta.logprobs, out);
}

void ResponseStream::take(const canonical::BlockSigned& proof, std::string& out) {
    auto* open = find(proof.block);
    if (open == nullptr) return;
    if (open->kind == BlockKind::tool_call && !open->has_begun) {
        leave_message(out);
        add_proof(proof.signature, out);
        begin_call(*open, out);
        return;
    }
    // Views hold during this call only.
    open->signature = proof.signature;
    open->held = proof.signature.value.escaped;
}

void ResponseStream::take(const canonical::Cited& cited, std::string& out) {
    auto* open = find(cited.block);
    if (open == nullptr || open->kind != BlockKind::text) return;
    std::string annotation;
    if (!write_annotation(annotation, cited.citation, open->text)) return;
    if (!open->has_begun) begin_part(*open, out);
    open_item_event("response.output_text.annotation.added", open->id, open->item, out);
    out += ",\"content_index\":";
    append_number(out, open->part);
    out += ",\"annotation_index\":";
    append_number(out, open->annotation_count++);
    out += ",\"annotation\":";
    out += annotation;
    close_event(out);
    if (!open->annotations.empty()) open->annotations += ',';
    open->annotations += annotation;
}

void ResponseStream::take(const canonical::BlockEnded& ended, std::string& out) {
    auto* open = find(ended.block);
    if (open == nullptr) return;
    end(*open, out);
    open_.reset();
}

void ResponseStream::take(const canonical::WholeBlock& whole, std::string& out) {
    begin(out);
    std::string json;
    if (const auto* media = std::get_if<canonical::MediaBlock>(&whole.content)) {
        if (!is_output_image(*media)) {
            const auto text = media_text(*media);
            return add_text({text}, false, out);
        }
        has_said_ = true;
        leave_message(out);
        const auto item = new_item();
        write_image(json, response_.item_id("ig", item), *media);
        item_event("response.output_item.added", item, json, out);
        return done_item(item, std::move(json), out);
    }
    if (const auto* text = std::get_if<canonical::TextBlock>(&whole.content))
        return add_text(text->text, false, out);
    const auto* opaque = std::get_if<canonical::OpaqueBlock>(&whole.content);
    if (opaque == nullptr) return;
    const auto query = query_of(*opaque);
    if (!query && (!is_output_item(*opaque) || opaque->json.empty()))
        return add_text(opaque->as_text, false, out);
    has_said_ = true;
    leave_message(out);
    const auto item = new_item();
    if (query) {
        write_search(json, response_.item_id("ws", item), *query);
    } else {
        json = one_line(std::string(opaque->json));
    }
    item_event("response.output_item.added", item, json, out);
    done_item(item, std::move(json), out);
}

void ResponseStream::take(const canonical::Ended& ended, std::string&) {
    ending_ = ended.ending;
    explanation_ = ended.ending.explanation.escaped;
    ending_.explanation = {explanation_};
}

void ResponseStream::take(const canonical::Used& used, std::string&) { usage_ = used.usage; }

void ResponseStream::add_text(canonical::Text text, bool is_refusal, std::string& out) {
    if (text.is_empty()) return;
    Open open{.kind = is_refusal ? BlockKind::refusal : BlockKind::text};
    if (message_) open.phase = message_->phase;
    begin_part(open, out);
    say(open, text.escaped, {}, out);
    end(open, out);
}

// --- the end -------------------------------------------------------------------------------------

void ResponseStream::end_all(std::string& out) {
    do {
        if (open_) end(*open_, out);
        open_.reset();
    } while (order_.end_open([&](const canonical::Event& one) { tell(one, out); }));
}

void ResponseStream::finish(std::string& out) {
    if (is_over_) return;
    begin(out);
    end_all(out);
    const auto status = final_status(ending_, has_refusal_, !has_said_);
    if (status.status == "failed") {
        return fail({.kind = ErrorKind::upstream_broken,
                     .message = failure_words(ending_),
                     .code = "server_error"},
                    out);
    }
    add_text(untold_refusal(ending_, has_refusal_), true, out);
    leave_message(out);
    is_over_ = true;
    const auto items = output();
    const auto type = "response." + std::string(status.status);
    response_event(type,
                   {.status = status.status,
                    .incomplete = status.incomplete,
                    .usage = &usage_,
                    .output = items,
                    .service_tier = service_tier_,
                    .completed = response_.created()},
                   out);
}

// The event has its fields twice: as the types say, and as OpenAI sends them. That is the one form
// which every SDK raises (openai-python 3.54, openai-node 7.57, run 2026-11-22).
void ResponseStream::fail(const Error& error, std::string& out) {
    if (std::exchange(is_over_, true)) return;
    Error told = error;
    told.message = with_wait(error);  // Codex waits as long as it says
    const auto fields = [&](JsonWriter& json) {
        json.text("code", stream_code(told)).text("message", told.message).key("param");
        if (told.param.empty()) {
            json.null();
        } else {
            json.text(told.param);
        }
    };
    open_event("error", out);
    out += ',';
    JsonWriter json(out);
    fields(json);
    json.begin_object("error");
    json.text("type", openai_type_of(told));
    fields(json);
    json.end_object();
    close_event(out);
    const auto items = output();
    response_event("response.failed",
                   {.status = "failed",
                    .error = &told,
                    .usage = &usage_,
                    .output = items,
                    .service_tier = service_tier_},
                   out);
}

void ResponseStream::heartbeat(std::string& out) {
    if (is_over_) return;
    if (!has_begun_) {
        out += ": wait\n\n";
        return;
    }
    response_event("response.in_progress", {.service_tier = service_tier_}, out);
}

std::unique_ptr<StreamEncoder> make_stream_encoder(const AnswerContext& context) {
    return std::make_unique<ResponseStream>(context);
}

}  // namespace router::dialects::openai_responses
