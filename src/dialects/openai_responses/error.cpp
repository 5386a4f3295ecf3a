#include "dialects/openai_responses/error.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <utility>

#include "dialects/openai_words.hpp"
#include "wire/json_writer.hpp"
#include "wire/utf8.hpp"

namespace router::dialects::openai_responses {
namespace {

namespace json = wire::json;

constexpr std::size_t text_limit = 2000;  // of an upstream's plain text that is passed on
constexpr int deepest = 6;

struct Said {
    std::string message{}, type{}, param{}, code{};
    double wait = 0;  // seconds; 0: not said
};

std::string scalar(json::value& value) {
    const auto type = json::type_of(value);
    if (type == json::json_type::string) return std::string(json::text_or_empty(value));
    if (type == json::json_type::number) return std::string(json::raw(value));
    return {};
}

Said read_said(json::value& value, int depth);

// Members in this order of trust: `error`, `message`, `detail`.
Said read_object(json::value& value, int depth) {
    Said said, inner;
    std::string detail;
    bool has_inner = false;
    json::each_member(value, [&](std::string_view key, json::value& found) {
        if (key == "error" || key == "errors") {
            inner = read_said(found, depth + 1);
            has_inner = !inner.message.empty();
        } else if (key == "message" || key == "msg") {
            said.message = read_said(found, depth + 1).message;
        } else if (key == "detail") {
            detail = read_said(found, depth + 1).message;
        } else if (key == "type") {
            said.type = scalar(found);
        } else if (key == "param") {
            said.param = scalar(found);
        } else if (key == "code") {
            said.code = scalar(found);
        } else if (key == "retry_after" || key == "retry_after_seconds") {
            said.wait = json::number(found).value_or(0);
        }
    });
    if (said.type == "error") said.type.clear();  // the event's, not the error's
    if (!has_inner) {
        if (said.message.empty()) said.message = std::move(detail);
        return said;
    }
    if (inner.code.empty()) inner.code = std::move(said.code);
    if (inner.type.empty()) inner.type = std::move(said.type);
    if (inner.param.empty()) inner.param = std::move(said.param);
    if (inner.wait == 0) inner.wait = said.wait;
    return inner;
}

Said read_said(json::value& value, int depth) {
    if (depth > deepest) return {};
    const auto type = json::type_of(value);
    if (type == json::json_type::object) return read_object(value, depth);
    if (type != json::json_type::array) return {.message = scalar(value)};
    Said said;
    json::each_element(value, [&](json::value& first) {
        said = read_said(first, depth + 1);
        return false;
    });
    return said;
}

Said read_body(std::string_view body) {
    std::string padded;
    padded.reserve(body.size() + json::padding);
    padded = body;
    auto document = json::read(padded);
    json::value value;
    if (document.get_value().get(value) != simdjson::SUCCESS) return {};
    return read_said(value, 0);
}

bool is_same_letter(char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) ==
           std::tolower(static_cast<unsigned char>(b));
}

std::size_t find_word(std::string_view text, std::string_view word) {
    const auto found = std::ranges::search(text, word, is_same_letter);
    return found.empty() ? std::string_view::npos
                         : static_cast<std::size_t>(found.begin() - text.begin());
}

// "try again in 7.66s", "in 6m0s", "in 120ms", "in 20 seconds": seconds, 0 when nothing is said.
double wait_in(std::string_view text) {
    const auto at = find_word(text, "try again in ");
    if (at == std::string_view::npos) return 0;
    text.remove_prefix(at + 13);
    double seconds = 0;
    while (!text.empty()) {
        double count = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), count);
        if (read.ec != std::errc() || count < 0) break;
        text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
        if (text.starts_with(' ')) text.remove_prefix(1);
        const double unit = text.starts_with("ms")  ? 0.001
                            : text.starts_with('h') ? 3600
                            : text.starts_with('m') ? 60
                                                    : 1;
        seconds += count * unit;
        text.remove_prefix(std::min(text.size(), text.starts_with("ms") ? 2UZ : 1UZ));
    }
    return seconds;
}

// A page's title, else its text without the tags; white space folded.
std::string text_of_page(std::string_view page) {
    if (const auto title = find_word(page, "<title>"); title != std::string_view::npos) {
        const auto text = page.substr(title + 7);
        page = text.substr(0, std::min(find_word(text, "</title>"), text.size()));
    }
    std::string out;
    bool in_tag = false;
    for (const char c : page) {
        if (c == '<') in_tag = true;
        const bool is_space = c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '>';
        if (!in_tag && !is_space) out += c;
        if (is_space && !out.empty() && out.back() != ' ') out += ' ';
        if (c == '>') in_tag = false;
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

bool is_page(std::string_view body) {
    const auto start = body.substr(0, 512);
    return find_word(start, "<html") != std::string_view::npos ||
           find_word(start, "<!doctype") != std::string_view::npos;
}

std::string cut(std::string text) {
    if (text.size() > text_limit) {
        text.resize(text_limit);
        text += "…";
    }
    return wire::is_utf8(text) ? text : wire::repaired_utf8(text);
}

constexpr std::array<std::pair<std::string_view, int>, 20> statuses{{
    {"rate_limit_exceeded", 429},
    {"rate_limit_error", 429},
    {"insufficient_quota", 429},
    {"server_error", 500},
    {"server_is_overloaded", 503},
    {"slow_down", 503},
    {"overloaded_error", 503},
    {"vector_store_timeout", 504},
    {"invalid_prompt", 400},
    {"invalid_request_error", 400},
    {"context_length_exceeded", 400},
    {"bio_policy", 400},
    {"cyber_policy", 400},
    {"content_policy_violation", 400},
    {"image_content_policy_violation", 400},
    {"model_not_found", 404},
    {"invalid_api_key", 401},
    {"authentication_error", 401},
    {"permission_error", 403},
    {"not_found_error", 404},
}};

int status_of(const Said& said) {
    for (const auto& word : {said.code, said.type}) {
        const auto* found =
            std::ranges::find(statuses, word, &decltype(statuses)::value_type::first);
        if (found != statuses.end()) return found->second;
    }
    const int code = said.code.size() == 3 ? std::atoi(said.code.c_str()) : 0;
    if (code >= 400 && code < 600) return code;
    const bool is_about_input = said.code.find("image") != std::string::npos ||
                                said.code.starts_with("invalid_") ||
                                said.code.starts_with("unsupported_");
    return is_about_input ? 400 : 502;
}

Error made_of(Said&& said, int status) {
    Error error{.kind = ErrorKind::upstream_refused, .message = cut(std::move(said.message))};
    error.status = status;
    const double wait = said.wait > 0 ? said.wait : wait_in(error.message);
    if (wait > 0 && wait < 1e6)
        error.retry_after = std::to_string(static_cast<int>(std::ceil(wait)));
    error.type = std::move(said.type);
    error.param = std::move(said.param);
    error.code = std::move(said.code);
    return error;
}

}  // namespace

Error decode_error(int status, std::string_view body, std::string_view provider) {
    auto said = read_body(body);
    const int shown = status >= 400 && status <= 599 ? status : status_of(said);
    if (said.message.empty()) {
        const auto answered =
            std::string(provider) + " answered with status " + std::to_string(status);
        const auto text = is_page(body) ? text_of_page(body) : std::string(body);
        const bool is_blank = text.find_first_not_of(" \t\r\n") == std::string::npos;
        said.message = is_blank ? answered + " and said nothing more." : answered + ": " + text;
    }
    return made_of(std::move(said), shown);
}

Error error_in(json::value& value) {
    auto said = read_said(value, 0);
    if (said.message.empty()) said.message = "The upstream's answer failed, and it said no more.";
    const int status = status_of(said);
    return made_of(std::move(said), status);
}

std::string encode_error(const Error& error) {
    std::string body;
    wire::JsonWriter out(body);
    const auto text_or_null = [&](std::string_view name, std::string_view text) {
        out.key(name);
        if (text.empty()) {
            out.null();
        } else {
            out.text(text);
        }
    };
    out.begin_object().begin_object("error").text("message", error.message);
    out.text("type", openai_type_of(error));
    text_or_null("param", error.param);
    text_or_null("code", openai_code_of(error));
    out.end_object().end_object();
    return body;
}

// OpenAI's SDKs know no 529, and take a bill that is not paid for a quota that is used up.
int error_status(const Error& error) {
    const int status = error.http_status();
    if (status == 529) return 503;
    if (status == 402) return 429;
    return status;
}

std::string_view stream_code(const Error& error) {
    // A response's own error has a closed list of codes: of another's words only the error's code
    // may be among them.
    const bool is_word = error.code.find_first_not_of("0123456789") != std::string::npos;
    if (is_word) return error.code;
    const int status = error_status(error);
    if (status == 429) return "rate_limit_exceeded";
    if (status >= 400 && status < 500) return "invalid_prompt";
    return "server_error";
}

}  // namespace router::dialects::openai_responses
