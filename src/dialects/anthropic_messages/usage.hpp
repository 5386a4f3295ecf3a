#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "canonical/usage.hpp"
#include "wire/json.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::anthropic_messages {

// Anthropic counts `input_tokens` without those read from and written to a cache, and
// `output_tokens` with those of thinking. In a stream message_start and message_delta each tell
// some of the counts, cumulative: the last one of each stands.
//
//   source  the types of Anthropic's SDKs (read 2026-11-22)
class UsageCount {
 public:
    void read(wire::json::value& usage);
    canonical::Usage canonical() const;
    const std::string& service_tier() const { return service_tier_; }  // in OpenAI's word

 private:
    void note(std::string_view key, wire::json::value& value);

    std::uint64_t input_ = 0;
    std::uint64_t output_ = 0;
    std::uint64_t cache_read_ = 0;
    std::uint64_t cache_written_ = 0;
    std::uint64_t written_5m_ = 0;
    std::uint64_t written_1h_ = 0;
    std::uint64_t thinking_ = 0;
    std::uint64_t web_searches_ = 0;
    bool is_known_ = false;
    bool knows_thinking_ = false;
    std::string service_tier_;
};

// Writes the members of a whole answer's `usage`; `tier` is OpenAI's word.
void write_usage(wire::JsonWriter& writer, const canonical::Usage& usage, std::string_view tier);

// The same for message_delta, which has fewer.
void write_delta_usage(wire::JsonWriter& writer, const canonical::Usage& usage);

}  // namespace router::dialects::anthropic_messages
