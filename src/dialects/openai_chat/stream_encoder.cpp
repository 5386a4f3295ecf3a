#include "dialects/openai_chat/stream_encoder.hpp"

#include <algorithm>
#include <charconv>
#include <variant>

#include "dialects/failure_words.hpp"
#include "dialects/openai_chat/answer_parts.hpp"
#include "dialects/openai_chat/finish.hpp"
#include "dialects/openai_chat/reasoning_details.hpp"
#include "dialects/openai_chat/stream_relay.hpp"
#include "dialects/openai_chat/usage.hpp"
#include "dialects/source_name.hpp"

namespace router::dialects::openai_chat {
namespace {

using namespace canonical;

void append_number(std::string& out, int number) {
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    out.append(digits, static_cast<std::size_t>(end - digits));
}

// JSON of an upstream may come in several lines; a line end would be one of the event's.
void append_in_a_line(std::string& out, Json json) {
    const auto begin = static_cast<std::ptrdiff_t>(out.size());
    out += json;
    const auto is_end = [](char c) { return c == '\n' || c == '\r'; };
    std::replace_if(out.begin() + begin, out.end(), is_end, ' ');
}

}  // namespace

ChunkEncoder::ChunkEncoder(const AnswerContext& context) : context_(context) {
    context_.request = nullptr;  // which is not there later
    tail_ = context.wants_usage ? "],\"usage\":null}\n\n" : "]}\n\n";
    write_head();
}

void ChunkEncoder::write_head() {
    head_ = "data: ";
    wire::JsonWriter json(head_);
    json.begin_object().text("id", "chatcmpl-" + context_.id);
    json.text("object", "chat.completion.chunk").number("created", context_.created);
    json.text("model", context_.model);
    if (!service_tier_.empty()) json.text("service_tier", service_tier_);
    head_ += ",\"choices\":[";
}

void ChunkEncoder::begin_chunk(int choice, std::string& out) const {
    out += head_;
    out += "{\"index\":";
    append_number(out, choice);
    out += ",\"delta\":{";
}

void ChunkEncoder::end_chunk(std::string& out, Json logprobs) const {
    if (logprobs.empty()) {
        out += "},\"logprobs\":null,\"finish_reason\":null}";
    } else {
        out += "},\"logprobs\":{\"content\":";
        append_in_a_line(out, logprobs);
        out += ",\"refusal\":null},\"finish_reason\":null}";
    }
    out += tail_;
}

void ChunkEncoder::say(int choice, std::string_view key, Text text, std::string& out,
                       Json logprobs) const {
    begin_chunk(choice, out);
    out += '"';
    out += key;
    out += "\":\"";
    out += text.escaped;
    out += '"';
    end_chunk(out, logprobs);
}

ChunkEncoder::Choice& ChunkEncoder::choice(int index, std::string& out) {
    auto found = std::ranges::find(choices_, index, &Choice::index);
    if (found == choices_.end()) found = choices_.insert(choices_.end(), {.index = index});
    if (found->has_begun) return *found;
    found->has_begun = true;
    begin_chunk(index, out);
    out += "\"role\":\"assistant\",\"content\":\"\"";
    end_chunk(out);
    return *found;
}

ChunkEncoder::Block* ChunkEncoder::find(int choice, int block) {
    const auto found = std::ranges::find_if(
        blocks_, [&](const Block& open) { return open.choice == choice && open.block == block; });
    return found == blocks_.end() ? nullptr : &*found;
}

void ChunkEncoder::encode(const Event& event, std::string& out) {
    std::visit([&](const auto& said) { take(said, out); }, event);
}

void ChunkEncoder::take(const Started& started, std::string& out) {
    if (!choices_.empty()) return;  // a second one of a stream that was taken up again
    if (context_.id.empty()) context_.id = started.id;
    if (context_.created == 0) context_.created = started.created;
    if (context_.model.empty()) context_.model = started.model;
    service_tier_ = started.service_tier;
    write_head();
    choice(0, out);
}

void ChunkEncoder::take(const BlockStarted& started, std::string& out) {
    const auto& in = choice(started.choice, out);
    auto& block = blocks_.emplace_back(Block{.choice = started.choice,
                                             .block = started.block,
                                             .kind = started.kind,
                                             .is_redacted = started.is_redacted,
                                             .begin = in.characters});
    if (started.kind == BlockKind::tool_call) start_call(started, block, out);
}

void ChunkEncoder::start_call(const BlockStarted& started, Block& block, std::string& out) {
    auto& in = choice(started.choice, out);
    in.has_said = true;
    block.call = in.calls++;
    block.is_custom = started.tool_kind == ToolKind::custom;
    begin_chunk(started.choice, out);
    wire::JsonWriter json(out);
    json.begin_array("tool_calls").begin_object().number("index", block.call);
    if (started.call_id.empty()) {
        json.text("id", "call_" + context_.id + "c" + std::to_string(started.choice) + "n" +
                            std::to_string(block.call));
    } else {
        json.text("id", started.call_id);
    }
    const std::string_view type = block.is_custom ? "custom" : "function";
    json.text("type", type).begin_object(type).text("name", started.name);
    json.escaped(block.is_custom ? "input" : "arguments", {});
    json.end_object().end_object().end_array();
    end_chunk(out);
}

void ChunkEncoder::say_arguments(const Block& block, Text text, std::string& out) const {
    begin_chunk(block.choice, out);
    out += "\"tool_calls\":[{\"index\":";
    append_number(out, block.call);
    out += block.is_custom ? ",\"type\":\"custom\",\"custom\":{\"input\":\""
                           : ",\"function\":{\"arguments\":\"";
    out += text.escaped;
    out += "\"}}]";
    end_chunk(out);
}

void ChunkEncoder::take(const BlockDelta& delta, std::string& out) {
    auto* block = find(delta.choice, delta.block);
    if (block == nullptr || (delta.text.is_empty() && delta.logprobs.empty())) return;
    switch (block->kind) {
        case BlockKind::text: {
            auto& in = choice(delta.choice, out);
            in.has_said = true;
            in.characters += characters(delta.text.escaped);
            return say(delta.choice, "content", delta.text, out, delta.logprobs);
        }
        case BlockKind::thinking:
            block->thought += delta.text.escaped;
            return say(delta.choice, "reasoning_content", delta.text, out);
        case BlockKind::refusal: {
            auto& in = choice(delta.choice, out);
            in.has_said = in.has_refused = true;
            return say(delta.choice, "refusal", delta.text, out);
        }
        case BlockKind::tool_call:
            block->has_arguments = true;
            return say_arguments(*block, delta.text, out);
    }
}

void ChunkEncoder::take(const BlockSigned& proved, std::string& out) {
    auto* block = find(proved.choice, proved.block);
    if (block == nullptr) return;
    if (block->kind != BlockKind::tool_call) {  // told when the block has ended
        block->proof_value = proved.signature.value.escaped;
        block->proof = proved.signature;
        return;
    }
    if (proved.signature.origin != Origin::gemini) return;
    begin_chunk(block->choice, out);
    wire::JsonWriter json(out);
    json.begin_array("tool_calls").begin_object().number("index", block->call);
    if (!block->is_custom) json.begin_object("function").escaped("arguments", {}).end_object();
    write_call_proof(json, proved.signature);
    json.end_object().end_array();
    end_chunk(out);
}

void ChunkEncoder::take(const Cited& cited, std::string& out) {
    auto* block = find(cited.choice, cited.block);
    const auto& citation = cited.citation;
    if (block == nullptr || source_name(citation).empty()) return;
    if (citation.start < 0 || citation.end < citation.start) {  // of the whole text, then
        for (const auto text : {citation.url, citation.title, citation.cited_text})
            block->citations.emplace_back(text.escaped);
        return;
    }
    tell_citation(*block, citation, out);
}

// Each in a chunk of its own: openai-python bears a list whose first entry has no index only if it
// has no other (3.54, run 2026-11-30).
void ChunkEncoder::tell_citation(const Block& block, const Citation& citation, std::string& out) {
    auto& in = choice(block.choice, out);
    begin_chunk(block.choice, out);
    wire::JsonWriter json(out);
    json.begin_array("annotations");
    write_citation(json, citation, block.begin, in.characters, in.citations++);
    json.end_array();
    end_chunk(out);
}

void ChunkEncoder::tell_held_citations(const Block& block, std::string& out) {
    for (std::size_t at = 0; at + 2 < block.citations.size(); at += 3) {
        tell_citation(block,
                      {.url = {block.citations[at]},
                       .title = {block.citations[at + 1]},
                       .cited_text = {block.citations[at + 2]}},
                      out);
    }
}

void ChunkEncoder::tell_proof(const Block& block, std::string& out) {
    const bool is_thought = block.kind == BlockKind::thinking;
    if (!block.proof.is_present() || (!is_thought && block.proof.origin != Origin::gemini)) return;
    auto proof = block.proof;
    proof.value = {block.proof_value};
    auto& in = choice(block.choice, out);
    begin_chunk(block.choice, out);
    wire::JsonWriter json(out);
    json.begin_array("reasoning_details");
    if (is_thought) {
        write_details(json,
                      {.text = {block.thought},
                       .signature = std::move(proof),
                       .is_redacted = block.is_redacted},
                      in.details);
    } else {
        write_proof(json, proof, {}, in.details);
    }
    json.end_array();
    end_chunk(out);
}

void ChunkEncoder::end_block(Block& block, std::string& out) {
    if (block.kind == BlockKind::tool_call) {
        if (!block.has_arguments && !block.is_custom) say_arguments(block, {"{}"}, out);
        return;
    }
    tell_held_citations(block, out);
    tell_proof(block, out);
}

void ChunkEncoder::take(const BlockEnded& ended, std::string& out) {
    auto* block = find(ended.choice, ended.block);
    if (block == nullptr) return;
    end_block(*block, out);
    blocks_.erase(blocks_.begin() + (block - blocks_.data()));
}

void ChunkEncoder::take(const WholeBlock& whole, std::string& out) {
    const auto* media = std::get_if<MediaBlock>(&whole.content);
    if (media == nullptr) return;  // what only another dialect can say
    auto& in = choice(whole.choice, out);
    const bool is_audio = media->kind == MediaKind::audio;
    if (!is_audio && media->kind != MediaKind::image) return;
    in.has_said = true;
    begin_chunk(whole.choice, out);
    wire::JsonWriter json(out);
    if (is_audio) {
        write_audio(json, *media, context_.id, context_.created);
    } else {
        json.begin_array("images");
        write_image(json, *media, in.images++);
        json.end_array();
    }
    end_chunk(out);
}

void ChunkEncoder::take(const Ended& ended, std::string& out) {
    auto& in = choice(ended.choice, out);
    if (in.has_ended) return;
    in.has_ended = true;
    for (auto& block : blocks_) {
        if (block.choice == ended.choice) end_block(block, out);
    }
    std::erase_if(blocks_, [&](const Block& block) { return block.choice == ended.choice; });
    if (ended.ending.reason == Finish::failed && !in.has_said) {
        in.failure_words = dialects::failure_words(ended.ending);
        in.failure = ended.ending.detail;  // told when it is known whether all have failed
        in.has_failed = true;
        return;
    }
    write_end(in, ended.ending, out);
}

void ChunkEncoder::write_end(Choice& in, const canonical::Ending& ending, std::string& out) {
    const auto reason = ending.reason;
    const bool is_refused =
        reason == Finish::refusal || (reason == Finish::content_filter && !in.has_said);
    if (is_refused && !in.has_refused) say(in.index, "refusal", refusal_text(ending), out);
    out += head_;
    wire::JsonWriter json(out);
    json.begin_object().number("index", in.index).begin_object("delta").end_object();
    json.null("logprobs");
    write_finish(json, ending, in.calls > 0);
    json.end_object();
    out += tail_;
}

void ChunkEncoder::take(const Used& used, std::string&) {
    if (used.usage.is_known) usage_ = used.usage;
}

void ChunkEncoder::finish(std::string& out) {
    for (const auto& each : std::vector(choices_)) {
        if (!each.has_ended)
            take(Ended{.choice = each.index, .ending = {.reason = Finish::stop}}, out);
    }
    if (!choices_.empty() && std::ranges::all_of(choices_, &Choice::has_failed)) {
        return fail({.kind = ErrorKind::upstream_broken, .message = choices_.front().failure_words},
                    out);
    }
    for (auto& each : choices_) {  // nobody is to take it for a whole answer
        if (each.has_failed)
            write_end(each, {.reason = Finish::content_filter, .detail = each.failure}, out);
    }
    if (context_.wants_usage && usage_.is_known) {
        out += head_;
        out += "],\"usage\":";
        wire::JsonWriter json(out);
        auto usage = usage_;
        if (context_.cost_of && !usage.cost) usage.cost = context_.cost_of(usage);
        write_usage(json, usage);
        out += "}\n\n";
    }
    out += "data: [DONE]\n\n";
}

void ChunkEncoder::fail(const Error& error, std::string& out) { out += encode_stream_error(error); }

void ChunkEncoder::heartbeat(std::string& out) { out += ": heartbeat\n\n"; }

}  // namespace router::dialects::openai_chat
