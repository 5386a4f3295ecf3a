#include "dialects/gemini/candidate.hpp"

#include <utility>

#include "dialects/gemini/members.hpp"
#include "dialects/gemini/words.hpp"
#include "wire/json_text.hpp"

namespace router::dialects::gemini {

using canonical::BlockKind;

namespace {

canonical::Signature own_signature(std::string_view value) {
    return {.origin = canonical::Origin::gemini, .value = {value}};
}

}  // namespace

void Candidate::open(BlockKind kind, canonical::EventSink& sink) {
    if (open_ == kind && !is_sealed_) return;
    close(sink);
    open_ = kind;
    sink.take(canonical::BlockStarted{.choice = index_, .block = next_block_, .kind = kind});
    if (kind == BlockKind::text) {
        text_block_ = next_block_;
        const auto bytes = positions_.bytes();
        texts_.push_back({text_block_, positions_.characters_at(bytes), bytes});
    }
    ++next_block_;
}

void Candidate::close(canonical::EventSink& sink) {
    if (!open_) return;
    open_.reset();
    is_sealed_ = false;
    sink.take(canonical::BlockEnded{.choice = index_, .block = next_block_ - 1});
}

void Candidate::sign(std::string_view signature, canonical::EventSink& sink) {
    if (signature.empty()) return;
    sink.take(canonical::BlockSigned{
        .choice = index_, .block = next_block_ - 1, .signature = own_signature(signature)});
}

void Candidate::release_signature(canonical::EventSink& sink) {
    if (held_signature_.empty()) return;
    close(sink);
    open(BlockKind::text, sink);
    sign(std::exchange(held_signature_, {}), sink);
    close(sink);
}

void Candidate::put_whole(canonical::Block block, canonical::EventSink& sink) {
    close(sink);
    canonical::WholeBlock whole{.choice = index_, .block = next_block_++};
    whole.content = std::move(block);
    sink.take(whole);
}

void Candidate::take(const Part& part, canonical::Json logprobs, std::string_view call_id,
                     canonical::EventSink& sink) {
    if (part.kind == PartKind::function_call) return take_call(part, call_id, sink);
    if (part.kind == PartKind::text || part.kind == PartKind::none)
        return take_text(part, logprobs, sink);
    end_call(sink);
    release_signature(sink);
    if (part.kind == PartKind::inline_data || part.kind == PartKind::file_data) {
        canonical::Arena arena;
        // One that the model thought with is no part of the answer.
        if (!part.is_thought) put_whole(media_block(part.media, arena), sink);
        held_signature_ = part.signature;  // told as that of an empty text behind the picture
    } else if (part.kind == PartKind::other) {
        put_whole(
            canonical::OpaqueBlock{.type = part.other, .json = part.raw, .as_text = {part.as_text}},
            sink);
    }
}

void Candidate::take_text(const Part& part, canonical::Json logprobs, canonical::EventSink& sink) {
    const bool is_empty = part.text.is_empty() && logprobs.empty();
    if (is_empty && part.signature.empty()) return;
    end_call(sink);
    release_signature(sink);
    if (is_empty && !part.is_thought) {
        held_signature_ = part.signature;
        return;
    }
    open(part.is_thought ? BlockKind::thinking : BlockKind::text, sink);
    if (!part.is_thought) positions_.append(part.text);
    sink.take(canonical::BlockDelta{.choice = index_,
                                    .block = next_block_ - 1,
                                    .text = part.text,
                                    .logprobs = part.is_thought ? canonical::Json() : logprobs});
    if (part.signature.empty()) return;
    sign(part.signature, sink);
    is_sealed_ = true;
}

void Candidate::take_call(const Part& part, std::string_view call_id, canonical::EventSink& sink) {
    if (part.name.empty()) return go_on(part, sink);
    end_call(sink);
    release_signature(sink);
    close(sink);
    open_ = BlockKind::tool_call;
    has_calls_ = true;
    sink.take(canonical::BlockStarted{.choice = index_,
                                      .block = next_block_++,
                                      .kind = BlockKind::tool_call,
                                      .call_id = part.id.empty() ? call_id : part.id,
                                      .name = part.name});
    call_.emplace();
    go_on(part, sink);
}

// More of the call that is open; its end where no more is announced.
void Candidate::go_on(const Part& part, canonical::EventSink& sink) {
    if (!call_) return;
    for (const auto& piece : part.pieces) call_->args.add(piece);
    if (!part.args.empty()) call_->whole = part.args;
    if (!part.signature.empty()) call_->signature = part.signature;
    if (!part.will_continue) end_call(sink);
}

void Candidate::end_call(canonical::EventSink& sink) {
    if (!call_) return;
    const auto call = std::exchange(call_, std::nullopt);
    canonical::Arena arena;
    const auto arguments = call->whole.empty() ? call->args.json() : call->whole;
    const auto text = wire::escaped(compact(arguments, arena));
    sign(call->signature, sink);  // first: some dialects show a call's proof in front of it
    sink.take(canonical::BlockDelta{.choice = index_, .block = next_block_ - 1, .text = {text}});
    close(sink);
}

// The citations of the texts, which Gemini tells last.
void Candidate::cite(bool is_whole, canonical::EventSink& sink) {
    if (texts_.empty()) return;
    for (const auto& place : grounding_.places()) {
        auto start = place.start, end = place.end;
        auto text = texts_.back();
        if (end >= 0) {
            if (place.part > 0 && std::cmp_less(place.part, texts_.size())) {
                start += texts_[static_cast<std::size_t>(place.part)].bytes;
                end += texts_[static_cast<std::size_t>(place.part)].bytes;
            }
            for (const auto& one : texts_) {
                if (one.bytes <= start) text = one;
            }
            start = positions_.characters_at(start) - text.characters;
            end = positions_.characters_at(end) - text.characters;
        }
        if (!is_whole && text.block != texts_.back().block) {
            text = texts_.back();  // a stream goes back to no block: the source at least is told
            start = end = -1;
        }
        const canonical::Citation citation{.url = {place.url},
                                           .title = {place.title},
                                           .cited_text = {place.cited_text},
                                           .start = start,
                                           .end = end};
        sink.take(canonical::Cited{.choice = index_, .block = text.block, .citation = citation});
    }
}

void Candidate::finish(bool is_whole, canonical::EventSink& sink) {
    end_call(sink);
    cite(is_whole, sink);
    release_signature(sink);
    close(sink);
    if (!is_finished() && !is_whole) return;
    auto ending = ending_from(finish_reason_, has_calls_);
    ending.explanation = {message_};
    sink.take(canonical::Ended{.choice = index_, .ending = ending});
}

}  // namespace router::dialects::gemini
