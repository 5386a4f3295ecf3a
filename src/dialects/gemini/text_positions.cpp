#include "dialects/gemini/text_positions.hpp"

#include <algorithm>
#include <cstring>

namespace router::dialects::gemini {

void TextPositions::append(canonical::Text text) {
    if (text.escaped.find('\\') == std::string_view::npos) {
        append_plain(text.escaped);
    } else {
        append_plain(text.plain());
    }
}

namespace {

// Eight bytes at a time: nearly all texts are, nearly always.
bool is_ascii(std::string_view text) {
    std::uint64_t all = 0;
    std::size_t at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data() + at, 8);
        all |= word;
    }
    for (; at < text.size(); ++at) all |= static_cast<unsigned char>(text[at]);
    return (all & 0x8080808080808080) == 0;
}

}  // namespace

void TextPositions::append_plain(std::string_view text) {
    const auto is_wide = [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; };
    if (!is_ascii(text)) {
        for (std::size_t i = 0; i < text.size(); ++i) {
            const auto is_more = [&](std::size_t at) {
                return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
            };
            if (!is_wide(text[i])) continue;
            while (is_more(i + 1)) {
                ++i;
                ++extra_;
            }
            wide_.push_back({bytes_ + static_cast<std::int64_t>(i) + 1, extra_});
        }
    }
    bytes_ += static_cast<std::int64_t>(text.size());
}

std::int64_t TextPositions::characters_at(std::int64_t byte) const {
    const auto behind = std::ranges::upper_bound(wide_, byte, {}, &Wide::behind);
    return byte - (behind == wide_.begin() ? 0 : std::prev(behind)->extra);
}

std::int64_t TextPositions::bytes_at(std::int64_t character) const {
    const auto first_character_behind = [](const Wide& wide) { return wide.behind - wide.extra; };
    const auto behind = std::ranges::upper_bound(wide_, character, {}, first_character_behind);
    return character + (behind == wide_.begin() ? 0 : std::prev(behind)->extra);
}

}  // namespace router::dialects::gemini
