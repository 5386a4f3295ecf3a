#include "dialects/openai_responses/error.hpp"

#include "dialects/openai_words.hpp"

namespace router::dialects::openai_responses {

std::string_view stream_code(const Error& error) {
    // A response's own error has a closed list of codes: of another's words only the error's code
    // may be among them.
    const bool is_word = error.code.find_first_not_of("0123456789") != std::string::npos;
    if (is_word) return error.code;
    const int status = openai_status_of(error);
    if (status == 429) return "rate_limit_exceeded";
    if (status >= 400 && status < 500) return "invalid_prompt";
    return "server_error";
}

}  // namespace router::dialects::openai_responses
