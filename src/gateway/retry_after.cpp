#include "gateway/retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ctime>
#include <optional>

#include "dialects/error_words.hpp"
#include "dialects/upstream_error.hpp"

namespace router::gateway {
namespace {

constexpr double longest_wait = 60;  // SDKs give up, or hang, on more than a minute
constexpr std::string_view wait_without_hint = "5";

std::optional<double> seconds(std::string_view text) {
    double value = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec != std::errc() || read.ptr != end || !(value >= 0 && value < 1e15))
        return std::nullopt;
    return value;
}

// A span as Go writes it: "1h2m3.5s", "12ms".
std::optional<double> span(std::string_view text) {
    const auto wait = dialects::take_span(text);
    return text.empty() ? wait : std::nullopt;
}

// A time of HTTP or of RFC 3339, as seconds from now.
std::optional<double> until(const std::string& text, std::int64_t now) {
    for (const char* form : {"%a, %d %b %Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S"}) {
        std::tm time{};
        if (strptime(text.c_str(), form, &time) == nullptr) continue;
        return std::max(0.0, static_cast<double>(timegm(&time) - now));
    }
    return std::nullopt;
}

// OpenRouter's x-ratelimit-reset is a moment in milliseconds since 1970, others' in seconds, or
// seconds from now.
std::optional<double> until_reset(std::string_view text, std::int64_t now) {
    constexpr double first_moment = 1e9, first_in_milliseconds = 1e12;
    const auto value = seconds(text);
    if (!value || *value < first_moment) return value ? value : span(text);
    const auto moment = *value < first_in_milliseconds ? *value : *value / 1000;
    return std::max(0.0, moment - static_cast<double>(now));
}

bool ends_with_name(std::string_view name, std::string_view end) {
    return name.size() >= end.size() &&
           http::is_same_name(name.substr(name.size() - end.size()), end);
}

bool begins_with_name(std::string_view name, std::string_view begin) {
    return name.size() >= begin.size() && http::is_same_name(name.substr(0, begin.size()), begin);
}

// The longest wait among the limits that nothing remains of.
std::optional<double> until_limits_reset(const http::ResponseHead& head, std::int64_t now) {
    std::optional<double> longest;
    for (const auto& header : head.headers) {
        std::optional<double> wait;
        std::string remaining(header.name);
        if (begins_with_name(header.name, "anthropic-ratelimit-") &&
            ends_with_name(header.name, "-reset")) {
            remaining.replace(remaining.size() - 5, 5, "remaining");
            wait = until(std::string(header.value), now);
        } else if (begins_with_name(header.name, "x-ratelimit-reset-")) {
            remaining.replace(12, 5, "remaining");
            wait = span(header.value);
        } else if (http::is_same_name(header.name, "x-ratelimit-reset")) {
            remaining = "x-ratelimit-remaining";
            wait = until_reset(header.value, now);
        }
        if (!wait) continue;
        const auto left = seconds(head.header(remaining));
        if (left && *left > 0) continue;
        if (!longest || *wait > *longest) longest = wait;
    }
    return longest;
}

std::string whole(double wait) {
    return std::to_string(static_cast<std::int64_t>(std::ceil(wait)));
}

bool may_pass(int status) {
    return status == 408 || status == 409 || status == 429 || status >= 500;
}

}  // namespace

std::string retry_after(const http::ResponseHead& head, std::int64_t now) {
    if (const auto wait = seconds(head.header("retry-after-ms"))) return whole(*wait / 1000);
    const std::string asked(head.header("retry-after"));
    if (const auto wait = seconds(asked)) return whole(*wait);
    if (const auto wait = until(asked, now)) return whole(*wait);
    if (head.status != 429) return {};
    const auto wait = until_limits_reset(head, now);
    return wait ? whole(*wait) : std::string();
}

std::string retry_headers(const Error& error) {
    const int status = error.http_status();
    const auto wait = seconds(error.retry_after);
    const bool is_spent = dialects::is_spent(error);
    const bool is_worth_it = may_pass(status) && !is_spent && (!wait || *wait <= longest_wait) &&
                             error.kind != ErrorKind::not_implemented;
    std::string lines = is_worth_it ? "x-should-retry: true\r\n" : "x-should-retry: false\r\n";
    if (wait && !is_spent) {
        lines += "retry-after: " + error.retry_after + "\r\n";
    } else if (is_worth_it && status == 429) {
        lines += "retry-after: " + std::string(wait_without_hint) + "\r\n";
    }
    return lines;
}

}  // namespace router::gateway
