#pragma once

#include <cstdint>

namespace router::canonical {

// Tokens of one call. `prompt` includes the cached ones, `completion` the reasoning ones.
struct Usage {
    std::uint64_t prompt = 0;
    std::uint64_t completion = 0;
    std::uint64_t total = 0;
    std::uint64_t cached = 0;
    std::uint64_t reasoning = 0;
    bool is_known = false;  // false: the upstream did not say
};

}  // namespace router::canonical
