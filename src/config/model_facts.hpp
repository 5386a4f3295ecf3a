#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace router::config {

// How much a model thinks, in the words of canonical::Effort and in their order.
enum class Effort : std::uint8_t { none, minimal, low, medium, high, xhigh, max };

enum class ThinkingKind : std::uint8_t {
    unknown,   // nothing is known: a word in the target's own dialect goes through, no other
    none,      // the model does not think
    fixed,     // it thinks, and nothing can be said about it
    budget,    // so many tokens: Claude up to 4.5, Gemini 2.5
    adaptive,  // the model decides, an effort may steer it: Claude from 4.6 on
    level,     // Gemini from 3 on
    effort,    // reasoning_effort
};

// How thinking is turned off.
enum class ThinkingOff : std::uint8_t {
    never,           // it cannot be
    disabled,        // thinking: {type: disabled}
    up_to_high,      // the same, with no effort above high beside it
    between_tools,   // all but off: Claude Sonnet 5.5
    effort_none,     // reasoning_effort: none
    effort_minimal,  // the least there is: Gemini 3
    zero_budget,     // thinkingBudget: 0
};

enum class SamplingRule : std::uint8_t {
    all,
    none,                   // refused, at the default value as well
    temperature_xor_top_p,  // one of the two
    default_only,           // what differs from the default is refused
};

enum class ForcedTools : std::uint8_t { yes, no, not_with_thinking };

// Whether a model takes tools on Chat Completions; where not, Responses takes them.
enum class ChatTools : std::uint8_t {
    yes,
    without_effort,    // refused beside an explicit reasoning_effort
    with_effort_none,  // refused unless reasoning_effort is an explicit none
    no,
};

// What is known of a model beyond its dialect: rows of models.yml, the user's own models.yml and
// model_info. What is not known allows: a default never makes a call fail.
struct ModelFacts {
    std::string row{};  // the row that said it, for the log; empty: no row

    std::string mode{};  // what it is for, in LiteLLM's words: embedding, image_generation, rerank,
                         // audio_speech, ...; empty: chat
    std::uint64_t context_tokens = 0;     // 0: not known
    std::uint64_t max_output_tokens = 0;  // 0: not known

    bool takes_images = true;
    bool takes_audio = true;
    bool takes_video = true;
    bool takes_documents = true;
    bool makes_images = false;
    bool makes_audio = false;
    bool takes_image_format = true;  // response_format, of models that make images

    ThinkingKind thinking = ThinkingKind::unknown;
    std::vector<Effort> efforts{};  // accepted, ascending; empty: there is no such word
    ThinkingOff thinking_off = ThinkingOff::never;
    bool thinks_by_default = false;
    bool takes_budget = false;     // an adaptive model that takes a budget as well (Claude 4.6)
    std::int64_t min_budget = 0;   // the least above 0, of kind budget
    std::int64_t max_budget = 0;   // 0: bounded by max_tokens alone
    bool shows_thinking = true;    // unless told; false: Claude's display must be asked for
    std::string thoughts_field{};  // Chat: Variant::reasoning_field
    bool wants_call_signatures = false;  // Gemini 3: the first call of each step must be sealed

    SamplingRule sampling = SamplingRule::all;
    bool takes_penalties = true;
    bool takes_stop = true;
    bool takes_top_k = false;  // on Chat; Anthropic and Gemini have the field
    double max_temperature = 2;
    std::uint64_t max_stop = 0;  // stop sequences; 0: the dialect's own limit

    bool takes_tools = true;
    bool takes_custom_tools = false;  // and lists of allowed ones, on OpenAI's dialects
    bool takes_chat = true;           // false: only Responses
    ForcedTools forced_tools = ForcedTools::yes;
    ChatTools chat_tools = ChatTools::yes;
    bool takes_images_in_tool_results = false;
    bool takes_structured_output = true;
    bool takes_structured_output_with_tools = true;

    bool takes_prefill = true;         // the last turn may be the assistant's
    bool takes_later_system = true;    // system messages in mid-conversation
    bool takes_developer_role = true;  // false: it is called system
    bool takes_system_role = true;     // false: neither

    std::string max_tokens_field = "max_completion_tokens";  // Chat
    std::string required_choice = "required";                // Chat
    std::string seed_field = "seed";                         // Chat

    std::map<std::string, double> prices{};  // input_cost_per_token and its kin

    bool takes(Effort effort) const;
    bool is_for_chat() const;
};

// The facts of a model in the embedded models.yml.
//
//   provider  the prefix of its row in providers.yml: "anthropic", "groq"; may be empty
//   kind      the wire format that is spoken with it: "anthropic_messages"
//   model     as the upstream is asked for it; a vendor before it ("anthropic/", "us.anthropic."),
//             Vertex's "@date", a date and "-latest" behind it do not matter
//   unknown   takes the newest row of its family, else that of its provider, else of its dialect
ModelFacts facts_for(std::string_view provider, std::string_view kind, std::string_view model);

}  // namespace router::config
