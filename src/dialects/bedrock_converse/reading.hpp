#pragma once

#include <string>
#include <string_view>

#include "canonical/answer.hpp"
#include "dialects/dialect.hpp"
#include "wire/json.hpp"

namespace router::dialects::bedrock_converse {

namespace json = wire::json;

// What answers and streams have in common.

canonical::Text text_in(json::value& value);  // empty for whatever is no string
canonical::Usage read_usage(json::value& value);
canonical::Ending read_ending(std::string_view stop_reason);

Result<canonical::Answer> decode_answer(std::string_view body);

}  // namespace router::dialects::bedrock_converse
