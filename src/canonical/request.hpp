#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "canonical/block.hpp"
#include "canonical/text.hpp"

namespace router::canonical {

// The wire formats that clients and providers speak.
enum class DialectId : std::uint8_t {
    openai_chat,
    openai_responses,
    anthropic_messages,
    gemini,
    bedrock_converse,  // providers only
};

enum class Role : std::uint8_t {
    system,
    developer,  // OpenAI's newer word for system; the same thing elsewhere
    user,
    assistant,
    tool,  // results only; they stand behind the assistant's turn that called
};

struct Turn {
    Role role = Role::user;
    std::vector<Block> blocks{};
    std::string name{};   // Chat: who of several speaks
    std::string phase{};  // Responses: "commentary" or "final_answer"
};

struct Tool {
    ToolKind kind = ToolKind::function;
    std::string name{};
    std::string name_space{};  // Responses: the namespace it stands in
    Text name_space_description{};
    Text description{};
    Json parameters{};             // a JSON schema; empty: takes no arguments
    std::optional<bool> strict{};  // absent: the dialect's default for what was sent
    Json format{};                 // of a custom tool: its grammar, as Chat and Responses write it
    Json declaration{};            // the whole declaration as its dialect wrote it
    CacheMark cache = CacheMark::none;
    bool is_deferred = false;  // offered only once a search has found it
};

enum class ToolMode : std::uint8_t { automatic, none, required, named };

struct ToolChoice {
    ToolMode mode = ToolMode::automatic;
    std::string name{};                  // of `named`
    std::vector<std::string> allowed{};  // only these may be called; empty: all
};

enum class OutputKind : std::uint8_t { text, json_object, json_schema };

struct OutputFormat {
    OutputKind kind = OutputKind::text;
    std::string name{};
    Text description{};
    Json schema{};
    std::optional<bool> strict{};
};

enum class Effort : std::uint8_t { none, minimal, low, medium, high, xhigh, max };

enum class ThinkingMode : std::uint8_t {
    automatic,  // nothing was said: the model's default
    off,
    between_tools,  // off but for the pauses between calls of tools (Claude Sonnet 5.5)
    adaptive,       // the model decides how much; `effort` may steer it
    budget,         // so many tokens
};

// How much a model shall think. What the client said is kept as it was said; fit() turns it into
// what the target understands.
struct Reasoning {
    ThinkingMode mode = ThinkingMode::automatic;
    std::optional<Effort> effort{};
    std::optional<std::int64_t> budget{};  // tokens; -1: as much as the model likes (Gemini)
    std::optional<bool> is_shown{};        // whether the client wants to read the thoughts
    std::string summary{};                 // Responses: "auto", "concise", "detailed"
};

struct Sampling {
    std::optional<double> temperature{};  // 0..2, as OpenAI and Gemini count
    std::optional<double> top_p{};
    std::optional<std::int64_t> top_k{};
    std::optional<double> presence_penalty{};
    std::optional<double> frequency_penalty{};
    std::optional<std::int64_t> seed{};
    Json logit_bias{};
};

// A member that no other dialect can say: written back only to the dialect it came from.
using Extra = std::pair<std::string, Json>;

// A call of a model, in the one inner form. Its views point into the body that was decoded, which
// must outlive it and its copies, and into `arena`.
struct Request {
    DialectId dialect = DialectId::openai_chat;  // that it came in
    std::string model{};                         // as the client asked
    bool is_streaming = false;
    bool wants_usage = false;  // Chat: stream_options.include_usage; true in all other dialects

    std::vector<Turn> turns{};  // system and developer turns in their places

    std::vector<Tool> tools{};
    std::optional<ToolChoice> tool_choice{};
    std::optional<bool> parallel_tool_calls{};

    OutputFormat output{};
    std::string verbosity{};  // "low", "medium", "high"
    std::optional<std::int64_t> max_tokens{};
    std::vector<Text> stop{};
    std::int64_t choices = 1;  // n, candidateCount
    std::optional<bool> logprobs{};
    std::optional<std::int64_t> top_logprobs{};
    Sampling sampling{};
    Reasoning reasoning{};

    std::string service_tier{};  // in OpenAI's words: auto, default, flex, scale, priority
    std::string user{};          // the end user's id, user or safety_identifier or metadata.user_id
    std::string cache_key{};     // prompt_cache_key
    std::optional<bool> store{};
    Json metadata{};
    std::vector<std::string> modalities{};  // "text", "audio", "image"; empty: the default
    Json audio{};                           // Chat: {voice, format}

    std::vector<Extra> extras{};
    std::size_t source_bytes =
        0;  // of the body it was read from: in other words it is about as long
    std::shared_ptr<Arena> arena = std::make_shared<Arena>();
};

// What could not be said in the target's dialect: the field in the client's words, and why.
struct Loss {
    std::string field;
    std::string reason;
    friend bool operator==(const Loss&, const Loss&) = default;
};

}  // namespace router::canonical
