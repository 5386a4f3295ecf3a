#pragma once

#include <string_view>

#include "base/error.hpp"
#include "canonical/request.hpp"
#include "dialects/dialect.hpp"

namespace router::dialects::anthropic_messages {

// A request for an upstream that speaks Messages; see Dialect::encode_request(). What the API
// refuses is never written: empty texts, a first message that is not the user's, ids with other
// letters, more than four cache marks, thoughts that Anthropic did not sign.
//
//   source  https://docs.anthropic.com/en/api/messages and the types of the SDKs (read 2026-11-22)
Result<EncodedRequest> encode_request(const canonical::Request& request, std::string_view model,
                                      const Variant& variant);

}  // namespace router::dialects::anthropic_messages
