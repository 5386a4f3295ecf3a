#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "canonical/answer.hpp"
#include "wire/json.hpp"

namespace router::dialects::openai_responses {

// What a response object says but for its output. The views hold as long as the document.
struct ResponseHead {
    std::string_view id{};
    std::string_view model{};
    std::string_view model_json{};  // with its quotes, in the body's own bytes
    std::string_view status{};
    std::string_view incomplete{};
    std::string_view service_tier{};
    std::int64_t created = 0;
    canonical::Usage usage{};
    std::optional<Error> error{};
};

void take_response_member(std::string_view key, wire::json::value& value, ResponseHead& head);

// How a response ended that did not fail.
//
//   has_calls    a tool of the client's was called
//   has_refusal  a part of it is a refusal
canonical::Ending ending_of(const ResponseHead& head, bool has_calls, bool has_refusal);

bool has_failed(const ResponseHead& head);
Error failure_of(const ResponseHead& head);

// The dialect's word for how it ended: of an incomplete one, why.
std::string_view finish_word(const ResponseHead& head);

}  // namespace router::dialects::openai_responses
