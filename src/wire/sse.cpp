#include "wire/sse.hpp"

#include <cstring>

namespace router::wire {
namespace {

constexpr std::size_t padding =
    64;  // json::padding, without its header; json_test holds them equal

std::string_view without_carriage_return(std::string_view line) {
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

// The field's value when `line` is the field `name`; one space after the colon is not part of it.
std::optional<std::string_view> field(std::string_view line, std::string_view name) {
    if (!line.starts_with(name)) return std::nullopt;
    line.remove_prefix(name.size());
    if (line.empty()) return line;
    if (line.front() != ':') return std::nullopt;
    line.remove_prefix(1);
    if (line.starts_with(' ')) line.remove_prefix(1);
    return line;
}

}  // namespace

void SseReader::feed(std::string_view bytes) {
    if (held_.empty()) {
        input_ = bytes;
        from_held_ = false;
        search_from(0);
        return;
    }
    if (held_.capacity() < held_.size() + bytes.size() + padding) {
        held_.reserve(2 * (held_.size() + bytes.size()) + padding);
    }
    held_ += bytes;
    input_ = held_;
    from_held_ = true;
}

std::optional<SseEvent> SseReader::next() {
    if (overfull_) return std::nullopt;
    if (!begun_ && input_.size() >= 3) {
        begun_ = true;
        if (input_.starts_with("\xEF\xBB\xBF")) {
            input_.remove_prefix(3);
            search_from(0);
        }
    }
    if (const auto end = find_end(input_); end != std::string_view::npos) {
        begun_ = true;
        const auto block = input_.substr(0, end);
        input_.remove_prefix(end);
        search_from(0);
        return parse(block);
    }
    overfull_ = input_.size() > limit_;
    if (from_held_) {
        held_.erase(0, held_.size() - input_.size());
    } else {
        if (!input_.empty()) held_.reserve(input_.size() + padding);
        held_.assign(input_);
    }
    input_ = held_;
    from_held_ = true;
    if (held_.empty() && held_.capacity() > 4096) held_ = std::string();
    return std::nullopt;
}

std::optional<SseEvent> SseReader::rest() {
    if (overfull_ || held_.empty()) return std::nullopt;
    held_ += "\n\n";
    input_ = held_;
    search_from(0);
    const auto end = find_end(input_);
    return parse(input_.substr(0, end));
}

// One past the blank line that ends the first event of `text`; npos when it has not come.
std::size_t SseReader::find_end(std::string_view text) {
    std::size_t line = line_;  // where the line under the eye begins
    std::size_t at = searched_;
    while (at < text.size()) {
        const void* found = std::memchr(text.data() + at, '\n', text.size() - at);
        if (found == nullptr) break;
        const auto feed = static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
        if (without_carriage_return(text.substr(line, feed - line)).empty()) return feed + 1;
        line = at = feed + 1;
    }
    line_ = line;
    searched_ = text.size();
    return std::string_view::npos;
}

SseEvent SseReader::parse(std::string_view block) {
    SseEvent event;
    if (block.starts_with('{') || block.starts_with('[')) {
        event.data = block.substr(0, block.find_last_not_of("\r\n") + 1);
        event.has_data = true;
        return event;
    }
    bool is_joined = false;
    while (!block.empty()) {
        const auto feed = block.find('\n');
        const auto line = without_carriage_return(block.substr(0, feed));
        block.remove_prefix(feed + 1);
        if (const auto data = field(line, "data")) {
            if (!event.has_data) {
                event.data = *data;
                event.has_data = true;
            } else {
                if (!is_joined) joined_.assign(event.data);
                is_joined = true;
                joined_ += '\n';
                joined_ += *data;
            }
        } else if (const auto name = field(line, "event")) {
            event.name = *name;
        }
    }
    if (is_joined) {
        joined_.reserve(joined_.size() + padding);
        event.data = joined_;
    }
    return event;
}

}  // namespace router::wire
