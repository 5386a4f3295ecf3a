#include "dialects/anthropic_messages/error_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "wire/utf8.hpp"

namespace router::dialects::anthropic_messages {

namespace {

constexpr std::size_t text_limit = 2000;  // of an upstream's words that are passed on
constexpr std::string_view own_words = "prompt is too long";

bool is_same_letter(char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
}

std::size_t find_words(std::string_view text, std::string_view words) {
    const auto found = std::ranges::search(text, words, is_same_letter);
    return found.empty() ? std::string_view::npos
                         : static_cast<std::size_t>(found.begin() - text.begin());
}

bool has_words(std::string_view text, std::string_view words) {
    return find_words(text, words) != std::string_view::npos;
}

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

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
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The whole numbers in a text, those of four digits and more or behind "tokens" alone: what stands
// in "gpt-4" counts nothing.
std::vector<std::uint64_t> numbers_in(std::string_view text) {
    std::vector<std::uint64_t> numbers;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_digit(text[i])) continue;
        std::uint64_t number = 0;
        std::size_t digits = 0;
        for (; i < text.size() && (is_digit(text[i]) || text[i] == ','); ++i) {
            if (text[i] == ',' && (i + 1 >= text.size() || !is_digit(text[i + 1]))) break;
            if (text[i] == ',') continue;
            if (++digits > 15) return {};
            number = number * 10 + static_cast<std::uint64_t>(text[i] - '0');
        }
        if (digits >= 3) numbers.push_back(number);
    }
    return numbers;
}

}  // namespace

std::string readable_text(std::string_view body) {
    const auto start = body.substr(0, 512);
    if (has_words(start, "<html") || has_words(start, "<!doctype")) {
        if (const auto title = find_words(body, "<title>"); title != std::string_view::npos) {
            const auto rest = body.substr(title + 7);
            body = rest.substr(0, std::min(find_words(rest, "</title>"), rest.size()));
        }
        return without_tags(body);
    }
    return std::ranges::all_of(body, is_space) ? std::string() : std::string(body);
}

std::string shortened(std::string text) {
    if (text.size() > text_limit) {
        text.resize(text_limit);
        while (!text.empty() && !wire::is_utf8(text) && text.size() > text_limit - 4) {
            text.pop_back();  // half of a character
        }
        text += "…";
    }
    return wire::is_utf8(text) ? text : wire::repaired_utf8(text);
}

// Times are written as Groq and OpenAI do: "7.66s", "20ms", "1m30.5s", "2.5 seconds".
std::string retry_after_in(std::string_view text) {
    constexpr std::string_view words = "try again in ";
    auto at = find_words(text, words);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + words.size());
    double seconds = 0;
    bool has_time = false;
    while (!text.empty() && is_digit(text.front())) {
        double number = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), number,
                                          std::chars_format::fixed);
        if (read.ec != std::errc()) return {};
        text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
        if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
        const bool is_milliseconds = text.starts_with("ms") || text.starts_with("milli");
        const double unit = is_milliseconds         ? 0.001
                            : text.starts_with("h") ? 3600
                            : text.starts_with("m") ? 60
                            : text.starts_with("s") ? 1
                                                    : 0;
        if (unit == 0) return {};
        seconds += number * unit;
        has_time = true;
        const auto word = std::ranges::find_if(text, [](char c) { return !std::isalpha(c); });
        text.remove_prefix(static_cast<std::size_t>(word - text.begin()));
    }
    if (!has_time || seconds > 1e9) return {};
    return std::to_string(std::max<std::int64_t>(1, std::llround(std::ceil(seconds))));
}

// In the words of OpenAI, vLLM, Gemini, Mistral, xAI and Bedrock (recordings and reports, read
// 2026-11-22).
bool is_context_overflow(std::string_view text) {
    constexpr std::array<std::string_view, 8> signs{own_words,
                                                    "maximum context length",
                                                    "exceeds the context window",
                                                    "exceeds the maximum number of tokens allowed",
                                                    "maximum prompt length",
                                                    "input is too long for requested model",
                                                    "context_length_exceeded",
                                                    "exceeds the available context size"};
    return std::ranges::any_of(signs, [&](std::string_view sign) { return has_words(text, sign); });
}

std::string overflow_text(std::string_view text) {
    if (has_words(text, own_words)) return std::string(text);
    const auto numbers = numbers_in(text);
    if (numbers.size() < 2 || numbers[0] == numbers[1]) {
        return std::string(own_words) + ": " + std::string(text);
    }
    const auto [maximum, asked] = std::minmax(numbers[0], numbers[1]);
    return std::string(own_words) + ": " + std::to_string(asked) + " tokens > " +
           std::to_string(maximum) + " maximum";
}

}  // namespace router::dialects::anthropic_messages
