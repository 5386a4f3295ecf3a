#pragma once

#include <string_view>

#include "canonical/answer.hpp"

namespace router::dialects::openai_responses {

struct FinalStatus {
    std::string_view status = "completed";
    std::string_view incomplete{};  // why it is
};

// How a response that ended so is called. A refusal that the answer itself holds is complete.
FinalStatus final_status(const canonical::Ending& ending, bool has_refusal, bool is_empty);

// How its last message is called.
std::string_view message_status(const canonical::Ending& ending);

// A refusal that is told beside the answer, and is to be read in it; empty: there is none.
canonical::Text untold_refusal(const canonical::Ending& ending, bool has_refusal);

}  // namespace router::dialects::openai_responses
