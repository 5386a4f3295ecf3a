#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "dialects/bedrock_converse/reading.hpp"

namespace router::dialects::bedrock_converse {
namespace {

struct Said {
    std::string message;
    std::string type;
};

// {"message"}, {"Message"}, {"__type":"a.b#ThrottlingException","message"}; or all of it in a
// member `error`.
void read_object(json::value& value, Said& said, int depth) {
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "message" || key == "Message") {
            said.message = json::text_or_empty(member);
        } else if (key == "__type" || key == "code" || (key == "type" && said.type.empty())) {
            said.type = json::text_or_empty(member);
        } else if (key == "error" && depth == 0) {
            said.type.clear();
            read_object(member, said, depth + 1);
        }
    });
    if (const auto mark = said.type.rfind('#'); mark != std::string::npos)
        said.type.erase(0, mark + 1);
}

int status_of(std::string_view type) {
    constexpr std::array<std::pair<std::string_view, int>, 6> statuses{{
        {"invalid_request_error", 400},
        {"rate_limit_error", 429},
        {"api_error", 500},
        {"overloaded_error", 503},
        {"timeout_error", 504},
        {"ThrottlingException", 429},
    }};
    for (const auto& [name, status] : statuses) {
        if (name == type) return status;
    }
    return 502;
}

bool is_context_overflow(std::string_view text) {
    constexpr std::array<std::string_view, 4> signs{"Input is too long", "input is too long",
                                                    "prompt is too long", "maximum context length"};
    return std::ranges::any_of(signs, [&](const auto sign) { return text.contains(sign); });
}

}  // namespace

Error decode_error(int status, std::string_view body, std::string_view provider) {
    Said said;
    std::string padded(body);
    padded.append(json::padding, '\0');
    {
        auto document = json::read(std::string_view(padded).substr(0, body.size()));
        json::value root;
        if (document.get_value().get(root) == simdjson::SUCCESS) read_object(root, said, 0);
    }
    Error error{.kind = ErrorKind::upstream_refused, .message = std::move(said.message)};
    error.status = status >= 400 && status < 600 ? status : status_of(said.type);
    error.type = std::move(said.type);
    if (error.message.empty()) {
        error.message =
            std::string(provider) + " answered with status " + std::to_string(error.status) + ".";
    }
    if (is_context_overflow(error.message)) error.code = "context_length_exceeded";
    return error;
}

}  // namespace router::dialects::bedrock_converse
