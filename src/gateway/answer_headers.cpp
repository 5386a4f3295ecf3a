#include "gateway/answer_headers.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace router::gateway {
namespace {

void add(std::string& lines, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    lines += name;
    lines += ": ";
    lines += value;
    lines += "\r\n";
}

void add_milliseconds(std::string& lines, std::string_view name, double value) {
    const auto thousandths = static_cast<std::int64_t>(std::max(value, 0.0) * 1000 + 0.5);
    std::array<char, 32> text{};
    auto* end = std::to_chars(text.data(), text.data() + 24, thousandths / 1000).ptr;
    *end++ = '.';
    *end++ = static_cast<char>('0' + thousandths / 100 % 10);
    *end++ = static_cast<char>('0' + thousandths / 10 % 10);
    *end++ = static_cast<char>('0' + thousandths % 10);
    add(lines, name, {text.data(), static_cast<std::size_t>(end - text.data())});
}

bool starts_with_name(std::string_view name, std::string_view prefix) {
    return name.size() >= prefix.size() &&
           http::is_same_name(name.substr(0, prefix.size()), prefix);
}

// What a client's SDK acts on, or a person looks for.
bool is_passed_on(std::string_view name) {
    constexpr std::array<std::string_view, 7> names{
        "content-encoding", "content-disposition", "content-language",    "retry-after",
        "retry-after-ms",   "x-should-retry",      "openai-processing-ms"};
    constexpr std::string_view first_letters = "acroxACROX";
    if (first_letters.find(name.front()) == std::string_view::npos) return false;
    for (const auto one : names) {
        if (http::is_same_name(name, one)) return true;
    }
    return starts_with_name(name, "x-ratelimit-") || starts_with_name(name, "anthropic-ratelimit-");
}

}  // namespace

std::string call_headers(const accounting::CallRecord& record) {
    std::string lines;
    lines.reserve(160);
    add(lines, "x-litellm-call-id", record.id());
    add(lines, "x-litellm-version", ROUTER_VERSION);
    return lines;
}

std::string answer_headers(std::string_view content_type, const Sent& sent,
                           const http::ResponseHead* upstream,
                           const accounting::CallRecord& record) {
    std::string lines;
    lines.reserve(448);
    add(lines, "content-type", content_type);
    if (content_type.starts_with("text/event-stream"))
        lines += "cache-control: no-cache\r\nx-accel-buffering: no\r\n";
    lines += sent.backend->upstream.identity_headers();
    add(lines, "x-router-losses", record.losses);
    const auto total = record.total_ms();
    add_milliseconds(lines, "x-litellm-response-duration-ms", total);
    add_milliseconds(lines, "x-litellm-overhead-duration-ms", total - record.upstream_ms());
    if (upstream != nullptr) {
        for (const auto& header : upstream->headers) {
            if (is_passed_on(header.name)) add(lines, header.name, header.value);
        }
    }
    return lines;
}

}  // namespace router::gateway
