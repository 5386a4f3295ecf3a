#include "app/command_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "base/nearest.hpp"
#include "telemetry/log.hpp"

namespace router::app {
namespace {

constexpr std::array<std::string_view, 3> commands{"serve", "check", "version"};
constexpr std::array<std::string_view, 7> flags{"--config",    "--host",    "--port", "--threads",
                                                "--log-level", "--no-auth", "--help"};

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
    const auto near = nearest(word, candidates);
    return near.empty() ? std::string("; see --help") : "; did you mean " + std::string(near) + "?";
}

template <class Number>
Result<Number> number(std::string_view flag, std::string_view text, Number least, Number most) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
        return fail(ErrorKind::bad_request, std::string(flag) + ": '" + std::string(text) +
                                                "' is no number from " + std::to_string(least) +
                                                " to " + std::to_string(most));
    }
    return value;
}

Result<> set(CommandLine& line, std::string_view flag, std::string_view value) {
    if (flag == "--config") line.config = value;
    if (flag == "--host") line.host = value;
    if (flag == "--port") {
        const auto port = number<std::uint16_t>(flag, value, 1, 65535);
        if (!port) return std::unexpected(port.error());
        line.port = *port;
    }
    if (flag == "--threads") {
        const auto threads = number<int>(flag, value, 1, 1024);
        if (!threads) return std::unexpected(threads.error());
        line.threads = *threads;
    }
    if (flag == "--log-level") {
        if (!telemetry::level_named(value)) {
            return fail(ErrorKind::bad_request, "--log-level: '" + std::string(value) +
                                                    "' is none of debug, info, warning, error");
        }
        line.log_level = value;
    }
    return {};
}

Result<Command> command_named(std::string_view word) {
    if (word == "serve") return Command::serve;
    if (word == "check") return Command::check;
    if (word == "version") return Command::version;
    if (word == "help") return Command::help;
    return fail(ErrorKind::bad_request,
                "no command '" + std::string(word) + "'" + did_you_mean(word, commands));
}

}  // namespace

Result<CommandLine> read_command_line(std::span<char* const> arguments) {
    CommandLine line;
    bool has_command = false;
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        std::string_view word = arguments[i];
        if (word == "--help" || word == "-h") {
            line.help_for = has_command ? line.command : Command::help;
            line.command = Command::help;
            return line;
        }
        if (word == "--version") word = "version";
        if (word == "--no-auth") {
            line.no_auth = true;
            continue;
        }
        if (word.starts_with("--")) {
            const auto equals = word.find('=');
            const auto flag = word.substr(0, equals);
            if (std::ranges::find(flags, flag) == flags.end()) {
                return fail(ErrorKind::bad_request,
                            "no option '" + std::string(flag) + "'" + did_you_mean(flag, flags));
            }
            if (equals == std::string_view::npos && i + 1 == arguments.size()) {
                return fail(ErrorKind::bad_request, std::string(flag) + ": its value is missing");
            }
            const std::string_view value =
                equals == std::string_view::npos ? arguments[++i] : word.substr(equals + 1);
            if (const auto done = set(line, flag, value); !done)
                return std::unexpected(done.error());
            continue;
        }
        if (!has_command) {
            const auto command = command_named(word);
            if (!command) return std::unexpected(command.error());
            line.command = *command;
            has_command = true;
        } else if (line.command == Command::check && line.config.empty()) {
            line.config = word;
        } else {
            return fail(ErrorKind::bad_request,
                        "'" + std::string(word) + "' is not expected here; see --help");
        }
    }
    return line;
}

std::string help_text(Command command) {
    constexpr std::string_view serve =
        "open-llm-router serve: answer calls until SIGTERM or Ctrl-C, which let running ones "
        "finish\n"
        "\n"
        "  --config FILE     the configuration (conf/config.yml, else conf/config.yaml)\n"
        "  --host ADDRESS    to listen on (127.0.0.1; LLM_ROUTER_HOST)\n"
        "  --port NUMBER     to listen on (8086; LLM_ROUTER_PORT)\n"
        "  --threads NUMBER  that serve (one for each core)\n"
        "  --log-level WORD  debug, info, warning or error (info)\n"
        "  --no-auth         serve without a key, on a loopback address only\n"
        "\n"
        "SIGHUP reads the configuration again, and so does a change of its file. A .env file in "
        "the working directory is read.\n";
    constexpr std::string_view check =
        "open-llm-router check FILE: read a configuration, print every problem with its line, exit "
        "1 if one is an error\n";
    constexpr std::string_view version = "open-llm-router version: print the version\n";
    if (command == Command::serve) return std::string(serve);
    if (command == Command::check) return std::string(check);
    if (command == Command::version) return std::string(version);
    return "Open LLM Router " ROUTER_VERSION
           ": one OpenAI-compatible address in front of every provider\n\n"
           "usage: open-llm-router [serve] [options] | check FILE | version\n\n" +
           std::string(serve) + "\n" + std::string(check) + std::string(version);
}

}  // namespace router::app
