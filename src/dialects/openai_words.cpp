#include "dialects/openai_words.hpp"

#include <algorithm>
#include <array>

#include "wire/json_writer.hpp"

namespace router::dialects {
namespace {

struct Word {
    std::string_view word;
    int status;
    std::string_view type = {};  // in OpenAI's dialects; empty: it stays
    std::string_view code = {};  // where the error has none
};

constexpr std::string_view limited = "rate_limit_exceeded", unknown_model = "model_not_found",
                           invalid = "invalid_request_error", broken = "server_error";

// Source: the error types and codes in the documentation of OpenAI, Groq, Anthropic, Google and
// Amazon, and in recordings of them (read 2026-11-22)
constexpr std::array words{
    Word{"rate_limit_exceeded", 429},
    Word{"tokens", 429},
    Word{"requests", 429},
    Word{"insufficient_quota", 429},
    Word{"exceeded_current_quota_error", 429, "insufficient_quota"},
    Word{"server_error", 500},
    Word{"server_is_overloaded", 503},
    Word{"slow_down", 503},
    Word{"timeout", 504},
    Word{"vector_store_timeout", 504},
    Word{"invalid_prompt", 400},
    Word{"context_length_exceeded", 400},
    Word{"content_filter", 400},
    Word{"bio_policy", 400},
    Word{"cyber_policy", 400},
    Word{"content_policy_violation", 400},
    Word{"image_content_policy_violation", 400},
    Word{"tool_use_failed", 400},
    Word{"model_not_found", 404},
    Word{"invalid_api_key", 401},
    // Anthropic's, which compatible servers use as well
    Word{"invalid_request_error", 400},
    Word{"authentication_error", 401},
    Word{"billing_error", 402, "billing_error", "insufficient_quota"},
    Word{"permission_error", 403},
    Word{"not_found_error", 404, invalid, unknown_model},
    Word{"conflict_error", 409, invalid},
    Word{"request_too_large", 413, invalid},
    Word{"rate_limit_error", 429, "rate_limit_error", limited},
    Word{"api_error", 500, broken},
    Word{"timeout_error", 504},
    Word{"overloaded_error", 529, "overloaded_error", "overloaded"},
    // Google's
    Word{"INVALID_ARGUMENT", 400, invalid},
    Word{"FAILED_PRECONDITION", 400, invalid},
    Word{"OUT_OF_RANGE", 400, invalid},
    Word{"UNAUTHENTICATED", 401, "authentication_error"},
    Word{"PERMISSION_DENIED", 403, "permission_error"},
    Word{"NOT_FOUND", 404, invalid, unknown_model},
    Word{"ABORTED", 409, invalid},
    Word{"RESOURCE_EXHAUSTED", 429, "rate_limit_error", limited},
    Word{"CANCELLED", 499, broken},
    Word{"UNKNOWN", 500, broken},
    Word{"INTERNAL", 500, broken},
    Word{"UNIMPLEMENTED", 501, invalid},
    Word{"UNAVAILABLE", 503, broken, "overloaded"},
    Word{"DEADLINE_EXCEEDED", 504, "timeout_error"},
    // Amazon's
    Word{"ValidationException", 400, invalid},
    Word{"ServiceQuotaExceededException", 400, invalid},
    Word{"AccessDeniedException", 403, "permission_error"},
    Word{"ExpiredTokenException", 403, "permission_error"},
    Word{"UnrecognizedClientException", 403, "permission_error"},
    Word{"ResourceNotFoundException", 404, invalid, unknown_model},
    Word{"ModelTimeoutException", 504, "timeout_error"},
    Word{"ThrottlingException", 429, "rate_limit_error", limited},
    Word{"ModelNotReadyException", 429, "rate_limit_error", limited},
    Word{"ModelErrorException", 500, broken},
    Word{"ModelStreamErrorException", 500, broken},
    Word{"InternalServerException", 500, broken},
    Word{"ServiceUnavailableException", 503, broken, "overloaded"},
};

const Word* find(std::string_view word) {
    const auto* const found = std::ranges::find(words, word, &Word::word);
    return found == words.end() ? nullptr : found;
}

// Of an upstream that refused without a word of its own.
std::string_view type_of_status(int status) {
    switch (status) {
        case 401:
            return "authentication_error";
        case 403:
            return "permission_error";
        case 429:
            return "rate_limit_error";
        case 504:
            return "timeout_error";
        default:
            return status < 500 ? invalid : broken;
    }
}

}  // namespace

int status_of_word(std::string_view word) {
    const auto* const found = find(word);
    return found == nullptr ? 0 : found->status;
}

std::string_view openai_type_of(const Error& error) {
    const auto* const word = find(error.type);
    if (word != nullptr && !word->type.empty()) return word->type;
    if (!error.type.empty()) return error.type;
    const bool is_refused = error.kind == ErrorKind::upstream_refused && error.status != 0;
    return is_refused ? type_of_status(openai_status_of(error)) : openai_type(error.kind);
}

std::string_view openai_code_of(const Error& error) {
    if (error.status == 402) return "insufficient_quota";
    if (!error.code.empty()) return error.code;
    if (const auto* const word = find(error.type); word != nullptr && !word->code.empty())
        return word->code;
    return error.status == 429 ? limited : std::string_view();
}

int openai_status_of(const Error& error) {
    const int status = error.http_status();
    if (error.kind != ErrorKind::upstream_refused) return status;
    switch (status) {
        case 402:  // for SDKs a quota is used up, not a bill unpaid
            return 429;
        case 408:  // theirs, not the client's
            return 504;
        case 424:  // Bedrock: the model failed
            return 502;
        case 498:  // Groq: no capacity in the flex tier
        case 529:
            return 503;
        default:
            return status > 504 ? 502 : status;
    }
}

std::string openai_error(const Error& error) {
    std::string body;
    wire::JsonWriter out(body);
    const auto text_or_null = [&](std::string_view name, std::string_view text) {
        if (text.empty()) {
            out.null(name);
        } else {
            out.text(name, text);
        }
    };
    out.begin_object().begin_object("error").text("message", error.message);
    out.text("type", openai_type_of(error));
    text_or_null("param", error.param);
    text_or_null("code", openai_code_of(error));
    out.end_object().end_object();
    return body;
}

}  // namespace router::dialects
