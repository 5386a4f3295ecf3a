#pragma once

#include <string>

#include "canonical/answer.hpp"

namespace router::dialects {

// What a client is told of an answer that is none, since a fault ended it: the provider's word for
// it, and what else the provider said.
std::string failure_words(const canonical::Ending& ending);

}  // namespace router::dialects
