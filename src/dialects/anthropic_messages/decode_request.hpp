#pragma once

#include <string_view>

#include "base/error.hpp"
#include "canonical/request.hpp"
#include "dialects/dialect.hpp"

namespace router::dialects::anthropic_messages {

// What a client of the Messages API asks for, in both of its versions (2023-06-01, 2026-10-21).
// `max_tokens` may be missing: the token counter's requests have none.
//
//   results    of tools stand in a message of the user: here in a turn of their own before the
//              rest of it
//   left out   Claude Code's billing header, a system block that differs from call to call and
//              says nothing to a model
//   errors     bad_request in Anthropic's manner: "messages.0.role: ..."
Result<canonical::Request> decode_request(std::string_view body, const RequestContext& context);

}  // namespace router::dialects::anthropic_messages
