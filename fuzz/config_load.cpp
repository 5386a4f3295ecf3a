#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "config/load.hpp"

// Any bytes as a configuration file: load_text() neither throws nor crashes, and says something of
// every file that it refuses. The environment is empty; an included file and providers.yml are the
// same bytes again, so that nothing is read from disk.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace router::config;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const Environment nothing = [](std::string_view) -> std::optional<std::string> {
        return std::nullopt;
    };
    const ReadFile same_again =
        [text](const std::string&) -> std::expected<std::string, std::string> {
        return std::string(text);
    };
    const auto loaded = load_text(text, "fuzz.yml", nothing, same_again);
    if (loaded.snapshot == nullptr && loaded.diagnostics.empty()) __builtin_trap();
    for (const auto& diagnostic : loaded.diagnostics) {
        if (to_string(diagnostic).empty()) __builtin_trap();
    }
    return 0;
}
