#pragma once

#include <string>

namespace router {

// A random id of 32 hexadecimal digits, unique for all practical purposes; not a secret.
std::string new_id();

}  // namespace router
