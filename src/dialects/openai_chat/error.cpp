#include "dialects/openai_chat/error.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <utility>

#include "dialects/openai_chat/wait.hpp"
#include "wire/json.hpp"
#include "wire/utf8.hpp"

namespace router::dialects::openai_chat {
namespace {

namespace json = wire::json;

constexpr std::size_t text_limit = 2000;  // of an upstream's plain text that is passed on

struct Said {
    std::string message{}, type{}, param{}, code{};
    std::string wait{};  // seconds, or a span with its unit
    std::string raw{};   // OpenRouter: what its provider said
};

std::string scalar_text(json::value& value) {
    json::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return {};
    if (type == json::json_type::string) return std::string(json::text_or_empty(value));
    if (type == json::json_type::number) return std::string(json::raw(value));
    return {};
}

Said read_value(json::value& value, int depth);

// ["body", "messages", 0, "role"] of FastAPI's errors -> messages.0.role
std::string path_of(json::value& list) {
    std::string path;
    json::each_element(list, [&](json::value& step) {
        const auto text = scalar_text(step);
        if (text.empty() || (path.empty() && text == "body")) return;
        if (!path.empty()) path += '.';
        path += text;
    });
    return path;
}

// What says more than the error itself: OpenRouter's metadata, Google's RetryInfo.
void read_more(std::string_view key, json::value& value, Said& said, int depth) {
    const auto read_members = [&](json::value& object) {
        json::each_member(object, [&](std::string_view name, json::value& member) {
            if (depth < 6) read_more(name, member, said, depth + 1);
        });
    };
    if (key == "retry_after" || key == "retryDelay" || key == "retry_after_seconds") {
        said.wait = scalar_text(value);
    } else if (key == "error_type" && said.type.empty()) {
        said.type = scalar_text(value);
    } else if (key == "raw") {
        said.raw = scalar_text(value);
    } else if (key == "metadata" || key == "availability") {
        read_members(value);
    } else if (key == "details") {
        json::each_element(value, read_members);
    }
}

// Takes what `said` lacks from `other`.
void fill(Said& said, Said& other) {
    const auto take = [](std::string& into, std::string& from) {
        if (into.empty()) into = std::move(from);
    };
    take(said.type, other.type);
    take(said.param, other.param);
    take(said.code, other.code);
    take(said.wait, other.wait);
    take(said.raw, other.raw);
}

// An object that may be the error itself or hold it: members `error`, `message`, `detail`, in this
// order of trust.
Said read_object(json::object& object, int depth) {
    Said said;
    Said inner;
    Said detail;
    for (auto entry : object) {
        json::field field;
        std::string_view key;
        if (std::move(entry).get(field) != simdjson::SUCCESS) break;
        if (field.unescaped_key().get(key) != simdjson::SUCCESS) break;
        auto& value = field.value();
        if (key == "error" || key == "errors") {
            inner = read_value(value, depth + 1);
        } else if (key == "choices") {  // OpenRouter: the error of one choice
            if (inner.message.empty()) inner = read_value(value, depth + 1);
        } else if (key == "message" || key == "msg") {
            said.message = read_value(value, depth + 1).message;
        } else if (key == "detail") {
            detail = read_value(value, depth + 1);
        } else if (key == "type") {
            said.type = scalar_text(value);
        } else if (key == "param") {
            said.param = scalar_text(value);
        } else if (key == "code") {
            said.code = scalar_text(value);
        } else if (key == "loc") {
            said.param = path_of(value);
        } else {
            read_more(key, value, said, depth);
        }
    }
    if (inner.message.empty()) std::swap(inner.code, said.code);
    fill(inner, said);
    if (said.message.empty()) std::swap(said.message, detail.message);
    if (inner.message.empty()) inner.message = std::move(said.message);
    fill(inner, detail);
    return inner;
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
    return {.message = scalar_text(value)};
}

// "Provider returned error" alone helps nobody: what the provider said goes with it.
std::string with_raw(std::string message, const std::string& raw);

Said read_json(std::string_view body) {
    std::string padded;
    padded.reserve(body.size() + json::padding);
    padded = body;
    auto document = json::read(padded);
    json::value value;
    if (document.get_value().get(value) != simdjson::SUCCESS) return {};
    return read_value(value, 0);
}

std::string with_raw(std::string message, const std::string& raw) {
    if (raw.empty()) return message;
    const auto said = read_json(raw);
    const auto& words = said.message.empty() ? raw : said.message;
    return message == words ? message : message + ": " + words;
}

// Servers that do not say so in their code: vLLM, SGLang, llama.cpp, Anthropic's endpoint.
bool is_about_the_length(const Error& error) {
    if (error.status != 400 && error.status != 413) return false;
    for (const std::string_view words :
         {"maximum context length", "context length exceeded", "exceeds the available context size",
          "prompt is too long", "input is too long", "context_length_exceeded"}) {
        if (error.message.find(words) != std::string::npos) return true;
    }
    return false;
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

namespace {

// The status that a word stands for, where an error comes without one: inside a stream.
constexpr std::array<std::pair<std::string_view, int>, 15> statuses{{
    {"rate_limit_exceeded", 429},
    {"rate_limit_error", 429},
    {"tokens", 429},
    {"requests", 429},
    {"insufficient_quota", 429},
    {"overloaded_error", 503},
    {"server_is_overloaded", 503},
    {"slow_down", 503},
    {"server_error", 500},
    {"invalid_request_error", 400},
    {"tool_use_failed", 400},
    {"context_length_exceeded", 400},
    {"content_filter", 400},
    {"model_not_found", 404},
    {"timeout", 504},
}};

int status_of(const std::string& code, const std::string& type) {
    const int number = code.size() == 3 ? std::atoi(code.c_str()) : 0;
    if (number >= 400 && number < 600) return number;
    for (const auto& word : {code, type}) {
        const auto known =
            std::ranges::find(statuses, word, &std::pair<std::string_view, int>::first);
        if (known != statuses.end()) return known->second;
    }
    return 502;
}

}  // namespace

Error decode_error(int status, std::string_view body, std::string_view provider) {
    Error error{.kind = ErrorKind::upstream_refused, .message = {}};
    error.status = status;
    auto said = read_json(body);
    if (status < 400 || status > 599) {
        error.status = status_of(said.code, said.type);
    }
    error.type = std::move(said.type);
    error.param = std::move(said.param);
    error.code = std::move(said.code);
    error.retry_after = whole_seconds(said.wait);
    if (error.retry_after.empty()) error.retry_after = wait_in_words(said.message);
    if (!said.message.empty()) {
        error.message = cut(with_raw(std::move(said.message), said.raw));
        if (is_about_the_length(error)) error.code = "context_length_exceeded";
        return error;
    }
    const auto answered = std::string(provider) + " answered with status " + std::to_string(status);
    const auto text = is_page(body) ? text_of_page(body) : std::string(body);
    const bool is_blank = text.find_first_not_of(" \t\r\n") == std::string::npos;
    error.message = is_blank ? answered + " and said nothing more." : answered + ": " + cut(text);
    return error;
}

}  // namespace router::dialects::openai_chat
