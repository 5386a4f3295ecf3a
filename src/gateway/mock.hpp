#pragma once

#include "accounting/call_record.hpp"
#include "gateway/endpoint.hpp"
#include "gateway/receive.hpp"
#include "gateway/send.hpp"
#include "http/exchange.hpp"

namespace router::gateway {

// Answers a call with the target's mock_response, as LiteLLM does: whole or as a stream, 10 prompt
// and 20 completion tokens. A text such as "litellm.RateLimitError" is that error.
//   errors  bad_request where the endpoint's answers cannot be mocked, or the body is no JSON
http::awaitable<Result<>> relay_mock(const Sent& sent, const Incoming& incoming,
                                     dialects::AnswerContext context, const Endpoint& endpoint,
                                     http::Exchange& client, accounting::CallRecord& record);

}  // namespace router::gateway
