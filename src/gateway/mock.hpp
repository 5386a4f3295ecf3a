#pragma once

#include "gateway/delivery.hpp"

namespace router::gateway {

// Answers a call with the target's mock_response, as LiteLLM does: whole or as a stream, 10 prompt
// and 20 completion tokens. A text such as "litellm.RateLimitError" is that error.
//   errors  bad_request where the endpoint's answers cannot be mocked, or the body is no JSON
http::awaitable<Result<>> relay_mock(Delivery delivery);

}  // namespace router::gateway
