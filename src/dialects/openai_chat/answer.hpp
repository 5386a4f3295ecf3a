#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "canonical/usage.hpp"

namespace router::dialects::openai_chat {

// A whole answer: what accounting must know of it, and where its `model` stands.
struct Answer {
    bool is_object = false;  // false: not JSON, or none that could be read
    bool is_error = false;   // it holds an `error`, whatever its status said
    std::string_view
        model;  // the value with its quotes, in the body's own bytes; empty: there is none
    std::string finish_reason;
    canonical::Usage usage;
    std::string_view usage_json;  // in the body's own bytes; empty: there is none

    bool is_odd = false;  // a client's SDK might stumble over something in it: mended_answer()
};

// `body` must be followed by 64 readable bytes.
Answer read_answer(std::string_view body);

// An answer that is odd, with what a client's SDK would stumble over put right: its choices
// (mend.hpp), its usage (mend_usage.hpp), and id, object and model where they are missing. All else
// stays, in its order and with its numbers as they are written. Empty: nothing was to be mended.
std::string mended_answer(std::string_view body);

// An answer made here, not by an upstream: LiteLLM's mock_response.
std::string mock_answer(std::string_view id, std::string_view model, std::string_view text,
                        std::int64_t created);
std::string mock_stream(std::string_view id, std::string_view model, std::string_view text,
                        std::int64_t created, bool with_usage);
std::string mock_completion(std::string_view id, std::string_view model, std::string_view text,
                            std::int64_t created);
canonical::Usage mock_usage();  // 10 prompt and 20 completion tokens, as LiteLLM counts them

}  // namespace router::dialects::openai_chat
