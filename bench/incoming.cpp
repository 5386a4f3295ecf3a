#include "incoming.hpp"

#include <strings.h>
#include <charconv>

namespace router::bench {
namespace {

using std::string_view;

struct Head {
    std::size_t length = 0;
    std::size_t body = 0;
    bool chunked = false;
};

bool same(string_view left, string_view right) {
    return left.size() == right.size() && strncasecmp(left.data(), right.data(), left.size()) == 0;
}

std::size_t number_in(string_view text, int base = 10) {
    std::size_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number, base);
    return number;
}

std::optional<Head> read_head(string_view bytes) {
    const auto end = bytes.find("\r\n\r\n");
    if (end == string_view::npos) return std::nullopt;
    Head head{.length = end + 4};
    for (auto at = bytes.find("\r\n") + 2; at < end + 2;) {
        const auto line_end = bytes.find("\r\n", at);
        const string_view line = bytes.substr(at, line_end - at);
        at = line_end + 2;
        const auto colon = line.find(':');
        if (colon == string_view::npos) continue;
        const string_view name = line.substr(0, colon);
        string_view value = line.substr(colon + 1);
        value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
        if (same(name, "content-length")) head.body = number_in(value);
        if (same(name, "transfer-encoding")) head.chunked = same(value, "chunked");
    }
    return head;
}

Dialect dialect_of(string_view request_line) {
    if (request_line.find("/messages ") != string_view::npos) return Dialect::anthropic_messages;
    return request_line.find("enerateContent") != string_view::npos ? Dialect::gemini
                                                                    : Dialect::openai_chat;
}

// The length of a chunked body's encoding, once it is all there.
std::optional<std::size_t> chunked_length(string_view encoded) {
    for (std::size_t at = 0;;) {
        const auto line_end = encoded.find("\r\n", at);
        if (line_end == string_view::npos) return std::nullopt;
        const auto size = number_in(encoded.substr(at, line_end - at), 16);
        at = line_end + 2 + size + 2;
        if (at > encoded.size()) return std::nullopt;
        if (size == 0) return at;
    }
}

void read_pair(string_view word, Wish& wish) {
    const auto equals = word.find('=');
    if (equals == string_view::npos) return;
    const string_view name = word.substr(0, equals);
    const auto value = number_in(word.substr(equals + 1));
    if (name == "bytes") wish.bytes = value;
    if (name == "events") wish.events = value;
    if (name == "interval_us") wish.interval_us = value;
}

// The first "stream" decides; run.py puts it before the text, so that a long body is not searched
// to its end.
bool asks_for_stream(string_view body) {
    const auto key = body.find("\"stream\"");
    if (key == string_view::npos) return false;
    const auto value = body.find_first_not_of(" :\t\r\n", key + 8);
    return value != string_view::npos && body.substr(value).starts_with("true");
}

Wish read_wish(string_view body, const Wish& otherwise) {
    Wish wish = otherwise;
    wish.stream = asks_for_stream(body);
    wish.usage = wish.stream && body.find("\"include_usage\"") != string_view::npos;
    auto at = body.find("@bench ");
    if (at == string_view::npos) return wish;
    at += 7;
    const auto end = body.find_first_of("\"\\.", at);
    string_view words = body.substr(at, end == string_view::npos ? 0 : end - at);
    while (!words.empty()) {
        const auto space = std::min(words.find(' '), words.size());
        read_pair(words.substr(0, space), wish);
        words.remove_prefix(std::min(space + 1, words.size()));
    }
    return wish;
}

}  // namespace

std::optional<Call> read_call(string_view bytes, const Wish& otherwise, std::size_t& expected) {
    const auto head = read_head(bytes);
    if (!head) return std::nullopt;
    auto body = head->body;
    if (head->chunked) {
        const auto length = chunked_length(bytes.substr(head->length));
        if (!length) return std::nullopt;
        body = *length;
    }
    expected = head->length + body;
    if (bytes.size() < expected) return std::nullopt;
    Call call{.wish = read_wish(bytes.substr(head->length, body), otherwise), .length = expected};
    const auto request_line = bytes.substr(0, bytes.find("\r\n"));
    call.dialect = dialect_of(request_line);
    if (call.dialect == Dialect::gemini)
        call.wish.stream = request_line.find(":streamG") != string_view::npos;
    return call;
}

}  // namespace router::bench
