#include "dialects/openai_chat/mend.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "dialects/openai_chat/finish.hpp"
#include "dialects/openai_chat/mend_steps.hpp"
#include "wire/json_text.hpp"

namespace router::dialects::openai_chat {
namespace {

using wire::JsonTree;
using Kind = JsonTree::Kind;

constexpr std::size_t most_choices = 128;  // OpenAI's limit of n

bool has_text(const JsonTree& choice) { return choice.find("text") != nullptr; }

// A choice's index; `place` where it has none. A text of digits and a float count.
std::uint64_t index_of(const JsonTree& choice, std::uint64_t place) {
    const auto* index = choice.find("index");
    if (index == nullptr || index->text.empty()) return place;
    std::uint64_t number = 0;
    const auto& text = index->text;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc() ? number : place;
}

// The delta, which is there in any case afterwards.
JsonTree& delta_of(JsonTree& choice, bool& is_changed) {
    auto* delta = choice.find("delta");
    if (delta != nullptr && delta->is(Kind::object)) return *delta;
    is_changed = true;
    auto whole = choice.take("message");  // some send this in place of a delta
    return choice.set("delta", whole && whole->is(Kind::object) ? *whole : JsonTree::object());
}

bool mend_role(JsonTree& delta, ToldChoice& told) {
    const auto* role = delta.find("role");
    if (told.has_role) return is_text(role) && delta.erase("role");
    told.has_role = true;
    if (role != nullptr && role->is_string("assistant")) return false;
    return set_text(delta, "role", "assistant");
}

bool repeats_finish(const JsonTree& choice, const ToldChoice& told) {
    const auto* delta = choice.find("delta");
    const bool is_empty = !has_text(choice) && (delta == nullptr || delta->items.empty());
    return told.has_finished && is_empty && is_text(choice.find("finish_reason"));
}

bool mend_choice(JsonTree& choice, ToldChoice& told) {
    bool is_changed = set_index(choice, told.index);
    told.is_text = has_text(choice) && choice.find("delta") == nullptr;
    const bool is_finish = is_text(choice.find("finish_reason"));
    if (!told.is_text) {
        auto& delta = delta_of(choice, is_changed);
        is_changed |= mend_role(delta, told);
        is_changed |= mend_content(delta);
        is_changed |= mend_thoughts(delta);
        is_changed |= number_entries(delta, told);
        is_changed |= mend_fragments(delta, told);
        if (is_finish && !told.has_finished) is_changed |= complete_calls(delta, told);
    }
    is_changed |= mend_finish(choice, !told.calls.is_empty(), true);
    told.has_finished = told.has_finished || is_finish;
    return is_changed;
}

bool mend_whole_choice(JsonTree& choice, std::uint64_t place) {
    if (!choice.is(Kind::object)) return false;
    bool is_changed = set_index(choice, index_of(choice, place));
    auto* message = choice.find("message");
    if (message == nullptr || !message->is(Kind::object))
        return mend_finish(choice, false, false) || is_changed;
    if (!is_text(message->find("role"))) is_changed |= set_text(*message, "role", "assistant");
    is_changed |= mend_content(*message);
    is_changed |= mend_thoughts(*message);
    is_changed |= mend_calls(*message);
    const auto* calls = message->find("tool_calls");
    return mend_finish(choice, calls != nullptr && !calls->items.empty(), false) || is_changed;
}

bool has_content(const JsonTree& choice) {
    const auto* message = choice.find("message");
    const auto* content = message == nullptr ? nullptr : message->find("content");
    return content != nullptr && !content->is(Kind::null) &&
           !(content->is(Kind::string) && content->text.empty());
}

// Moves what `rest` says into `whole`.
void join(JsonTree& whole, JsonTree& rest) {
    if (auto reason = rest.take("finish_reason"); is_text(reason ? &*reason : nullptr))
        whole.set("finish_reason", std::move(*reason));
    auto* message = whole.find("message");
    for (auto& member : rest.find("message")->items) {
        auto* found = message->find(member.key);
        if (found != nullptr && found->is(Kind::array) && member.is(Kind::array)) {
            std::ranges::move(member.items, std::back_inserter(found->items));
        } else if (found == nullptr || found->is(Kind::null) || found->is_string("")) {
            message->set(member.key, member);
        }
    }
}

// GitHub Copilot tells the text and the calls of one answer as choices that have no index.
bool join_split(JsonTree& choices) {
    auto& items = choices.items;
    const auto before = items.size();
    for (std::size_t at = 1; at < items.size();) {
        auto &whole = items[at - 1], &rest = items[at];
        const auto *message = whole.find("message"), *more = rest.find("message");
        const bool is_rest = rest.find("index") == nullptr && message != nullptr &&
                             message->is(Kind::object) && more != nullptr &&
                             more->is(Kind::object) && !(has_content(whole) && has_content(rest));
        if (!is_rest) {
            ++at;
            continue;
        }
        join(whole, rest);
        items.erase(items.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return items.size() != before;
}

}  // namespace

bool ToldChoice::takes(const ChoiceGlance& seen) const {
    if (seen.is_odd || (has_finished && !seen.finish.empty())) return false;
    if (seen.is_text) return true;
    if (has_role == seen.tells_role) return false;  // once, and at first
    if (!seen.finish.empty() && !calls.is_empty()) return false;
    return seen.goes_on_with < 0 || calls.is_under_way(seen.goes_on_with);
}

void ToldChoice::note(const ChoiceGlance& seen) {
    is_text = seen.is_text;
    has_role = has_role || seen.tells_role;
    has_finished = has_finished || !seen.finish.empty();
}

ToldChoice* ToldChoices::find_or_add(std::uint64_t index) {
    const auto found = std::ranges::find(choices_, index, &ToldChoice::index);
    if (found != choices_.end()) return &*found;
    if (choices_.size() >= most_choices) return nullptr;
    return &choices_.emplace_back(ToldChoice{.index = index});
}

Mended mend_chunk(JsonTree& choices, ToldChoices& told) {
    Mended mended;
    std::size_t repeated = 0;
    for (std::size_t place = 0; place < choices.items.size(); ++place) {
        auto& choice = choices.items[place];
        auto* so_far =
            choice.is(Kind::object) ? told.find_or_add(index_of(choice, place)) : nullptr;
        if (so_far == nullptr) continue;
        if (repeats_finish(choice, *so_far)) ++repeated;
        mended.is_changed |= mend_choice(choice, *so_far);
    }
    mended.only_repeats_finish = repeated > 0 && repeated == choices.items.size();
    return mended;
}

bool mend_answer(JsonTree& choices) {
    bool is_changed = join_split(choices);
    for (std::size_t place = 0; place < choices.items.size(); ++place)
        is_changed |= mend_whole_choice(choices.items[place], place);
    return is_changed;
}

std::string finishing_choices(ToldChoices& told) {
    JsonTree choices = JsonTree::array({});
    for (auto& choice : told.all()) {
        if (choice.has_finished) continue;
        auto& end = choices.items.emplace_back(JsonTree::object());
        end.set("index", number(choice.index));
        if (choice.is_text) {
            end.set("text", JsonTree::string(""));
        } else {
            complete_calls(end.set("delta", JsonTree::object()), choice);
        }
        end.set("finish_reason", JsonTree::string(choice.calls.is_empty() ? "stop" : "tool_calls"));
        choice.has_finished = true;
    }
    return choices.items.empty() ? std::string() : wire::json_text(choices);
}

}  // namespace router::dialects::openai_chat
