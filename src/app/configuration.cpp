#include "app/configuration.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace router::app {
namespace {

constexpr const char* dot_env_path = ".env";

std::optional<std::string> from_process(std::string_view name) {
    const char* value =
        std::getenv(std::string(name).c_str());  // NOLINT: nobody sets variables while we run
    return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

bool exists(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0;
}

}  // namespace

ConfigurationSource::ConfigurationSource(CommandLine line)
    : line_(std::move(line)), path_(line_.config) {
    if (path_.empty()) {
        path_ = "conf/config.yml";
        if (!exists(path_) && exists("conf/config.yaml")) path_ = "conf/config.yaml";
    }
}

std::optional<std::string> ConfigurationSource::variable(std::string_view name) const {
    if (auto value = from_process(name)) return value;
    const auto found =
        std::ranges::find(dot_env_, name, &std::pair<std::string, std::string>::first);
    return found != dot_env_.end() ? std::optional(found->second) : std::nullopt;
}

config::Loaded ConfigurationSource::load() {
    auto dot_env = config::read_dot_env(dot_env_path, from_process);
    dot_env_ = std::move(dot_env.variables);
    auto loaded = config::load(path_, [this](std::string_view name) { return variable(name); });
    loaded.diagnostics.insert(loaded.diagnostics.begin(), dot_env.diagnostics.begin(),
                              dot_env.diagnostics.end());

    std::vector<std::string> files{path_, dot_env_path};
    if (loaded.snapshot)
        files.insert(files.end(), loaded.snapshot->files.begin(), loaded.snapshot->files.end());
    for (const auto& diagnostic : loaded.diagnostics) files.push_back(diagnostic.place.file);
    stamps_.clear();
    for (const auto& file : files) stamps_.push_back(stamp_of(file));
    if (!loaded.snapshot) return loaded;

    auto snapshot = std::make_shared<config::Snapshot>(*loaded.snapshot);
    if (line_.host) snapshot->server.host = *line_.host;
    if (line_.port) snapshot->server.port = *line_.port;
    if (line_.threads) snapshot->server.threads = *line_.threads;
    if (line_.log_level) snapshot->log.level = *line_.log_level;
    snapshot->learn(published_);
    loaded.snapshot = std::move(snapshot);
    return loaded;
}

bool ConfigurationSource::learn(std::vector<config::PublishedModels> published) {
    if (published == published_) return false;
    published_ = std::move(published);
    return true;
}

ConfigurationSource::Stamp ConfigurationSource::stamp_of(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return {path, {0, -1}};
    return {path,
            {std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec,
             status.st_size}};
}

bool ConfigurationSource::has_changed() {
    return std::ranges::any_of(stamps_,
                               [](const Stamp& stamp) { return stamp_of(stamp.first) != stamp; });
}

bool print(const std::vector<config::Diagnostic>& diagnostics) {
    bool has_error = false;
    for (const auto& diagnostic : diagnostics) {
        has_error = has_error || diagnostic.severity == config::Severity::error;
        std::fprintf(stderr, "%s\n", config::to_string(diagnostic).c_str());
    }
    return has_error;
}

}  // namespace router::app
