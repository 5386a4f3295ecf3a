#include "dialects/openai_chat/wait.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace router::dialects::openai_chat {
namespace {

// How many seconds the unit at the front of `text` is, which is taken off; 0: there is none.
double take_unit(std::string_view& text) {
    struct Unit {
        std::string_view name;
        double seconds;
    };
    // Longer names before those that they begin with.
    constexpr std::array units{
        Unit{"milliseconds", 0.001}, Unit{"ms", 0.001}, Unit{"minutes", 60},
        Unit{"minute", 60},          Unit{"m", 60},     Unit{"seconds", 1},
        Unit{"second", 1},           Unit{"s", 1},      Unit{"hours", 3600},
        Unit{"hour", 3600},          Unit{"h", 3600},
    };
    while (text.starts_with(' ')) text.remove_prefix(1);
    for (const auto& [name, seconds] : units) {
        if (!text.starts_with(name)) continue;
        text.remove_prefix(name.size());
        return seconds;
    }
    return 0;
}

std::string rounded(double seconds) {
    constexpr double longest = 366.0 * 24 * 3600;
    if (!(seconds > 0) || seconds > longest) return {};
    return std::to_string(static_cast<long>(std::ceil(seconds)));
}

// The span at the front of `text`; its first number may go without a unit where `may_be_bare`.
std::string read_span(std::string_view text, bool may_be_bare) {
    double seconds = 0;
    bool is_first = true;
    for (;;) {
        double number = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number,
                                          std::chars_format::fixed);
        if (read.ec != std::errc() || number < 0) break;
        text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
        const auto unit = take_unit(text);
        if (unit == 0 && !(is_first && may_be_bare)) break;
        seconds += number * (unit == 0 ? 1 : unit);
        is_first = false;
    }
    return rounded(seconds);
}

}  // namespace

std::string whole_seconds(std::string_view span) { return read_span(span, true); }

std::string wait_in_words(std::string_view text) {
    for (const std::string_view words : {"try again in ", "retry after ", "retry in "}) {
        const auto at = text.find(words);
        if (at == std::string_view::npos) continue;
        if (auto wait = read_span(text.substr(at + words.size()), false); !wait.empty())
            return wait;
    }
    return {};
}

}  // namespace router::dialects::openai_chat
