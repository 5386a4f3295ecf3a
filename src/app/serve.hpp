#pragma once

#include "app/command_line.hpp"

namespace router::app {

// Each returns the process's exit status.
int serve(const CommandLine& line);
int check(const CommandLine& line);

}  // namespace router::app
