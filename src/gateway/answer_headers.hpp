#pragma once

#include <string>
#include <string_view>

#include "accounting/call_record.hpp"
#include "gateway/send.hpp"

namespace router::gateway {

// The header lines of an answer from a model: its type, LiteLLM's x-litellm-* that users' tools
// read, and what the upstream says of its rate limits.
//
//   upstream  the head of its answer; null for a mock
std::string answer_headers(std::string_view content_type, const Sent& sent,
                           const http::ResponseHead* upstream,
                           const accounting::CallRecord& record);

// Those of every answer to a call, errors as well.
std::string call_headers(const accounting::CallRecord& record);

}  // namespace router::gateway
