#include <algorithm>
#include <array>

#include "dialects/openai_chat/error.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::openai_chat {
namespace {

// What another dialect's word for an error is called here. Anthropic's types are words that
// compatible servers use as well, and stay.
struct Word {
    std::string_view foreign;
    std::string_view type;
    std::string_view code;  // where the error has none
    int status = 0;         // 0: as it was
};

// Source: the error types of Anthropic and Google (read 2026-11-22)
constexpr std::array words{
    Word{"overloaded_error", "overloaded_error", "overloaded", 503},
    Word{"rate_limit_error", "rate_limit_error", "rate_limit_exceeded"},
    Word{"billing_error", "billing_error", "insufficient_quota", 429},
    Word{"not_found_error", "invalid_request_error", "model_not_found"},
    Word{"api_error", "server_error", {}},
    Word{"INVALID_ARGUMENT", "invalid_request_error", {}},
    Word{"FAILED_PRECONDITION", "invalid_request_error", {}},
    Word{"OUT_OF_RANGE", "invalid_request_error", {}},
    Word{"UNAUTHENTICATED", "authentication_error", {}},
    Word{"PERMISSION_DENIED", "permission_error", {}},
    Word{"NOT_FOUND", "invalid_request_error", "model_not_found"},
    Word{"RESOURCE_EXHAUSTED", "rate_limit_error", "rate_limit_exceeded"},
    Word{"INTERNAL", "server_error", {}},
    Word{"UNAVAILABLE", "server_error", "overloaded"},
    Word{"DEADLINE_EXCEEDED", "timeout_error", {}},
};

const Word* word_of(const Error& error) {
    const auto* const found = std::ranges::find(words, error.type, &Word::foreign);
    return error.type.empty() || found == words.end() ? nullptr : found;
}

void write_or_null(wire::JsonWriter& json, std::string_view key, std::string_view text) {
    if (text.empty()) {
        json.null(key);
    } else {
        json.text(key, text);
    }
}

}  // namespace

std::string encode_error(const Error& error) {
    const auto* const word = word_of(error);
    const bool has_code = !error.code.empty();
    std::string out;
    wire::JsonWriter json(out);
    json.begin_object().begin_object("error");
    json.text("message", error.message);
    json.text("type", word != nullptr       ? word->type
                      : !error.type.empty() ? std::string_view(error.type)
                                            : openai_type(error.kind));
    write_or_null(json, "param", error.param);
    write_or_null(json, "code", has_code || word == nullptr ? error.code : word->code);
    json.end_object().end_object();
    return out;
}

int error_status(const Error& error) {
    const auto* const word = word_of(error);
    return word != nullptr && word->status != 0 ? word->status : error.http_status();
}

}  // namespace router::dialects::openai_chat
