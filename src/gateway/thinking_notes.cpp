#include "gateway/thinking_notes.hpp"

#include <algorithm>
#include <cctype>
#include <variant>

#include "dialects/seal.hpp"

namespace router::gateway {
namespace {

using namespace canonical;

// A note is lines of seals: 't' before one of thoughts, 'c' before the call's own.
constexpr char thoughts_mark = 't', call_mark = 'c';

void append_seal(std::string& note, char mark, const ThinkingBlock& thinking) {
    note += mark;
    note += dialects::seal(thinking);
    note += '\n';
}

struct Note {
    std::vector<ThinkingBlock> thoughts;
    Signature call;
};

Note read_note(std::string_view text, Arena& arena) {
    Note note;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.empty()) continue;
        const auto opened = dialects::open_seal(line.substr(1), arena);
        if (!opened) continue;
        if (line[0] == call_mark) {
            note.call = opened->signature;
        } else {
            note.thoughts.push_back(*opened);
        }
    }
    return note;
}

bool is_thinking(const Block& block) { return std::holds_alternative<ThinkingBlock>(block); }

bool is_signed(const Block& block) {
    const auto* thinking = std::get_if<ThinkingBlock>(&block);
    return thinking != nullptr && thinking->signature.is_present();
}

std::string key_of(std::string_view caller, std::string_view call_id) {
    std::string key(caller);
    key += '\n';
    key += call_id;
    return key;
}

// Whether an id was made to be unique: eight letters and digits in a row, a digit among them. Some
// providers count from 0 in each conversation ("functions.f:0", "call_0"): under such a name stands
// whatever was said last, to whomever.
bool is_unique(std::string_view call_id) {
    std::size_t length = 0, digits = 0;
    for (const char c : call_id) {
        const auto byte = static_cast<unsigned char>(c);
        length = std::isalnum(byte) != 0 ? length + 1 : 0;
        digits = length == 0 ? 0 : digits + static_cast<std::size_t>(std::isdigit(byte) != 0);
        if (length >= 8 && digits > 0) return true;
    }
    return false;
}

constexpr std::size_t most_restored = 8 << 20;  // bytes of notes in one request

// The turn's thoughts as they were noted stand in place of those that came back without proof;
// those that came back with it, or never had any, stay.
void restore_turn(Turn& turn, std::string_view caller, storage::SignatureStore& store, Arena& arena,
                  std::size_t& restored) {
    bool has_thoughts = std::ranges::any_of(turn.blocks, is_thinking);
    const bool has_proof = std::ranges::any_of(turn.blocks, is_signed);
    std::vector<Block> blocks;
    blocks.reserve(turn.blocks.size() + 2);
    for (auto& block : turn.blocks) {
        if (auto* call = std::get_if<ToolCallBlock>(&block); call != nullptr) {
            const auto kept =
                restored < most_restored ? store.get(key_of(caller, call->id)) : std::nullopt;
            if (kept) restored += kept->size();
            const auto note = kept ? read_note(*kept, arena) : Note();
            const bool is_proved = std::ranges::any_of(
                note.thoughts, [](const auto& thought) { return thought.signature.is_present(); });
            if (has_thoughts && !has_proof && is_proved) {
                std::erase_if(blocks, is_thinking);
                has_thoughts = false;
            }
            if (!has_thoughts)
                blocks.insert(blocks.end(), note.thoughts.begin(), note.thoughts.end());
            if (!call->signature.is_present()) call->signature = note.call;
        }
        blocks.push_back(std::move(block));
    }
    turn.blocks = std::move(blocks);
}

}  // namespace

void ThinkingNotes::take(const Event& event) {
    if (store_ == nullptr) return;
    if (const auto* delta = std::get_if<BlockDelta>(&event)) {
        const auto found = open_.find({delta->choice, delta->block});
        if (found != open_.end() && found->second.kind == BlockKind::thinking)
            found->second.text += delta->text.escaped;
    } else if (const auto* started = std::get_if<BlockStarted>(&event)) {
        begin(*started);
    } else if (const auto* proof = std::get_if<BlockSigned>(&event)) {
        const auto found = open_.find({proof->choice, proof->block});
        if (found == open_.end()) return;
        found->second.signature = proof->signature.value.escaped;
        found->second.proof = proof->signature;
    } else if (const auto* ended = std::get_if<BlockEnded>(&event)) {
        end(*ended);
    }
}

void ThinkingNotes::begin(const BlockStarted& started) {
    if (started.kind != BlockKind::thinking && started.kind != BlockKind::tool_call) return;
    open_[{started.choice, started.block}] = {.kind = started.kind,
                                              .call_id = std::string(started.call_id),
                                              .text = {},
                                              .signature = {},
                                              .is_redacted = started.is_redacted};
}

void ThinkingNotes::end(const BlockEnded& ended) {
    const auto found = open_.find({ended.choice, ended.block});
    if (found == open_.end()) return;
    auto open = std::move(found->second);
    open_.erase(found);
    open.proof.value = {open.signature};
    if (open.kind == BlockKind::tool_call) {
        keep(ended.choice, open.call_id, open.proof);
    } else {
        if (open.proof.issuer.empty()) open.proof.issuer = issuer_;
        append_seal(
            before_[ended.choice], thoughts_mark,
            {.text = {open.text}, .signature = open.proof, .is_redacted = open.is_redacted});
    }
}

void ThinkingNotes::keep(int choice, const std::string& call_id, const Signature& proof) {
    std::string note = std::exchange(before_[choice], {});
    if (proof.is_present()) {
        Signature own = proof;
        if (own.issuer.empty()) own.issuer = issuer_;
        append_seal(note, call_mark, {.signature = own});
    }
    if (!note.empty() && is_unique(call_id)) store_->put(key_of(caller_, call_id), std::move(note));
}

void ThinkingNotes::take(const Answer& answer) {
    if (store_ == nullptr) return;
    int choice = 0;
    for (const auto& one : answer.choices) {
        for (const auto& block : one.blocks) {
            if (const auto* thinking = std::get_if<ThinkingBlock>(&block)) {
                ThinkingBlock kept = *thinking;
                if (kept.signature.issuer.empty()) kept.signature.issuer = issuer_;
                append_seal(before_[choice], thoughts_mark, kept);
            } else if (const auto* call = std::get_if<ToolCallBlock>(&block)) {
                keep(choice, call->id, call->signature);
            }
        }
        ++choice;
    }
}

void restore_thinking(Request& request, std::string_view caller, storage::SignatureStore& store) {
    std::size_t restored = 0;
    for (auto& turn : request.turns) {
        if (turn.role == Role::assistant)
            restore_turn(turn, caller, store, *request.arena, restored);
    }
}

}  // namespace router::gateway
