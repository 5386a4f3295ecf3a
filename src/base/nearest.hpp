#pragma once

#include <span>
#include <string_view>

namespace router {

// The candidate that `word` was most likely meant to be, for "did you mean"; empty when none is
// near: more than a third of its letters would have to change (inserted, removed, replaced or
// swapped with a neighbour). Case does not count.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace router
