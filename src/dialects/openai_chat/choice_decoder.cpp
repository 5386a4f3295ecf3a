#include <algorithm>

#include "dialects/openai_chat/finish.hpp"
#include "dialects/openai_chat/stream_decoder.hpp"
#include "wire/base64.hpp"
#include "wire/json_text.hpp"

namespace router::dialects::openai_chat {

using namespace canonical;

void ChoiceDecoder::close(EventSink& sink) {
    if (open_ >= 0) sink.take(BlockEnded{.choice = index_, .block = open_});
    open_ = -1;
    detail_index_.reset();
    is_told_plainly_ = false;
}

void ChoiceDecoder::open(BlockKind kind, EventSink& sink, bool is_redacted) {
    if (open_ >= 0 && kind_ == kind && !is_redacted) return;
    close(sink);
    end_complete_calls(sink);
    open_ = next_block_++;
    kind_ = kind;
    sink.take(
        BlockStarted{.choice = index_, .block = open_, .kind = kind, .is_redacted = is_redacted});
}

void ChoiceDecoder::say(BlockKind kind, Text text, EventSink& sink, Json logprobs) {
    if (text.is_empty() && logprobs.empty()) return;
    open(kind, sink);
    sink.take(BlockDelta{.choice = index_, .block = open_, .text = text, .logprobs = logprobs});
}

void ChoiceDecoder::tell(const ChoiceChunk& chunk, Arena& arena, EventSink& sink) {
    tell_thoughts(chunk, arena, sink);
    say(BlockKind::text, chunk.content, sink, chunk.logprobs);
    say(BlockKind::text, chunk.transcript, sink);
    if (!chunk.refusal.is_empty()) has_refusal_ = true;
    say(BlockKind::refusal, chunk.refusal, sink);
    for (const auto& fragment : chunk.calls) tell_call(fragment, sink);
    tell_whole(chunk, sink);
    if (finish_.empty()) finish_ = wire::unescaped(chunk.finish);
    if (!chunk.native_finish.empty()) native_finish_ = wire::unescaped(chunk.native_finish);
    if (!chunk.stopped_by.empty()) stopped_by_ = wire::unescaped(chunk.stopped_by);
}

// The text of a thought stands twice where there are details: OpenRouter's `reasoning` repeats it.
void ChoiceDecoder::tell_thoughts(const ChoiceChunk& chunk, Arena& arena, EventSink& sink) {
    const bool details_have_text = std::ranges::any_of(
        chunk.details, [](const Detail& detail) { return !detail.text.is_empty(); });
    if (!details_have_text && !chunk.reasoning.is_empty()) {
        say(BlockKind::thinking, chunk.reasoning, sink);
        is_told_plainly_ = true;
    }
    for (const auto& detail : chunk.details) tell_detail(detail, arena, sink);
}

void ChoiceDecoder::tell_detail(const Detail& detail, Arena& arena, EventSink& sink) {
    // What was told without details may come once more, whole and signed: as we write it.
    const bool is_repeated = is_told_plainly_ && !detail.signature.is_empty();
    if (!detail.text.is_empty() && !is_repeated) {
        const bool is_next = detail.index && detail_index_ && *detail.index != *detail_index_;
        if (is_next && kind_ == BlockKind::thinking) close(sink);
        say(BlockKind::thinking, detail.text, sink);
        detail_index_ = detail.index;
    }
    if (!detail.signature.is_empty()) tell_proof(detail, arena, sink);
}

void ChoiceDecoder::tell_proof(const Detail& detail, Arena& arena, EventSink& sink) {
    auto proof = detail.proof(arena);
    if (detail.is_encrypted() && proof.origin == Origin::gemini) {
        if (auto* call = calls_.by_id(detail.id); call != nullptr && !call->is_ended) {
            seal_call(*call, std::move(proof), sink);
        } else {
            keep_proof(detail.id, proof);
        }
        return;
    }
    const bool is_alone = detail.is_encrypted() && proof.origin != Origin::openai;
    if (is_alone || open_ < 0 || kind_ != BlockKind::thinking) {
        close(sink);
        open(BlockKind::thinking, sink, is_alone);
    }
    sign(std::move(proof), sink);
    close(sink);
}

void ChoiceDecoder::sign(Signature proof, EventSink& sink) {
    sink.take(BlockSigned{.choice = index_, .block = open_, .signature = std::move(proof)});
}

void ChoiceDecoder::tell_call(const CallFragment& fragment, EventSink& sink) {
    auto* call = calls_.find(fragment);
    if (call == nullptr) {
        if (fragment.id.empty() && fragment.name.empty() && fragment.arguments.is_empty()) return;
        close(sink);
        end_complete_calls(sink);
        auto id = wire::unescaped(fragment.id);
        const bool is_unique = !id.empty() && calls_.by_id(id) == nullptr;
        if (!is_unique) id = "call_" + seed_ + std::to_string(calls_.all().size());
        call = &calls_.add(fragment, std::move(id));
    }
    if (call->is_ended) return;
    if (call->name.empty()) {
        call->name = wire::unescaped(fragment.name);
        call->is_custom = call->is_custom || fragment.is_custom;
        if (!call->name.empty()) start_call(*call, sink);
    }
    if (fragment.proof.is_present()) seal_call(*call, fragment.proof, sink);
    if (call->block < 0) {
        call->held += fragment.arguments.escaped;
        return;
    }
    if (fragment.arguments.is_empty()) return;
    call->end.feed(fragment.arguments.escaped);
    sink.take(BlockDelta{.choice = index_, .block = call->block, .text = fragment.arguments});
}

void ChoiceDecoder::start_call(OpenCall& call, EventSink& sink) {
    call.block = next_block_++;
    sink.take(BlockStarted{.choice = index_,
                           .block = call.block,
                           .kind = BlockKind::tool_call,
                           .tool_kind = call.is_custom ? ToolKind::custom : ToolKind::function,
                           .call_id = call.id,
                           .name = call.name});
    for (auto& kept : proofs_) {
        if (kept.id != call.id || kept.id.empty()) continue;
        seal_call(call, {.origin = Origin::gemini, .issuer = kept.issuer, .value = {kept.value}},
                  sink);
        kept.value.clear();
    }
    if (call.held.empty()) return;
    call.end.feed(call.held);
    sink.take(BlockDelta{.choice = index_, .block = call.block, .text = {call.held}});
    call.held.clear();
}

void ChoiceDecoder::seal_call(OpenCall& call, Signature proof, EventSink& sink) {
    if (call.block < 0) return keep_proof(call.id, proof);
    sink.take(BlockSigned{.choice = index_, .block = call.block, .signature = std::move(proof)});
}

void ChoiceDecoder::keep_proof(std::string id, const Signature& proof) {
    proofs_.push_back({std::move(id), std::string(proof.value.escaped), proof.issuer});
}

void ChoiceDecoder::end_call(OpenCall& call, EventSink& sink) {
    if (call.is_ended || call.block < 0) return;
    sink.take(BlockEnded{.choice = index_, .block = call.block});
    call.is_ended = true;
}

// Encoders that can write one block at a time wait for the end of each.
void ChoiceDecoder::end_complete_calls(EventSink& sink) {
    for (auto& call : calls_.all()) {
        if (call.end.is_reached()) end_call(call, sink);
    }
}

void ChoiceDecoder::tell_whole(const ChoiceChunk& chunk, EventSink& sink) {
    if (chunk.proof.is_present()) {
        const bool has_call = !calls_.is_empty() && !calls_.all().front().is_ended;
        if (has_call) {
            seal_call(calls_.all().front(), chunk.proof, sink);
        } else {
            keep_proof({}, chunk.proof);
        }
    }
    if (!chunk.citations.empty()) open(BlockKind::text, sink);
    for (const auto& citation : chunk.citations)
        sink.take(Cited{.choice = index_, .block = open_, .citation = citation});
    for (const auto& media : chunk.media) {
        close(sink);
        sink.take(WholeBlock{.choice = index_, .block = next_block_++, .content = media});
    }
    if (chunk.audio.is_empty()) return;
    if (const auto bytes = wire::from_base64(chunk.audio.plain())) audio_ += *bytes;
}

// Those that no call claimed: of the text, which may be an empty one.
void ChoiceDecoder::place_kept_proofs(EventSink& sink) {
    for (const auto& kept : proofs_) {
        if (kept.value.empty()) continue;
        open(BlockKind::text, sink);
        sign({.origin = Origin::gemini, .issuer = kept.issuer, .value = {kept.value}}, sink);
    }
    proofs_.clear();
}

void ChoiceDecoder::end(const std::vector<std::pair<std::string, std::string>>& sources,
                        EventSink& sink) {
    place_kept_proofs(sink);
    if (!sources.empty()) open(BlockKind::text, sink);
    for (const auto& [url, title] : sources)
        sink.take(
            Cited{.choice = index_, .block = open_, .citation = {.url = {url}, .title = {title}}});
    close(sink);
    for (auto& call : calls_.all()) end_call(call, sink);
    if (!audio_.empty()) {
        const auto data = wire::base64(audio_);
        sink.take(WholeBlock{
            .choice = index_,
            .block = next_block_++,
            .content = MediaBlock{.kind = MediaKind::audio, .mime = {}, .data = {data}}});
    }
    const bool has_calls =
        std::ranges::any_of(calls_.all(), [](const OpenCall& call) { return call.block >= 0; });
    sink.take(
        Ended{.choice = index_,
              .ending = ending_of(finish_, native_finish_, stopped_by_, has_calls, has_refusal_)});
}

}  // namespace router::dialects::openai_chat
