#include "dialects/openai_chat/error.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>

#include "wire/json.hpp"
#include "wire/json_text.hpp"
#include "wire/utf8.hpp"

namespace router::dialects::openai_chat {
namespace {

namespace json = wire::json;

constexpr std::size_t text_limit = 2000;  // of an upstream's plain text that is passed on

struct Said {
    std::string message, type, param, code;
};

std::string scalar_text(json::value& value) {
    json::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return {};
    if (type == json::json_type::string) return std::string(json::text_or_empty(value));
    if (type == json::json_type::number) return std::string(json::raw(value));
    return {};
}

Said read_value(json::value& value, int depth);

// An object that may be the error itself or hold it: members `error`, `message`, `detail`, in this
// order of trust.
Said read_object(json::object& object, int depth) {
    Said said;
    Said inner;
    std::string detail;
    for (auto entry : object) {
        json::field field;
        std::string_view key;
        if (std::move(entry).get(field) != simdjson::SUCCESS) break;
        if (field.unescaped_key().get(key) != simdjson::SUCCESS) break;
        auto& value = field.value();
        if (key == "error" || key == "errors") {
            inner = read_value(value, depth + 1);
        } else if (key == "message" || key == "msg") {
            said.message = read_value(value, depth + 1).message;
        } else if (key == "detail") {
            detail = read_value(value, depth + 1).message;
        } else if (key == "type") {
            said.type = scalar_text(value);
        } else if (key == "param") {
            said.param = scalar_text(value);
        } else if (key == "code") {
            said.code = scalar_text(value);
        }
    }
    if (!inner.message.empty()) return inner;
    if (said.message.empty()) said.message = detail;
    if (said.code.empty()) said.code = inner.code;
    return said;
}

Said read_value(json::value& value, int depth) {
    json::json_type type{};
    if (depth > 6 || value.type().get(type) != simdjson::SUCCESS) return {};
    if (type == json::json_type::object) {
        json::object object;
        return value.get_object().get(object) == simdjson::SUCCESS ? read_object(object, depth)
                                                                   : Said();
    }
    if (type == json::json_type::array) {
        json::array array;
        if (value.get_array().get(array) != simdjson::SUCCESS) return {};
        for (auto element : array) {
            json::value first;
            if (std::move(element).get(first) != simdjson::SUCCESS) return {};
            return read_value(first, depth + 1);
        }
        return {};
    }
    return {.message = scalar_text(value), .type = {}, .param = {}, .code = {}};
}

Said read_json(std::string_view body) {
    std::string padded;
    padded.reserve(body.size() + json::padding);
    padded = body;
    auto document = json::read(padded);
    json::value value;
    if (document.get_value().get(value) != simdjson::SUCCESS) return {};
    return read_value(value, 0);
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

}  // namespace

std::string encode_error(const Error& error) {
    const auto append_or_null = [](std::string& out, std::string_view text) {
        if (text.empty()) {
            out += "null";
        } else {
            wire::append_quoted(out, text);
        }
    };
    std::string out = "{\"error\":{\"message\":";
    wire::append_quoted(out, error.message);
    out += ",\"type\":";
    wire::append_quoted(out, error.type.empty() ? openai_type(error.kind) : error.type);
    out += ",\"param\":";
    append_or_null(out, error.param);
    out += ",\"code\":";
    append_or_null(out, error.code);
    return out + "}}";
}

Error decode_error(int status, std::string_view body, std::string_view provider) {
    Error error{.kind = ErrorKind::upstream_refused, .message = {}};
    error.status = status;
    auto said = read_json(body);
    if (status < 400 || status > 599) {
        const int code = said.code.size() == 3 ? std::atoi(said.code.c_str()) : 0;
        error.status = code >= 400 && code < 600 ? code : 502;
    }
    error.type = std::move(said.type);
    error.param = std::move(said.param);
    error.code = std::move(said.code);
    if (!said.message.empty()) {
        error.message = cut(std::move(said.message));
        return error;
    }
    const auto answered = std::string(provider) + " answered with status " + std::to_string(status);
    const auto text = is_page(body) ? text_of_page(body) : std::string(body);
    const bool is_blank = text.find_first_not_of(" \t\r\n") == std::string::npos;
    error.message = is_blank ? answered + " and said nothing more." : answered + ": " + cut(text);
    return error;
}

}  // namespace router::dialects::openai_chat
