#include <cstdio>

#include "app/command_line.hpp"
#include "app/serve.hpp"

int main(int count, char** arguments) {
    using namespace router::app;
    const auto line = read_command_line({arguments, static_cast<std::size_t>(count)});
    if (!line) {
        std::fprintf(stderr, "open-llm-router: %s\n", line.error().message.c_str());
        return 2;
    }
    switch (line->command) {
        case Command::serve:
            return serve(*line);
        case Command::check:
            return check(*line);
        case Command::help:
            std::fputs(help_text(line->help_for).c_str(), stdout);
            return 0;
        case Command::version:
            std::puts("open-llm-router " ROUTER_VERSION);
            return 0;
    }
    return 2;
}
