#include "dialects/anthropic_messages/error.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "dialects/anthropic_messages/error_text.hpp"
#include "dialects/anthropic_messages/reading.hpp"
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

int status_of(std::string_view type) {
    for (const auto& [name, status] : types) {
        if (name == type) return status;
    }
    return 502;
}

std::string_view type_of_status(int status) {
    for (const auto& [name, known] : types) {
        if (known == status) return name;
    }
    if (status == 408) return "timeout_error";
    return status < 500 ? "invalid_request_error" : "api_error";
}

struct Said {
    std::string message{}, type{}, param{}, code{};
};

std::string scalar_text(json::value& value) {
    const auto type = json::type_of(value);
    if (type == json::json_type::string) return std::string(json::text_or_empty(value));
    if (type == json::json_type::number) return std::string(json::raw(value));
    return {};
}

Said read_value(json::value& value, int depth);

// An object that is the error itself or holds it: members `error`, `message`, `detail`, in this
// order of trust.
Said read_object(json::object& object, int depth) {
    Said said;
    Said inner;
    std::string detail;
    each_field(object, [&](std::string_view key, json::value& value) {
        if (key == "error" || key == "errors") {
            inner = read_value(value, depth + 1);
        } else if (key == "message" || key == "msg") {
            said.message = read_value(value, depth + 1).message;
        } else if (key == "detail") {
            detail = read_value(value, depth + 1).message;
        } else if (key == "details") {
            json::each_member(value, [&](std::string_view name, json::value& member) {
                if (name == "error_code") said.code = scalar_text(member);
            });
        } else if (key == "type") {
            said.type = scalar_text(value);
        } else if (key == "param") {
            said.param = scalar_text(value);
        } else if (key == "code" && said.code.empty()) {
            said.code = scalar_text(value);
        }
    });
    if (!inner.message.empty() || !inner.type.empty()) return inner;
    if (said.message.empty()) said.message = std::move(detail);
    return said;
}

Said read_value(json::value& value, int depth) {
    const auto type = json::type_of(value);
    if (depth > 6) return {};
    if (type == json::json_type::object) {
        json::object object;
        return value.get_object().get(object) == simdjson::SUCCESS ? read_object(object, depth)
                                                                   : Said();
    }
    if (type != json::json_type::array) return {.message = scalar_text(value)};
    Said first;
    json::each_element(value, [&](json::value& element) {
        first = read_value(element, depth + 1);
        return false;
    });
    return first;
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

bool says_of_context(const Error& error) {
    return error.code == "context_length_exceeded" || is_context_overflow(error.message);
}

}  // namespace

Error decode_error(int status, std::string_view body, std::string_view provider) {
    auto said = read_json(body);
    Error error{.kind = ErrorKind::upstream_refused, .message = std::move(said.message)};
    error.status = status >= 400 && status < 600 ? status : status_of(said.type);
    error.type = std::move(said.type);
    error.param = std::move(said.param);
    error.code = std::move(said.code);
    if (error.message.empty()) {
        error.message = readable_text(body);
        const auto answered =
            std::string(provider) + " answered with status " + std::to_string(error.status);
        error.message = error.message.empty() ? answered + " and said nothing more."
                                              : answered + ": " + error.message;
    }
    error.message = shortened(std::move(error.message));
    error.retry_after = retry_after_in(error.message);
    if (error.code.empty() && is_context_overflow(error.message)) {
        error.code = "context_length_exceeded";
    }
    return error;
}

// A key of ours that an upstream refuses is not the client's fault.
int error_status(const Error& error) {
    const int status = error.http_status();
    if (error.kind == ErrorKind::upstream_refused) {
        if (error.code == "insufficient_quota") return 402;
        if (status == 401 || status == 403) return 500;
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
