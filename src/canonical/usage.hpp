#pragma once

#include <cstdint>
#include <optional>

namespace router::canonical {

// Tokens of one call. `prompt` includes those read from and written to a cache, `completion` those
// of reasoning; the audio ones are part of both. Dialects that count otherwise convert.
struct Usage {
    std::uint64_t prompt = 0;
    std::uint64_t completion = 0;
    std::uint64_t total = 0;
    std::uint64_t cached = 0;            // read from a cache
    std::uint64_t cache_written = 0;     // all that was written, for whatever time
    std::uint64_t cache_written_1h = 0;  // the part of it that is kept for an hour
    std::uint64_t reasoning = 0;
    std::uint64_t prompt_audio = 0;
    std::uint64_t completion_audio = 0;
    std::uint64_t web_searches = 0;  // requests, not tokens
    std::optional<double> cost{};    // US dollars, where the upstream or its prices tell
    bool is_known = false;           // false: the upstream did not say
    bool knows_reasoning = false;    // the upstream told reasoning tokens, even if none
};

}  // namespace router::canonical
