#include "dialects/error_words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <utility>

#include "wire/utf8.hpp"

namespace router::dialects {
namespace {

constexpr std::size_t text_limit = 2000;  // of an upstream's words that are passed on

bool is_same_letter(char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
}

std::size_t find_words(std::string_view text, std::string_view words) {
    const auto found = std::ranges::search(text, words, is_same_letter);
    return found.empty() ? std::string_view::npos
                         : static_cast<std::size_t>(found.begin() - text.begin());
}

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

bool is_page(std::string_view body) {
    const auto start = body.substr(0, 512);
    return has_words(start, "<html") || has_words(start, "<!doctype");
}

// The text without its tags, white space folded.
std::string without_tags(std::string_view page) {
    std::string out;
    bool is_in_tag = false;
    for (const char c : page) {
        if (c == '<') is_in_tag = true;
        const bool parts = is_space(c) || c == '>';
        if (!is_in_tag && !parts) out += c;
        if (parts && !out.empty() && out.back() != ' ') out += ' ';
        if (c == '>') is_in_tag = false;
    }
    while (out.ends_with(' ')) out.pop_back();
    return out;
}

// Takes the word of letters at the front of `text`, or behind a space there, for what it is in
// seconds. Nothing: it is no unit of time.
std::optional<double> take_unit(std::string_view& text) {
    constexpr std::array<std::pair<std::string_view, double>, 12> units{{
        {"ms", 0.001},
        {"millisecond", 0.001},
        {"s", 1},
        {"sec", 1},
        {"second", 1},
        {"m", 60},
        {"min", 60},
        {"minute", 60},
        {"h", 3600},
        {"hour", 3600},
        {"d", 86'400},
        {"day", 86'400},
    }};
    if (text.starts_with(' ')) text.remove_prefix(1);
    const auto end = std::ranges::find_if_not(
        text, [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; });
    auto word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(word.size());
    if (word.size() > 2 && word.ends_with('s')) word.remove_suffix(1);
    for (const auto& [name, seconds] : units) {
        if (name == word) return seconds;
    }
    return std::nullopt;
}

}  // namespace

bool has_words(std::string_view text, std::string_view words) {
    return find_words(text, words) != std::string_view::npos;
}

std::string readable_text(std::string_view body) {
    if (!is_page(body)) {
        return std::ranges::all_of(body, is_space) ? std::string() : std::string(body);
    }
    constexpr std::string_view begin = "<title>";
    if (const auto title = find_words(body, begin); title != std::string_view::npos) {
        const auto rest = body.substr(title + begin.size());
        body = rest.substr(0, find_words(rest, "</title>"));
    }
    return without_tags(body);
}

std::string shortened(std::string text) {
    if (text.size() > text_limit) {
        auto end = text_limit;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
        text.resize(end);  // no half of a character
        text += "…";
    }
    return wire::is_utf8(text) ? text : wire::repaired_utf8(text);
}

std::optional<double> take_span(std::string_view& text) {
    std::optional<double> seconds;
    for (;;) {
        double number = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number,
                                          std::chars_format::fixed);
        if (read.ec != std::errc() || !(number >= 0 && number < 1e12)) return seconds;
        text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
        if (text.empty() && !seconds) return number;
        const auto unit = take_unit(text);
        if (!unit) return std::nullopt;
        seconds = seconds.value_or(0) + number * *unit;
    }
}

std::string whole_seconds(double seconds) {
    constexpr double longest = 366.0 * 24 * 3600;
    if (!(seconds > 0) || seconds > longest) return {};
    return std::to_string(static_cast<long>(std::ceil(seconds)));
}

std::string wait_in_words(std::string_view text) {
    for (const std::string_view words :
         {"try again in ", "retry after ", "retry in ", "please wait "}) {
        const auto at = find_words(text, words);
        if (at == std::string_view::npos) continue;
        auto rest = text.substr(at + words.size());
        if (const auto wait = take_span(rest)) return whole_seconds(*wait);
    }
    return {};
}

std::string with_wait(const Error& error) {
    const bool is_number = error.retry_after.find_first_not_of("0123456789") == std::string::npos;
    const bool is_said = has_words(error.message, "try again in");
    const bool is_wait = !error.retry_after.empty() && error.retry_after != "0" && is_number;
    if (is_said || !is_wait) return error.message;
    const bool is_sentence =
        !error.message.empty() && std::string_view(".!?").contains(error.message.back());
    return error.message + (is_sentence ? "" : ".") + " Please try again in " + error.retry_after +
           "s.";
}

bool is_context_overflow(std::string_view text) {
    constexpr std::array<std::string_view, 9> signs{"prompt is too long",
                                                    "input is too long",
                                                    "maximum context length",
                                                    "maximum prompt length",
                                                    "context length exceeded",
                                                    "context_length_exceeded",
                                                    "exceeds the context window",
                                                    "exceeds the available context size",
                                                    "exceeds the maximum number of tokens allowed"};
    return std::ranges::any_of(signs, [&](std::string_view sign) { return has_words(text, sign); });
}

}  // namespace router::dialects
