#pragma once

#include <string_view>

#include "dialects/dialect.hpp"

namespace router::dialects {

// The dialects there are. The table is explicit: a registration hidden in a static object would be
// dropped by the linker, and by the reader.
const Dialect& dialect(canonical::DialectId id);

// Its name in configuration, data files and logs: "anthropic_messages".
std::string_view name_of(canonical::DialectId id);

}  // namespace router::dialects
