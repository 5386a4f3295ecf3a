#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "canonical/usage.hpp"
#include "wire/json.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::gemini {

// usageMetadata as Gemini counts: the prompt includes what was cached, the candidates exclude the
// thoughts, and total = prompt + candidates + tool use + thoughts. Chunks of a stream repeat it,
// grown; what one leaves out stands as it was.
//
//   source  https://ai.google.dev/api/generate-content#UsageMetadata (read 2026-11-22)
class Counts {
 public:
    void read(wire::json::value& usage);
    canonical::Usage usage() const;
    // In OpenAI's words: "default", "flex", "priority"; empty: not said.
    const std::string& service_tier() const { return service_tier_; }

 private:
    struct Fields {
        std::optional<std::uint64_t> prompt{}, cached{}, candidates{}, thoughts{}, tool_use{},
            total{};
        std::uint64_t prompt_audio = 0, candidates_audio = 0;
    } fields_;
    std::string service_tier_;
};

// The member usageMetadata, from what any provider counted; nothing when that is not known.
void write_usage(wire::JsonWriter& out, const canonical::Usage& usage);

}  // namespace router::dialects::gemini
