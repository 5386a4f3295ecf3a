#pragma once

#include <string>
#include <string_view>

#include "config/load.hpp"
#include "config/report.hpp"
#include "config/value.hpp"

namespace router::config {

// Puts the values of environment variables where `value` and everything in it refers to them: a
// whole text os.environ/NAME, and ${NAME} or ${NAME:-default} inside a text ($${ is a plain ${).
// What refers to a variable that is not set becomes null and remembers the variable in
// Value::missing, with a warning, except under api_key and master_key, whose readers know better
// what to say.
void expand(Value& value, const Environment& environment, Report& report);

// The text with its ${NAME} filled in; `missing` gets the first variable that is not set.
std::string interpolate(std::string_view text, const Environment& environment,
                        std::string& missing);

bool is_variable_name(std::string_view name);

}  // namespace router::config
