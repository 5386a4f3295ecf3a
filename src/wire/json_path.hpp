#pragma once

#include <string_view>

#include "wire/json_tree.hpp"

namespace router::wire {

// Whether a text is a path to members of a JSON object: "a.b", "tools[*].function.strict",
// "messages[0].name". [*] is every element.
bool is_json_path(std::string_view path);

// Erases what a path leads to. False: there was nothing.
bool erase_path(JsonTree& tree, std::string_view path);

}  // namespace router::wire
