#pragma once

#include <cstdint>
#include <string>

#include "base/error.hpp"
#include "http/head.hpp"

namespace router::gateway {

// How long an upstream that refused wants to be left alone, in whole seconds, rounded up; empty
// when its head does not say. Read are retry-after-ms, retry-after (seconds or a date), and, of a
// refusal for its rate, the limits that are used up: anthropic-ratelimit-*-reset (a time) and
// x-ratelimit-reset-* (a span such as "6m0s").
//
//   now  seconds since 1970
std::string retry_after(const http::ResponseHead& head, std::int64_t now);

// The header lines by which SDKs decide whether to call again: retry-after and x-should-retry. A
// rate limit without a hint gets a few seconds, for some clients give up without one; an error that
// a minute's wait does not mend says that it is in vain.
std::string retry_headers(const Error& error);

}  // namespace router::gateway
