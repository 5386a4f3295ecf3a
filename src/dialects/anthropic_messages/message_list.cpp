#include "dialects/anthropic_messages/message_list.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace router::dialects::anthropic_messages {

using canonical::Block;
using canonical::Role;
using canonical::ToolCallBlock;
using canonical::ToolResultBlock;
using canonical::Turn;

namespace {

bool is_system(const Turn& turn) {
    return turn.role == Role::system || turn.role == Role::developer;
}

Speaker speaker_of(const Turn& turn) {
    if (is_system(turn)) return Speaker::system;
    return turn.role == Role::assistant ? Speaker::assistant : Speaker::user;
}

// Where a call stands among its message's blocks; behind all of them when it is none of these.
std::size_t place_of(std::string_view id, const Message& calls) {
    std::size_t place = 0;
    for (const auto* block : calls.blocks) {
        const auto* call = std::get_if<ToolCallBlock>(block);
        if (call != nullptr && call->id == id) break;
        ++place;
    }
    return place;
}

}  // namespace

MessageList::MessageList(const std::vector<Turn>& turns) {
    auto turn = turns.begin();
    for (; turn != turns.end() && is_system(*turn); ++turn) {
        for (const auto& block : turn->blocks) system_.push_back(&block);
    }
    for (; turn != turns.end(); ++turn) add(*turn);
    order_results();
}

void MessageList::add(const Turn& turn) {
    auto& message = message_of(speaker_of(turn), turn.role == Role::tool);
    for (const auto& block : turn.blocks) message.blocks.push_back(&block);
}

Message& MessageList::message_of(Speaker speaker, bool holds_results) {
    const auto count = messages_.size();
    if (count > 0 && messages_.back().speaker == speaker) return messages_.back();
    const bool is_cut_off = holds_results && count > 1 &&
                            messages_[count - 1].speaker == Speaker::system &&
                            messages_[count - 2].speaker != Speaker::system;
    if (!is_cut_off) return messages_.emplace_back(Message{.speaker = speaker});
    // A system message stands between the calls and their results: it goes behind these.
    if (messages_[count - 2].speaker == Speaker::user) return messages_[count - 2];
    const auto at = messages_.end() - 1;
    return *messages_.insert(at, Message{.speaker = speaker});
}

void MessageList::order_results() {
    static const Message nothing;
    std::vector<std::pair<std::size_t, const Block*>> ranked;
    for (std::size_t i = 0; i < messages_.size(); ++i) {
        auto& blocks = messages_[i].blocks;
        if (messages_[i].speaker != Speaker::user) continue;
        const auto& calls = i > 0 ? messages_[i - 1] : nothing;
        ranked.clear();
        for (const auto* block : blocks) {
            const auto* result = std::get_if<ToolResultBlock>(block);
            const auto place =
                result != nullptr ? place_of(result->call_id, calls) : calls.blocks.size() + 1;
            ranked.emplace_back(place * blocks.size() + ranked.size(), block);
        }
        std::ranges::sort(ranked);
        std::ranges::transform(ranked, blocks.begin(), [](const auto& one) { return one.second; });
    }
}

}  // namespace router::dialects::anthropic_messages
