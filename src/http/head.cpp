#include "http/head.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace router::http {
namespace {

// tchar of RFC 9110, 5.6.2
constexpr auto is_token_char = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789"))
        table[static_cast<unsigned char>(c)] = true;
    for (unsigned char c = 'a'; c <= 'z'; ++c) table[c] = table[c - 'a' + 'A'] = true;
    return table;
}();

bool is_token(std::string_view text) {
    bool good = !text.empty();
    for (const char c : text) good = good && is_token_char[static_cast<unsigned char>(c)];
    return good;
}

// A header's value: visible characters, space, tab, and bytes above 127 (raw UTF-8 names are sent
// by clients). Without a branch, so that it is done 16 bytes at a time.
bool is_value(std::string_view text) {
    unsigned bad = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        bad |= static_cast<unsigned>((byte < 0x20) & (byte != '\t')) |
               static_cast<unsigned>(byte == 0x7f);
    }
    return bad == 0;
}

// Whether all values of this head are good. In one pass, 16 bytes at a time, for a head has many
// short values.
bool has_good_values(std::string_view head) {
    unsigned char bad = 0;
    for (std::size_t i = 1; i < head.size(); ++i) {
        const auto before = static_cast<unsigned char>(head[i - 1]);
        const auto byte = static_cast<unsigned char>(head[i]);
        bad |= static_cast<unsigned char>((byte < 0x20) & (byte != '\t') & (byte != '\r') &
                                          (byte != '\n'));
        bad |= static_cast<unsigned char>((before == '\r') & (byte != '\n'));
        bad |= static_cast<unsigned char>(byte == 0x7f);
    }
    return bad == 0;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool lists(std::string_view value, std::string_view word) {
    while (!value.empty()) {
        const auto comma = value.find(',');
        if (is_same_name(trimmed(value.substr(0, comma)), word)) return true;
        if (comma == std::string_view::npos) break;
        value.remove_prefix(comma + 1);
    }
    return false;
}

enum class Ends : std::uint8_t { crlf, crlf_or_lf };

// Takes a line off the front of `bytes`. Nothing when it has no end, or a wrong one.
std::optional<std::string_view> take_line(std::string_view& bytes, Ends ends) {
    const auto feed = bytes.find('\n');
    if (feed == std::string_view::npos) return std::nullopt;
    auto line = bytes.substr(0, feed);
    bytes.remove_prefix(feed + 1);
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    } else if (ends == Ends::crlf) {
        return std::nullopt;
    }
    return line;
}

// Adds the header that `line` is. What is wrong with it, for a person; null: nothing.
const char* add_header(std::string_view line, bool is_good_value, std::vector<Header>& headers) {
    if (line.front() == ' ' || line.front() == '\t') return "a header is folded over two lines";
    std::size_t colon = 0;
    while (colon < line.size() && is_token_char[static_cast<unsigned char>(line[colon])]) ++colon;
    if (colon == line.size()) return "a header line has no colon";
    if (colon == 0 || line[colon] != ':')
        return "a header's name has a character that does not belong there";
    const auto value = trimmed(line.substr(colon + 1));
    if (!is_good_value && !is_value(value)) return "a header's value has a control character";
    headers.push_back({line.substr(0, colon), value});
    return nullptr;
}

// The headers of a head up to its empty line. The text of the error is for a person.
std::expected<std::vector<Header>, const char*> take_headers(std::string_view& bytes, Ends ends,
                                                             std::size_t limit) {
    const bool are_good = has_good_values(bytes);
    std::vector<Header> headers;
    headers.reserve(16);
    while (true) {
        const auto line = take_line(bytes, ends);
        if (!line) return std::unexpected("a header line does not end with CR LF");
        if (line->empty()) return headers;
        if (headers.size() == limit) return std::unexpected("too many headers");
        if (const auto* fault = add_header(*line, are_good, headers)) return std::unexpected(fault);
    }
}

std::optional<std::uint64_t> length_of(std::string_view text) {
    std::uint64_t number = 0;
    if (text.empty() || text.front() < '0' || text.front() > '9' || text.size() > 18)
        return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// What the headers say about the message itself, counted so that a second one is seen.
struct Control {
    int lengths = 0, encodings = 0, hosts = 0;
    bool lengths_differ = false;
    std::string_view length, encoding, host;
    bool says_close = false, says_keep_alive = false;
};

Control control_of(const std::vector<Header>& headers) {
    Control control;
    for (const auto& [name, value] : headers) {
        if (is_same_name(name, "content-length")) {
            control.lengths_differ =
                control.lengths++ > 0 && (control.lengths_differ || value != control.length);
            control.length = value;
        } else if (is_same_name(name, "transfer-encoding")) {
            ++control.encodings;
            control.encoding = value;
        } else if (is_same_name(name, "host")) {
            ++control.hosts;
            control.host = value;
        } else if (is_same_name(name, "connection")) {
            control.says_close = control.says_close || lists(value, "close");
            control.says_keep_alive = control.says_keep_alive || lists(value, "keep-alive");
        }
    }
    return control;
}

std::unexpected<Error> bad(const char* why) {
    return fail(ErrorKind::bad_request, std::string("The HTTP request is malformed: ") + why + ".",
                {}, "malformed_request");
}

Result<> frame(RequestHead& head, const Control& control) {
    if (control.hosts > 1) return bad("more than one Host");
    if (control.hosts == 0 && !head.is_http_1_0) return bad("no Host");
    if (control.host.find_first_of("/\\@?#, \t<>\"") != std::string_view::npos)
        return bad("Host is no host");
    if (control.lengths > 1) return bad("more than one Content-Length");
    if (control.encodings > 1) return bad("more than one Transfer-Encoding");
    if (control.lengths == 1 && control.encodings == 1)
        return bad("both Content-Length and Transfer-Encoding");
    if (control.encodings == 1) {
        if (head.is_http_1_0) return bad("Transfer-Encoding in HTTP/1.0");
        if (!is_same_name(control.encoding, "chunked"))
            return bad("a Transfer-Encoding other than chunked");
        head.framing = Framing::chunked;
    }
    if (control.lengths == 1) {
        const auto length = length_of(control.length);
        if (!length) return bad("Content-Length is not a number");
        head.content_length = *length;
        head.framing = *length == 0 ? Framing::none : Framing::length;
    }
    head.keeps_alive = !control.says_close && !head.is_http_1_0;
    return {};
}

// The path and query of `target`: of the origin form (/v1/models), the absolute form
// (http://host/v1/models), or "*".
bool split_target(RequestHead& head) {
    auto rest = head.target;
    if (rest != "*" && !rest.starts_with('/')) {
        const auto scheme = rest.find("://");
        if (scheme == std::string_view::npos) return false;
        const auto slash = rest.find('/', scheme + 3);
        rest = slash == std::string_view::npos ? "/" : rest.substr(slash);
    }
    rest = rest.substr(0, rest.find('#'));
    const auto mark = rest.find('?');
    head.path = rest.substr(0, mark);
    head.query = mark == std::string_view::npos ? std::string_view() : rest.substr(mark + 1);
    return true;
}

Result<> read_request_line(std::string_view line, RequestHead& head) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return bad("the first line is not METHOD TARGET VERSION");
    head.method = line.substr(0, first);
    head.target = line.substr(first + 1, last - first - 1);
    const auto version = line.substr(last + 1);
    if (!is_token(head.method) || head.method.size() > 24) return bad("the method is no token");
    if (head.target.empty() ||
        !std::ranges::all_of(head.target, [](char c) { return c > ' ' && c < 0x7f; })) {
        return bad("the target has a character that does not belong there");
    }
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        if (!version.starts_with("HTTP/")) return bad("the first line does not end with a version");
        Error error{.kind = ErrorKind::not_implemented, .message = "Only HTTP/1.1 is spoken here."};
        error.status = 505;
        return std::unexpected(error);
    }
    head.is_http_1_0 = version == "HTTP/1.0";
    if (!split_target(head)) return bad("the target is neither a path nor a URL");
    return {};
}

std::unexpected<Error> broken(std::string why) {
    Error error{.kind = ErrorKind::upstream_broken,
                .message = "The provider's answer is not HTTP."};
    error.detail = std::move(why);
    return std::unexpected(error);
}

}  // namespace

bool is_same_name(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto difference = static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
        if (difference == 0) continue;
        const auto letter = static_cast<unsigned char>(a[i] | 0x20);
        if (difference != 0x20 || letter < 'a' || letter > 'z') return false;
    }
    return true;
}

std::string_view value_of(const std::vector<Header>& headers, std::string_view name) {
    for (const auto& header : headers) {
        if (is_same_name(header.name, name)) return header.value;
    }
    return {};
}

std::size_t whole_head_size(std::string_view bytes) {
    std::size_t from = 0;
    while (from < bytes.size()) {
        const void* found = std::memchr(bytes.data() + from, '\n', bytes.size() - from);
        if (found == nullptr) return 0;
        from = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data()) + 1;
        const auto after = bytes.substr(from);
        if (after.starts_with('\n')) return from + 1;
        if (after.starts_with("\r\n")) return from + 2;
    }
    return 0;
}

Result<std::optional<RequestHead>> read_request_head(std::string_view bytes,
                                                     const HeadLimits& limits) {
    auto rest = bytes;
    if (rest.starts_with("\r\n"))
        rest.remove_prefix(2);  // RFC 9112, 2.2: one may come before the request line
    const auto size = whole_head_size(rest);
    const auto first_line = std::min(rest.find('\n'), rest.size());
    if (first_line > limits.line_bytes) {
        return fail(ErrorKind::uri_too_long, "The request line is longer than " +
                                                 std::to_string(limits.line_bytes) + " bytes.");
    }
    if (!rest.empty() && !is_token_char[static_cast<unsigned char>(rest.front())])
        return bad("it does not begin with a method");
    const auto too_large = [&] {
        return fail(ErrorKind::head_too_large,
                    "The request's headers are more than " + std::to_string(limits.headers) +
                        ", or longer than " + std::to_string(limits.head_bytes) + " bytes.");
    };
    if (size == 0) {
        if (rest.size() > limits.head_bytes) return too_large();
        return std::nullopt;
    }
    rest = rest.substr(0, size);
    RequestHead head;
    const auto line = take_line(rest, Ends::crlf);
    if (!line) return bad("the first line does not end with CR LF");
    if (const auto read = read_request_line(*line, head); !read)
        return std::unexpected(read.error());
    auto headers = take_headers(rest, Ends::crlf, limits.headers);
    if (!headers) {
        if (std::string_view(headers.error()) == "too many headers") return too_large();
        return bad(headers.error());
    }
    head.headers = std::move(*headers);
    head.size = static_cast<std::size_t>(rest.data() - bytes.data());
    if (head.size > limits.head_bytes) return too_large();
    const auto control = control_of(head.headers);
    if (const auto framed = frame(head, control); !framed) return std::unexpected(framed.error());
    if (const auto expect = head.header("expect"); !expect.empty()) {
        if (!is_same_name(expect, "100-continue")) {
            return fail(ErrorKind::expectation_failed,
                        "The only expectation met here is 100-continue.");
        }
        head.expects_continue = !head.is_http_1_0;
    }
    return head;
}

Result<std::optional<ResponseHead>> read_response_head(std::string_view bytes,
                                                       const HeadLimits& limits) {
    const auto size = whole_head_size(bytes);
    if (size == 0) {
        if (bytes.size() > limits.head_bytes) return broken("its head is too long");
        if (!bytes.empty() &&
            !bytes.starts_with(std::string_view("HTTP/1.").substr(0, bytes.size()))) {
            return broken("its head does not begin with HTTP/1.");
        }
        return std::nullopt;
    }
    auto rest = bytes.substr(0, size);
    ResponseHead head;
    const auto line = take_line(rest, Ends::crlf_or_lf);
    if (!line || line->size() < 12 || !line->starts_with("HTTP/1.") || (*line)[8] != ' ')
        return broken("no status line");
    const auto code = line->substr(9, 3);
    const auto [end, error] = std::from_chars(code.data(), code.data() + 3, head.status);
    if (error != std::errc() || end != code.data() + 3 || head.status < 100)
        return broken("its status is no number");
    auto headers = take_headers(rest, Ends::crlf_or_lf, limits.headers * 4);
    if (!headers) return broken(headers.error());
    head.headers = std::move(*headers);
    head.size = size;

    const auto control = control_of(head.headers);
    const bool is_http_1_0 = (*line)[7] == '0';
    head.keeps_alive = !control.says_close && (!is_http_1_0 || control.says_keep_alive);
    if (head.status < 200 || head.status == 204 || head.status == 304) {
        head.framing = Framing::none;
    } else if (control.encodings > 0) {
        if (!lists(control.encoding, "chunked"))
            return broken("its transfer encoding is not chunked");
        head.framing = Framing::chunked;
        head.keeps_alive = head.keeps_alive && control.lengths == 0;
    } else if (control.lengths_differ) {
        return broken("its content lengths differ");
    } else if (control.lengths > 0) {
        const auto length = length_of(control.length);
        if (!length) return broken("its content length is no number");
        head.content_length = *length;
        head.framing = *length == 0 ? Framing::none : Framing::length;
    } else {
        head.framing = Framing::until_close;
        head.keeps_alive = false;
    }
    return head;
}

}  // namespace router::http
