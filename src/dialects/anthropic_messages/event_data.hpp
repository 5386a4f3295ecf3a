#pragma once

#include <string>
#include <string_view>

#include "wire/json.hpp"
#include "wire/utf8.hpp"

namespace router::dialects::anthropic_messages {

// The data of an event, without the white space around it. Padded as its source is.
class EventData {
 public:
    explicit EventData(std::string_view data) : text_(trimmed(data)) {}
    EventData(const EventData&) = delete;
    EventData& operator=(const EventData&) = delete;

    std::string_view text() const { return text_; }
    bool says_nothing() const { return text_.empty() || text_ == "[DONE]"; }

    // Replaces bytes that are no UTF-8, at which JSON readers stop. False: there are none.
    bool repair() {
        if (wire::is_utf8(text_)) return false;
        repaired_ = wire::repaired_utf8(text_);
        repaired_.reserve(repaired_.size() + wire::json::padding);
        text_ = repaired_;
        return true;
    }

 private:
    static std::string_view trimmed(std::string_view text) {
        constexpr std::string_view blanks = " \t\r\n";
        const auto first = text.find_first_not_of(blanks);
        if (first == std::string_view::npos) return {};
        return text.substr(first, text.find_last_not_of(blanks) - first + 1);
    }

    std::string repaired_;
    std::string_view text_;
};

}  // namespace router::dialects::anthropic_messages
