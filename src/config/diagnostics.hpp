#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace router::config {

// A place in a file; line and column count from 1, 0 where there is none (an environment variable,
// say).
struct Place {
    std::string file;
    int line = 0;
    int column = 0;
};

enum class Severity : std::uint8_t { warning, error };

// One thing wrong with the configuration: "conf/config.yml:14:5: error: no provider "opnai"; did
// you mean "openai"?"
struct Diagnostic {
    Severity severity = Severity::error;
    Place place;
    std::string message;  // what is wrong, and what would be right; never a secret
};

std::string to_string(const Diagnostic& diagnostic);

}  // namespace router::config
