#include "dialects/anthropic_messages/error.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "dialects/error_words.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::anthropic_messages {
namespace {

constexpr std::array<std::pair<std::string_view, int>, 11> types{{{"invalid_request_error", 400},
                                                                  {"authentication_error", 401},
                                                                  {"billing_error", 402},
                                                                  {"permission_error", 403},
                                                                  {"not_found_error", 404},
                                                                  {"conflict_error", 409},
                                                                  {"request_too_large", 413},
                                                                  {"rate_limit_error", 429},
                                                                  {"api_error", 500},
                                                                  {"timeout_error", 504},
                                                                  {"overloaded_error", 529}}};

std::string_view type_of_status(int status) {
    for (const auto& [name, known] : types) {
        if (known == status) return name;
    }
    if (status == 408) return "timeout_error";  // a client of ours that was too slow
    return status < 500 ? "invalid_request_error" : "api_error";
}

constexpr std::string_view own_words = "prompt is too long";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The whole numbers in a text, those of three digits and more: what stands in "gpt-4" counts
// nothing.
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

bool says_of_context(const Error& error) {
    return error.code == "context_length_exceeded" || is_context_overflow(error.message);
}

// The same in Anthropic's words: with its two numbers where they are there, else before the
// provider's own text.
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

}  // namespace

// A key of ours that an upstream refuses is not the client's fault.
int error_status(const Error& error) {
    const int status = error.http_status();
    if (error.kind == ErrorKind::upstream_refused) {
        if (error.code == "insufficient_quota" || error.type == "insufficient_quota") return 402;
        if (status == 401 || status == 403 || status == 424) return 500;
        if (status == 408) return 504;
    }
    switch (status) {
        case 422:
            return 400;
        case 498:  // Groq: no capacity in the flex tier
        case 503:
            return 529;
        case 504:
        case 529:
            return status;
        default:
            return status > 500 ? 500 : status;
    }
}

std::string encode_error(const Error& error) {
    std::string out;
    wire::JsonWriter writer(out);
    writer.begin_object().text("type", "error").begin_object("error");
    writer.text("type", type_of_status(error_status(error)));
    writer.text("message", says_of_context(error) ? overflow_text(error.message) : error.message);
    if (!error.code.empty()) {
        writer.begin_object("details").text("error_code", error.code).end_object();
    }
    writer.end_object().null("request_id").end_object();
    return out;
}

}  // namespace router::dialects::anthropic_messages
