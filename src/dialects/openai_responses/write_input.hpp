#pragma once

#include <vector>

#include "base/error.hpp"
#include "canonical/request.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::openai_responses {

// The turn that `instructions` says; nothing where the first turn is none that it can say.
const canonical::TextBlock* instructions_of(const canonical::Request& request);

// The turns as items, those that stand in `instructions` excepted. What no item can say is added to
// `losses`.
//
//   errors  bad_request: a part without which the call would mean something else (sound)
Result<> write_input(wire::JsonWriter& out, const canonical::Request& request,
                     bool takes_developer_role, std::vector<canonical::Loss>& losses);

}  // namespace router::dialects::openai_responses
