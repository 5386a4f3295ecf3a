#include "gateway/merged_thinking.hpp"

#include <algorithm>
#include <variant>

namespace router::gateway {
namespace {

using namespace canonical;

constexpr std::string_view opening = "<think>", closing = "</think>\\n\\n";  // as JSON

bool is_wordless(const Block& block) {
    const auto* thinking = std::get_if<ThinkingBlock>(&block);
    return thinking != nullptr && thinking->text.is_empty();
}

}  // namespace

MergedThinking::Thought* MergedThinking::find(int choice, int block) {
    const auto found = std::ranges::find_if(open_, [&](const Thought& thought) {
        return thought.choice == choice && thought.block == block;
    });
    return found == open_.end() ? nullptr : &*found;
}

void MergedThinking::take(const Event& event) {
    if (const auto* started = std::get_if<BlockStarted>(&event);
        started != nullptr && started->kind == BlockKind::thinking) {
        open_.push_back({.choice = started->choice, .block = started->block});
        return;
    }
    if (const auto* delta = std::get_if<BlockDelta>(&event)) {
        if (auto* thought = find(delta->choice, delta->block)) return show(*thought, *delta);
    } else if (const auto* proof = std::get_if<BlockSigned>(&event)) {
        if (find(proof->choice, proof->block) != nullptr) return;  // text bears no signature
    } else if (const auto* ended = std::get_if<BlockEnded>(&event)) {
        if (const auto* thought = find(ended->choice, ended->block)) return end(*ended, *thought);
    }
    next_.take(event);
}

void MergedThinking::show(Thought& thought, const BlockDelta& words) {
    const auto& [choice, block, has_words] = thought;
    if (!has_words) {
        next_.take(BlockStarted{.choice = choice, .block = block, .kind = BlockKind::text});
        next_.take(BlockDelta{.choice = choice, .block = block, .text = {opening}});
        thought.has_words = true;
    }
    next_.take(words);
}

void MergedThinking::end(const BlockEnded& ended, const Thought& thought) {
    if (thought.has_words) {
        next_.take(BlockDelta{.choice = ended.choice, .block = ended.block, .text = {closing}});
        next_.take(ended);
    }
    open_.erase(open_.begin() + (&thought - open_.data()));
}

void merge_thinking(Answer& answer) {
    for (auto& choice : answer.choices) {
        std::erase_if(choice.blocks, is_wordless);
        for (auto& block : choice.blocks) {
            const auto* thinking = std::get_if<ThinkingBlock>(&block);
            if (thinking == nullptr) continue;
            std::string text(opening);
            text += thinking->text.escaped;
            text += closing;
            block = TextBlock{.text = {answer.arena->keep(std::move(text))}};
        }
    }
}

}  // namespace router::gateway
