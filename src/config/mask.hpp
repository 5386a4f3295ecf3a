#pragma once

#include <string_view>

#include "config/value.hpp"

namespace router::config {

// `value` as an administrator may see it: secrets masked, and what came from the environment as the
// file has it.
Value masked(const Value& value);

// Whether a key's value is a secret by its name: api_key, aws_secret_access_key, authorization; not
// max_tokens.
bool is_secret_key(std::string_view key);

}  // namespace router::config
