#include "dialects/openai_words.hpp"

#include <algorithm>
#include <array>

namespace router::dialects {
namespace {

// Source: the error types of Anthropic and Google (read 2026-11-22)
constexpr std::array words{
    OpenAiWord{"overloaded_error", "overloaded_error", "overloaded", 503},
    OpenAiWord{"rate_limit_error", "rate_limit_error", "rate_limit_exceeded"},
    OpenAiWord{"billing_error", "billing_error", "insufficient_quota", 429},
    OpenAiWord{"not_found_error", "invalid_request_error", "model_not_found"},
    OpenAiWord{"api_error", "server_error", {}},
    OpenAiWord{"INVALID_ARGUMENT", "invalid_request_error", {}},
    OpenAiWord{"FAILED_PRECONDITION", "invalid_request_error", {}},
    OpenAiWord{"OUT_OF_RANGE", "invalid_request_error", {}},
    OpenAiWord{"UNAUTHENTICATED", "authentication_error", {}},
    OpenAiWord{"PERMISSION_DENIED", "permission_error", {}},
    OpenAiWord{"NOT_FOUND", "invalid_request_error", "model_not_found"},
    OpenAiWord{"RESOURCE_EXHAUSTED", "rate_limit_error", "rate_limit_exceeded"},
    OpenAiWord{"INTERNAL", "server_error", {}},
    OpenAiWord{"UNAVAILABLE", "server_error", "overloaded"},
    OpenAiWord{"DEADLINE_EXCEEDED", "timeout_error", {}},
};

}  // namespace

const OpenAiWord* openai_word_of(const Error& error) {
    const auto* const found = std::ranges::find(words, error.type, &OpenAiWord::foreign);
    return error.type.empty() || found == words.end() ? nullptr : found;
}

std::string_view openai_type_of(const Error& error) {
    const auto* const word = openai_word_of(error);
    if (word != nullptr) return word->type;
    return error.type.empty() ? std::string_view(openai_type(error.kind)) : error.type;
}

std::string_view openai_code_of(const Error& error) {
    const auto* const word = openai_word_of(error);
    return error.code.empty() && word != nullptr ? word->code : std::string_view(error.code);
}

}  // namespace router::dialects
