#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/diagnostics.hpp"
#include "config/snapshot.hpp"

namespace router::config {

// Reads an environment variable; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

struct Loaded {
    std::shared_ptr<const Snapshot> snapshot;  // null when there is an error among the diagnostics
    std::vector<Diagnostic> diagnostics;  // every problem of every file, in the order of the files
};

// Builds the snapshot from a LiteLLM configuration file, the files it includes, the embedded
// provider catalogue, and `providers.yml` beside the main file where there is one.
//
//   path         the main file
//   environment  what os.environ/NAME and ${NAME} mean; the file's own environment_variables stand
//   above it errors       none thrown: every problem found is among the diagnostics
Loaded load(const std::string& path, const Environment& environment);

// The text of a file, or why there is none: "no such file".
using ReadFile = std::function<std::expected<std::string, std::string>(const std::string& path)>;

std::expected<std::string, std::string> read_from_disk(const std::string& path);

// The same for a text already in memory; `path` names it in diagnostics and resolves `include`.
// Every other file comes from `read_file`.
Loaded load_text(std::string_view text, const std::string& path, const Environment& environment,
                 const ReadFile& read_file = read_from_disk);

// The variables of a .env file: NAME=value lines, comments, quotes, `export `, ${NAME} expanded
// from lines above and from `environment`. A missing file is no variables and no problem.
struct DotEnv {
    std::vector<std::pair<std::string, std::string>> variables;
    std::vector<Diagnostic> diagnostics;
};
DotEnv read_dot_env(const std::string& path, const Environment& environment);

}  // namespace router::config
