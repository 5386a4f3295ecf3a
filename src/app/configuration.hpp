#pragma once

#include <ctime>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "admin/admin.hpp"
#include "app/command_line.hpp"
#include "config/load.hpp"
#include "gateway/services.hpp"

namespace router::app {

// Where the configuration comes from: the file, the environment, .env, and above them the command
// line.
class ConfigurationSource {
 public:
    explicit ConfigurationSource(CommandLine line);

    const std::string& path() const { return path_; }
    config::Loaded load();

    // What providers say of their models counts from the next load() on. False: it is no news.
    bool learn(std::vector<config::PublishedModels> published);

    // Whether a file that went into the last load() has changed since.
    bool has_changed();

    // Takes an environment variable, or a line of .env.
    std::optional<std::string> variable(std::string_view name) const;

 private:
    using Stamp =
        std::pair<std::string,
                  std::pair<std::int64_t, std::int64_t>>;  // path, (time of change in ns, size)
    static Stamp stamp_of(const std::string& path);

    CommandLine line_;
    std::string path_;
    std::vector<std::pair<std::string, std::string>> dot_env_;
    std::vector<Stamp> stamps_;
    std::vector<config::PublishedModels> published_;
};

// Prints diagnostics to standard error, a line each. Whether there is an error among them.
bool print(const std::vector<config::Diagnostic>& diagnostics);

}  // namespace router::app
