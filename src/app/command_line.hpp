#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/error.hpp"

namespace router::app {

enum class Command : std::uint8_t { serve, check, version, help };

struct CommandLine {
    Command command = Command::serve;
    Command help_for =
        Command::help;  // of `help`: the command asked about; help itself: all of them
    std::string
        config;  // --config, or the FILE of check; empty: conf/config.yml or conf/config.yaml
    std::optional<std::string> host;
    std::optional<std::uint16_t> port;
    std::optional<int> threads;
    std::optional<std::string> log_level;
    bool no_auth = false;
};

// Errors: bad_request, with what would be right.
Result<CommandLine> read_command_line(std::span<char* const> arguments);

std::string help_text(Command command);

}  // namespace router::app
