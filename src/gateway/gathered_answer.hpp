#pragma once

#include <string_view>

#include "base/error.hpp"
#include "canonical/answer.hpp"
#include "dialects/dialect.hpp"
#include "providers/ask.hpp"

namespace router::gateway {

// The answer that a whole stream adds up to.
//   errors  those of the dialect's StreamDecoder
Result<canonical::Answer> gather(std::string_view stream, const dialects::Dialect& from,
                                 providers::Framing framing);

}  // namespace router::gateway
