#include "dialects/gemini/error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

#include "dialects/gemini/members.hpp"
#include "wire/utf8.hpp"

namespace router::dialects::gemini {
namespace {

namespace json = wire::json;

constexpr std::size_t text_limit = 2000;  // of an upstream's plain text that is passed on

struct Said {
    std::string message{}, status{}, reason{}, field{};
    int code = 0;
    std::optional<double> wait{};  // seconds
};

// A duration as proto JSON writes it, "34.4s", or as an object of seconds and nanos.
std::optional<double> read_duration(json::value& element) {
    if (json::type_of(element) == json::json_type::string) {
        const auto text = json::text_or_empty(element);
        double seconds = 0;
        const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
        return read.ec == std::errc() ? std::optional(seconds) : std::nullopt;
    }
    std::optional<double> seconds;
    each_field(element, [&](std::string_view key, json::value& value) {
        if (key == "seconds") seconds = seconds.value_or(0) + json::number(value).value_or(0);
        if (key == "nanos") seconds = seconds.value_or(0) + json::number(value).value_or(0) / 1e9;
    });
    return seconds;
}

// One of google.rpc's details: ErrorInfo, RetryInfo, BadRequest.
void read_detail(json::value& detail, Said& said) {
    each_field(detail, [&](std::string_view key, json::value& value) {
        if (key == "reason") {
            said.reason = json::text_or_empty(value);
        } else if (key == "retryDelay") {
            said.wait = read_duration(value);
        } else if (key == "fieldViolations") {
            json::each_element(value, [&](json::value& violation) {
                each_field(violation, [&](std::string_view name, json::value& field) {
                    if (name == "field" && said.field.empty())
                        said.field = json::text_or_empty(field);
                });
            });
        }
    });
}

void read_error(json::value& element, Said& said, int depth);

void read_member(std::string_view key, json::value& value, Said& said, int depth) {
    const bool is_text = json::type_of(value) == json::json_type::string;
    if (key == "error") {
        read_error(value, said, depth + 1);
    } else if (key == "message" || key == "error_description" || key == "errorDescription") {
        if (is_text) said.message = json::text_or_empty(value);
    } else if (key == "status") {
        if (is_text) said.status = json::text_or_empty(value);
    } else if (key == "code") {
        said.code = static_cast<int>(json::integer(value).value_or(0) % 1000);
    } else if (key == "details") {
        json::each_element(value, [&](json::value& detail) { read_detail(detail, said); });
    }
}

// The error itself, or what holds it: an object with `error`, an array, a text.
void read_error(json::value& element, Said& said, int depth) {
    if (depth > 6) return;
    switch (json::type_of(element)) {
        case json::json_type::object:
            each_field(element, [&](std::string_view key, json::value& value) {
                read_member(key, value, said, depth);
            });
            return;
        case json::json_type::array:
            json::each_element(element, [&](json::value& first) {
                read_error(first, said, depth + 1);
                return false;
            });
            return;
        case json::json_type::string:
            if (said.message.empty()) said.message = json::text_or_empty(element);
            return;
        default:
            return;
    }
}

// An HTML page's title, else a text without its tags.
std::string plain_words(std::string_view body) {
    if (const auto title = body.find("<title>"); title != std::string_view::npos) {
        body.remove_prefix(title + 7);
        body = body.substr(0, body.find('<'));
    }
    std::string words;
    bool is_tag = false;
    for (const char c : body) {
        if (c == '<') is_tag = true;
        const bool is_space = c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '>';
        if (!is_tag && !is_space) words += c;
        if (is_space && !words.empty() && words.back() != ' ') words += ' ';
        if (c == '>') is_tag = false;
    }
    while (words.ends_with(' ')) words.pop_back();
    return words;
}

std::string cut(std::string text) {
    if (text.size() > text_limit) text.resize(text_limit);
    return wire::is_utf8(text) ? text : wire::repaired_utf8(text);
}

// "Please retry in 34.4s.", for errors that lost their details on the way.
std::optional<double> wait_in_words(std::string_view message) {
    constexpr std::string_view words = "retry in ";
    const auto at = message.find(words);
    if (at == std::string_view::npos) return std::nullopt;
    const auto* begin = message.data() + at + words.size();
    double wait = 0;
    const auto read = std::from_chars(begin, message.data() + message.size(), wait);
    if (read.ec != std::errc()) return std::nullopt;
    const std::string_view unit(read.ptr, message.data() + message.size());
    if (unit.starts_with("ms")) return wait / 1000;
    return unit.starts_with('s') ? std::optional(wait) : std::nullopt;
}

// A key that is none is a 400 to Google; the words are those of its ErrorInfo.
bool is_about_the_key(const Said& said) {
    constexpr std::array<std::string_view, 3> reasons{"API_KEY_INVALID", "API_KEY_EXPIRED",
                                                      "ACCESS_TOKEN_EXPIRED"};
    if (std::ranges::find(reasons, said.reason) != reasons.end()) return true;
    return said.message.starts_with("API key not valid") ||
           said.message.starts_with("API key expired");
}

bool is_about_the_length(std::string_view message) {
    return message.find("input token count") != std::string_view::npos &&
           message.find("exceeds the maximum") != std::string_view::npos;
}

}  // namespace

Error decode_error(int status, std::string_view body, std::string_view provider) {
    Said said;
    {
        const auto copy = padded_copy(body);
        auto document = json::read(copy);
        json::value value;
        std::string_view bare;
        if (document.get_value().get(value) == simdjson::SUCCESS) {
            read_error(value, said, 0);
        } else if (document.get_string().get(bare) == simdjson::SUCCESS) {
            said.message = bare;
        }
    }
    Error error{.kind = ErrorKind::upstream_refused, .message = cut(said.message)};
    const bool is_error_status = status >= 400 && status < 600;
    const bool is_error_code = said.code >= 400 && said.code < 600;
    error.status = is_error_status ? status : (is_error_code ? said.code : 502);
    error.type = std::move(said.status);
    error.param = std::move(said.field);
    error.code = said.reason;
    if (is_about_the_key(said) && error.status == 400) error.status = 401;
    const bool is_too_long = error.status == 400 && is_about_the_length(error.message);
    if (is_too_long) error.code = "context_length_exceeded";
    const auto wait = said.wait ? said.wait : wait_in_words(error.message);
    if (wait && *wait >= 0 && *wait < 1e9)
        error.retry_after = std::to_string(static_cast<std::int64_t>(std::ceil(*wait)));
    if (!error.message.empty()) return error;
    const auto answered = std::string(provider) + " answered with status " + std::to_string(status);
    const auto words = cut(plain_words(body));
    error.message = words.empty() ? answered + " and said nothing more." : answered + ": " + words;
    return error;
}

namespace {

std::string_view status_word(int status) {
    switch (status) {
        case 401:
            return "UNAUTHENTICATED";
        case 403:
            return "PERMISSION_DENIED";
        case 404:
            return "NOT_FOUND";
        case 409:
            return "ABORTED";
        case 429:
            return "RESOURCE_EXHAUSTED";
        case 499:
            return "CANCELLED";
        case 501:
            return "UNIMPLEMENTED";
        case 503:
            return "UNAVAILABLE";
        case 504:
            return "DEADLINE_EXCEEDED";
        default:
            return status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT";
    }
}

bool is_whole_seconds(std::string_view text) {
    return !text.empty() && text.size() < 10 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

// What an upstream's status means to a client of ours: our key is not the client's fault.
int status_of_upstream(int status) {
    switch (status) {
        case 401:
        case 403:
            return 500;
        case 402:
            return 429;
        case 404:
        case 429:
        case 503:
        case 504:
            return status;
        case 408:
            return 504;
        case 529:
            return 503;
        default:
            return status < 500 ? 400 : 500;
    }
}

}  // namespace

int error_status(const Error& error) {
    switch (error.kind) {
        case ErrorKind::upstream_refused:
            return status_of_upstream(error.http_status());
        case ErrorKind::upstream_broken:
            return 500;
        case ErrorKind::upstream_unreachable:
            return 503;
        case ErrorKind::request_timeout:
            return 504;
        case ErrorKind::too_large:
        case ErrorKind::uri_too_long:
        case ErrorKind::head_too_large:
        case ErrorKind::expectation_failed:
            return 400;
        default:
            return error.http_status();
    }
}

void write_error(wire::JsonWriter& out, const Error& error) {
    const int status = error_status(error);
    out.begin_object().begin_object("error").number("code", status);
    out.text("message", error.message).text("status", status_word(status));
    if (status >= 429 && is_whole_seconds(error.retry_after)) {
        out.begin_array("details").begin_object();
        out.text("@type", "type.googleapis.com/google.rpc.RetryInfo");
        out.text("retryDelay", error.retry_after + "s").end_object().end_array();
    }
    out.end_object().end_object();
}

std::string encode_error(const Error& error) {
    std::string text;
    wire::JsonWriter out(text);
    write_error(out, error);
    return text;
}

}  // namespace router::dialects::gemini
