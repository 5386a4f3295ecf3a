#pragma once

#include <string_view>

#include "config/value.hpp"

namespace router::config {

// Reads the small part of YAML that the embedded providers.yml and models.yml keep to, in a tenth
// of the time that yaml-cpp takes (3 ms of every start). A line is blank, a comment, `name:`,
// `name: {field: text, ...}` or, two spaces further in, `field: text` or `field: [text, ...]`; a
// text may stand in double quotes, without escapes and commas. A unit test holds the result to
// yaml-cpp's.
//
//   errors   std::logic_error, as the file is our own
Value parse_plain_yaml(std::string_view text);

}  // namespace router::config
