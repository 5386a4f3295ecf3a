#include "dialects/openai_chat/open_calls.hpp"

#include <algorithm>
#include <utility>

namespace router::dialects::openai_chat {

void ObjectEnd::feed(std::string_view escaped) {
    for (const char c : escaped) {
        if (!after_backslash_) {
            after_backslash_ = c == '\\';
            if (c != '\\') take(c);
            continue;
        }
        after_backslash_ = false;
        if (c == '"' || c == '\\' || c == '/') {
            take(c);
        } else if (c == 'u') {
            is_unsure_ = true;
        } else {
            take(' ');
        }
    }
}

void ObjectEnd::take(char c) {
    if (is_escaped_) {
        is_escaped_ = false;
    } else if (in_string_) {
        is_escaped_ = c == '\\';
        in_string_ = c != '"';
    } else if (c == '"') {
        in_string_ = true;
    } else if (c == '{' || c == '[') {
        has_begun_ = true;
        ++depth_;
    } else if (c == '}' || c == ']') {
        --depth_;
    }
}

OpenCall* OpenCalls::by_id(std::string_view id) {
    const auto found = std::ranges::find(calls_, id, &OpenCall::id);
    return id.empty() || found == calls_.end() ? nullptr : &*found;
}

bool OpenCalls::is_under_way(int index) const {
    const auto place = static_cast<std::size_t>(index);
    return place < calls_.size() && calls_[place].index == index && calls_[place].has_arguments &&
           std::ranges::count(calls_, index, &OpenCall::index) == 1;
}

OpenCall* OpenCalls::find(const CallFragment& fragment) {
    if (calls_.empty()) return nullptr;
    if (fragment.index >= 0) {
        // From the back: one index for several calls means the last of them.
        const auto found = std::find_if(calls_.rbegin(), calls_.rend(), [&](const OpenCall& call) {
            return call.index == fragment.index;
        });
        if (found == calls_.rend()) return fragment.name.empty() ? by_id(fragment.id) : nullptr;
        const bool is_another = !fragment.id.empty() && !fragment.name.empty() &&
                                !found->id.empty() && fragment.id != found->id &&
                                !found->name.empty();
        return is_another ? nullptr : &*found;
    }
    if (auto* call = by_id(fragment.id); call != nullptr) return call;
    if (!fragment.is_nameless() && !calls_.back().name.empty()) return nullptr;
    const auto behind = static_cast<std::size_t>(fragment.behind);
    return behind < calls_.size() ? &calls_[calls_.size() - 1 - behind] : &calls_.back();
}

OpenCall& OpenCalls::add(const CallFragment& fragment, std::string id) {
    auto& call = calls_.emplace_back();
    call.index = fragment.index;
    call.id = std::move(id);
    call.is_custom = fragment.is_custom;
    return call;
}

}  // namespace router::dialects::openai_chat
