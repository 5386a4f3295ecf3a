#include "gateway/merged_thinking.hpp"

#include <variant>

namespace router::gateway {
namespace {

using namespace canonical;

constexpr std::string_view opening = "<think>", closing = "</think>\\n\\n";  // as JSON

}  // namespace

void MergedThinking::take(const Event& event) {
    if (const auto* started = std::get_if<BlockStarted>(&event);
        started != nullptr && started->kind == BlockKind::thinking) {
        choice_ = started->choice;
        block_ = started->block;
        next_.take(BlockStarted{.choice = choice_, .block = block_, .kind = BlockKind::text});
        next_.take(BlockDelta{.choice = choice_, .block = block_, .text = {opening}});
        return;
    }
    if (const auto* ended = std::get_if<BlockEnded>(&event);
        ended != nullptr && ended->choice == choice_ && ended->block == block_) {
        next_.take(BlockDelta{.choice = choice_, .block = block_, .text = {closing}});
        choice_ = block_ = -1;
    }
    if (std::holds_alternative<BlockSigned>(event)) return;  // text bears no signature
    next_.take(event);
}

void merge_thinking(Answer& answer) {
    for (auto& choice : answer.choices) {
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
