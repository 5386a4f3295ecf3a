#pragma once

#include <string>
#include <utility>

#include "base/error.hpp"

namespace router::dialects {

// What is told of an upstream whose bytes make no sense, or end too early.
//
//   detail  for the log

inline std::unexpected<Error> not_understood(std::string detail) {
    return std::unexpected(Error{.kind = ErrorKind::upstream_broken,
                                 .message = "The provider's answer could not be understood.",
                                 .detail = std::move(detail)});
}

inline std::unexpected<Error> ended_early(std::string detail = {}) {
    return std::unexpected(
        Error{.kind = ErrorKind::upstream_broken,
              .message = "The provider's stream ended before its answer was finished.",
              .detail = std::move(detail)});
}

}  // namespace router::dialects
