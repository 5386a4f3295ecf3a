#include "dialects/upstream_error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "dialects/error_words.hpp"
#include "dialects/openai_words.hpp"

namespace router::dialects {
namespace {

namespace json = wire::json;

constexpr int deepest = 6;

struct Said {
    std::string message{}, type{}, param{}, code{};
    std::string explanation{};  // OAuth: the error in a sentence
    std::string reason{};       // Google's ErrorInfo: the error in a word
    std::string raw{};          // OpenRouter: what its provider said
    double wait = 0;            // seconds; 0: not said
    int status = 0;             // 0: not said
};

bool is_error_status(std::int64_t status) { return status >= 400 && status < 600; }

std::string scalar_text(json::value& value) {
    const auto type = json::type_of(value);
    if (type == json::json_type::string) return std::string(json::text_or_empty(value));
    if (type == json::json_type::number) return std::string(json::raw(value));
    return {};
}

// Takes what `into` lacks from `from`.
void fill(Said& into, Said&& from) {
    for (const auto member : {&Said::message, &Said::type, &Said::param, &Said::code,
                              &Said::explanation, &Said::reason, &Said::raw}) {
        if ((into.*member).empty()) into.*member = std::move(from.*member);
    }
    if (into.wait == 0) into.wait = from.wait;
    if (into.status == 0) into.status = from.status;
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

// A number, "34.4s" as proto JSON writes a duration, or an object of seconds and nanos.
double seconds_of(json::value& value) {
    if (json::type_of(value) != json::json_type::object) {
        const auto text = scalar_text(value);
        std::string_view rest = text;
        return take_span(rest).value_or(0);
    }
    double seconds = 0;
    json::each_member(value, [&](std::string_view key, json::value& part) {
        if (key == "seconds") seconds += json::number(part).value_or(0);
        if (key == "nanos") seconds += json::number(part).value_or(0) / 1e9;
    });
    return seconds;
}

// A number in place of a word is a status, or a number of the provider's own.
void take_code(json::value& value, Said& said) {
    auto text = scalar_text(value);
    int number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ptr == text.data() + text.size() && is_error_status(number)) {
        said.status = number;
    } else if (said.code.empty()) {
        said.code = std::move(text);
    }
}

// Google's word, or the number of a problem as RFC 9457 has it; not that of a Responses answer.
void take_status(json::value& value, Said& said) {
    if (json::type_of(value) == json::json_type::string) {
        const auto word = json::text_or_empty(value);
        if (word != "failed") said.type = word;
    } else if (const auto number = json::integer(value).value_or(0); is_error_status(number)) {
        said.status = static_cast<int>(number);
    }
}

// "error" is the type of an event that holds one.
void take_type(json::value& value, Said& said) {
    auto type = scalar_text(value);
    type.erase(0, type.rfind('#') + 1);  // a.b#ThrottlingException; without a mark npos + 1 is 0
    if (type != "error") said.type = std::move(type);
}

// What says more than the error itself: false when the member is none of those.
bool take_more(std::string_view key, json::value& value, Said& said, int depth) {
    const auto each_inside = [&](json::value& object) {
        if (depth > deepest) return;
        json::each_member(object, [&](std::string_view name, json::value& member) {
            take_more(name, member, said, depth + 1);
        });
    };
    if (key == "retry_after" || key == "retry_after_seconds" || key == "retryDelay" ||
        key == "retry_delay" || key == "estimated_time") {  // Hugging Face: until a model is loaded
        said.wait = seconds_of(value);
    } else if (key == "error_type") {
        if (said.type.empty()) said.type = scalar_text(value);
    } else if (key == "error_code") {
        said.code = scalar_text(value);
    } else if (key == "reason") {
        said.reason = scalar_text(value);
    } else if (key == "field") {
        if (said.param.empty()) said.param = scalar_text(value);
    } else if (key == "raw") {
        said.raw = scalar_text(value);
    } else if (key == "metadata" || key == "availability" || key == "details" ||
               key == "fieldViolations" || key == "field_violations") {
        if (json::type_of(value) == json::json_type::array) {
            json::each_element(value, each_inside);
        } else {
            each_inside(value);
        }
    } else {
        return false;
    }
    return true;
}

void take_field(std::string_view key, json::value& value, Said& said) {
    if (key == "type" || key == "__type") {
        take_type(value, said);
    } else if (key == "status") {
        take_status(value, said);
    } else if (key == "code") {
        take_code(value, said);
    } else if (key == "param") {
        said.param = scalar_text(value);
    } else if (key == "loc") {
        said.param = path_of(value);
    } else if (key == "error_description" || key == "errorDescription") {
        said.explanation = scalar_text(value);
    }
}

// An object that is the error itself or holds it: members `error`, `message`, `detail`, in this
// order of trust.
Said read_object(json::value& value, int depth) {
    Said said, inner, detail;
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "error" || key == "errors") {
            inner = read_value(member, depth + 1);
        } else if (key == "choices") {
            if (inner.message.empty()) inner = read_value(member, depth + 1);
        } else if (key == "message" || key == "Message" || key == "msg") {
            said.message = read_value(member, depth + 1).message;
        } else if (key == "detail") {
            detail = read_value(member, depth + 1);
        } else if (!take_more(key, member, said, depth)) {
            take_field(key, member, said);
        }
    });
    fill(inner, std::move(said));
    fill(inner, std::move(detail));
    return inner;
}

Said read_value(json::value& value, int depth) {
    if (depth > deepest) return {};
    const auto type = json::type_of(value);
    if (type == json::json_type::object) return read_object(value, depth);
    if (type != json::json_type::array) return {.message = scalar_text(value)};
    Said said;
    json::each_element(value, [&](json::value& first) {
        said = read_value(first, depth + 1);
        return false;
    });
    return said;
}

Said read_body(std::string_view body) {
    std::string padded(body);
    padded.append(json::padding, '\0');
    auto document = json::read_inner(std::string_view(padded).substr(0, body.size()));
    json::value value;
    std::string_view bare;
    if (document.get_value().get(value) == simdjson::SUCCESS) return read_value(value, 0);
    if (document.get_string().get(bare) == simdjson::SUCCESS) return {.message = std::string(bare)};
    return {};
}

// A stream that begins with its error has it in an event, whatever the status.
std::string_view without_field(std::string_view body) {
    constexpr std::string_view field = "data:";
    const auto line = body.starts_with("event:") ? body.find('\n') + 1 : 0;
    return body.substr(line).starts_with(field) ? body.substr(line + field.size()) : body;
}

// "Provider returned error" alone helps nobody: what the provider said goes with it.
std::string with_raw(std::string message, const std::string& raw) {
    if (raw.empty()) return message;
    const auto said = read_body(raw).message;
    const auto& words = said.empty() ? raw : said;
    if (message.empty() || message == words) return words;
    return message + ": " + words;
}

int status_of(const Said& said) {
    if (said.status != 0) return said.status;
    for (const auto* const word : {&said.code, &said.reason, &said.type}) {
        if (const int status = status_of_word(*word); status != 0) return status;
    }
    const bool is_about_input = said.code.find("image") != std::string::npos ||
                                said.code.starts_with("invalid_") ||
                                said.code.starts_with("unsupported_");
    return is_about_input ? 400 : 502;
}

// A key that is none is a 400 to Google.
bool is_about_the_key(const Error& error) {
    constexpr std::array<std::string_view, 3> reasons{"API_KEY_INVALID", "API_KEY_EXPIRED",
                                                      "ACCESS_TOKEN_EXPIRED"};
    return std::ranges::find(reasons, error.code) != reasons.end() ||
           error.message.starts_with("API key not valid") ||
           error.message.starts_with("API key expired");
}

Error error_of(Said&& said, int status) {
    const bool is_told = is_error_status(status);
    Error error{.kind = ErrorKind::upstream_refused, .message = {}};
    error.status = is_told ? status : status_of(said);
    error.message = shortened(with_raw(std::move(said.message), said.raw));
    error.type = std::move(said.type);
    error.param = std::move(said.param);
    error.code = said.reason.empty() ? std::move(said.code) : std::move(said.reason);
    if (error.type == "exceeded_current_quota_error")
        error.code = "insufficient_quota";  // Moonshot
    if (error.status == 400 && is_about_the_key(error)) error.status = 401;
    const bool may_be_length = error.status == 400 || error.status == 413 || !is_told;
    if (may_be_length && is_context_overflow(error.message)) {
        error.code = "context_length_exceeded";
        if (!is_told) error.status = 400;
    }
    if (is_spent(error)) return error;
    error.retry_after = whole_seconds(said.wait);
    if (error.retry_after.empty()) error.retry_after = wait_in_words(error.message);
    return error;
}

}  // namespace

Error decode_upstream_error(int status, std::string_view body, std::string_view provider) {
    body = without_field(body);
    auto said = read_body(body);
    if (!said.explanation.empty()) {  // OAuth: the error itself is a word
        if (said.code.empty()) said.code = std::move(said.message);
        said.message = std::move(said.explanation);
    }
    if (said.message.empty() && said.raw.empty()) {
        const auto text = readable_text(body);
        said.message = std::string(provider) + " answered with status " + std::to_string(status) +
                       (text.empty() ? " and said nothing more." : ": " + text);
    }
    return error_of(std::move(said), status);
}

Error upstream_error_in(json::value& value) {
    auto said = read_value(value, 0);
    if (said.message.empty()) said.message = "The upstream's answer failed, and it said no more.";
    return error_of(std::move(said), 0);
}

bool is_spent(const Error& error) {
    return error.status == 402 || error.code == "insufficient_quota" ||
           error.type == "insufficient_quota" || error.code.contains("spend_limit_reached");
}

}  // namespace router::dialects
