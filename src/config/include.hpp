#pragma once

#include <string>

#include "config/load.hpp"
#include "config/report.hpp"
#include "config/value.hpp"

namespace router::config {

// Puts the files that `document` names under `include` into it, in their order, and theirs in turn:
// entries of lists are appended, other values replaced. A path counts from the folder of the file
// that names it.
void include_files(Value& document, const std::string& path, const ReadFile& read_file,
                   Report& report);

}  // namespace router::config
