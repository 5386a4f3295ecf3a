#pragma once

#include <array>
#include <string_view>

#include "gateway/receive.hpp"
#include "routing/route.hpp"

namespace router::gateway {

// Members of a request that are said to the router, as to LiteLLM, and go no further.
inline constexpr std::array<std::string_view, 3> members_for_us{"fallbacks", "num_retries",
                                                                "disable_fallbacks"};

// Whether `field` is one of them, in whatever spelling a dialect has for it.
bool is_for_us(std::string_view field);

// How the caller wants its call to go on when a target fails: those members, and the header
// x-litellm-num-retries. Notes in `incoming` whether any is there.
//   errors  bad_request, with the member that is none of what it may be
Result<routing::Wishes> wishes_of(const http::RequestHead& request, Incoming& incoming);

}  // namespace router::gateway
