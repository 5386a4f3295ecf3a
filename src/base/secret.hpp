#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace router {

// A key, password or token. It cannot be printed or logged by accident: the text comes out through
// reveal() alone, which is called where the bytes leave for their owner and nowhere else.
class Secret {
 public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}

    const std::string& reveal() const { return text_; }
    bool empty() const { return text_.empty(); }
    bool operator==(const Secret&) const = default;

    // What a person may see: "sk-…4f2a" for a long secret, "…" for a short one.
    std::string masked() const {
        if (text_.size() < 12) return text_.empty() ? "" : "…";
        const std::string_view text = text_;
        const auto dash = text.substr(0, 8).find('-');
        const auto head =
            dash == std::string_view::npos ? std::string_view() : text.substr(0, dash + 1);
        return std::string(head) + "…" + std::string(text.substr(text.size() - 4));
    }

 private:
    std::string text_;
};

}  // namespace router
