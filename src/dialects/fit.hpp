#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "canonical/request.hpp"
#include "config/model_facts.hpp"
#include "dialects/dialect.hpp"
#include "dialects/tool_names.hpp"

namespace router::dialects {

struct FitSettings {
    bool drop_params = false;    // what cannot be sent is dropped even where it has a meaning: n
    bool modify_params = false;  // turns are put in and mended rather than refused
    std::span<const std::string> dropped_params{};  // removed whatever the target takes
};

struct Fitted {
    canonical::Request request{};
    ToolNames names{};
    std::vector<canonical::Loss> losses{};
};

// Turns what a client asked for into what one model, spoken to in `target`, takes. Encoders write
// its result word for word. Of its `reasoning` they write:
//
//   mode      off, between_tools, adaptive, budget: as they are called; automatic: nothing
//   effort    as it is, one of those that the model takes; on Gemini the thinkingLevel
//   budget    with mode budget; on Gemini 0 as well, which is off
//   is_shown  Anthropic's display, Gemini's includeThoughts, Responses' summary
//
// Of its turns: tool results stand behind their calls, one for each and in their order; no text
// is empty; the signatures are the target's own; no turn of kind system stands where the model
// refuses one. Of its tools: each is of a kind and has a name that the target knows.
//
//   facts   of the model, which the configuration keeps
//   issuer  of the target's account; signatures of another one are dropped. Empty: not known
//   errors  bad_request, naming the field, where the call would mean something else
Result<Fitted> fit(const canonical::Request& request, const config::ModelFacts& facts,
                   canonical::DialectId target, std::string_view issuer,
                   const FitSettings& settings);

// Whether the call must go to Responses where the provider has both: tools that the model refuses
// on Chat Completions (GPT-5.4 and later).
bool wants_responses(const canonical::Request& request, const config::ModelFacts& facts);

// The provider's variant with what is known of the model. Views into `facts`.
Variant with_facts(Variant variant, const config::ModelFacts& facts);

}  // namespace router::dialects
