#pragma once

#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "canonical/request.hpp"

namespace router::dialects {

// What the dialects of Anthropic and of Bedrock have no words for. Fields are called as Chat calls
// them.

// The field as the client knows it, for losses and errors: "seed" of Chat is
// "generationConfig.seed" of Gemini.
std::string_view client_field(canonical::DialectId dialect, std::string_view chat_name);

// The fields that say something and cannot be said.
std::vector<std::string_view> unsaid_fields(const canonical::Request& request);

// Refuses what would be another call: several answers, other than text, a schema that is missing.
//
//   provider  named in the message: "Anthropic"
//   errors    bad_request, naming the field as the client knows it
Result<> check_sayable(const canonical::Request& request, std::string_view provider);

// The error that check_sayable() tells.
std::unexpected<Error> refuse_field(const canonical::Request& request, std::string_view field,
                                    std::string_view why);

}  // namespace router::dialects
