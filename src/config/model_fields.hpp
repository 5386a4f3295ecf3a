#pragma once

#include <string_view>

#include "config/model_facts.hpp"
#include "config/report.hpp"
#include "config/value.hpp"

namespace router::config {

// Takes the fields of a row of models.yml into `facts`; what is not there stays.
//
//   name  of the row, for diagnostics
void read_model_fields(const Value& map, std::string_view name, ModelFacts& facts, Report& report);

// Whether models.yml has such a field.
bool is_model_field(std::string_view key);

// For a diagnostic: ` (did you mean "efforts"?)`, or nothing.
std::string did_you_mean_field(std::string_view key);

}  // namespace router::config
