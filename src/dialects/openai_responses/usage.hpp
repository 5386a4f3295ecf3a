#pragma once

#include "canonical/usage.hpp"
#include "wire/json.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::openai_responses {

// Members that are missing, null or no numbers count as absent. Servers that count reasoning beside
// the output, which their total gives away, have it added.
canonical::Usage read_usage(wire::json::value& usage);

// With every member that the SDKs' types require.
void write_usage(wire::JsonWriter& out, const canonical::Usage& usage);

}  // namespace router::dialects::openai_responses
