#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/load.hpp"

namespace router::config {

using Texts = std::map<std::string, std::string, std::less<>>;

inline Environment environment_of(Texts variables) {
    return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

inline ReadFile files_of(Texts files) {
    return [files = std::move(files)](
               const std::string& path) -> std::expected<std::string, std::string> {
        const auto found = files.find(path);
        if (found == files.end()) return std::unexpected(std::string("No such file"));
        return found->second;
    };
}

// What a text loads to, with nothing in the environment and no other file but those given.
inline Loaded load_given(std::string_view text, Texts variables = {}, Texts files = {}) {
    return load_text(text, "main.yml", environment_of(std::move(variables)),
                     files_of(std::move(files)));
}

// The diagnostics as a user sees them, one a line.
inline std::string told(const std::vector<Diagnostic>& diagnostics) {
    std::string out;
    for (const auto& diagnostic : diagnostics) out += to_string(diagnostic) + '\n';
    return out;
}

inline std::string told(std::string_view text, Texts variables = {}, Texts files = {}) {
    return told(load_given(text, std::move(variables), std::move(files)).diagnostics);
}

inline const Target* target_of(const Loaded& loaded, std::string_view group,
                               std::size_t index = 0) {
    if (!loaded.snapshot) return nullptr;
    for (const auto& known : loaded.snapshot->groups) {
        if (known.name == group && index < known.targets.size()) return &known.targets[index];
    }
    return nullptr;
}

// A file with one entry `m` whose litellm_params are the given lines, written without indentation.
inline std::string model_with(std::string_view params) {
    std::string out = "model_list:\n- model_name: m\n  litellm_params:\n";
    while (!params.empty()) {
        const auto end = params.find('\n');
        out += "    " + std::string(params.substr(0, end)) + '\n';
        params.remove_prefix(end == std::string_view::npos ? params.size() : end + 1);
    }
    return out;
}

}  // namespace router::config
