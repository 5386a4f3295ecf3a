#pragma once

#include <string>

#include "canonical/block.hpp"

namespace router::dialects {

// What stands for a medium in an answer whose dialect has no place for it: a link to it, as
// Markdown, or that it was there. The inside of a JSON string.
std::string media_text(const canonical::MediaBlock& media);

}  // namespace router::dialects
