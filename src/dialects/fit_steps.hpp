#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialects/fit.hpp"

namespace router::dialects {

// What the steps of fit() work on.
struct Fitting {
    canonical::Request& request;
    const config::ModelFacts& facts;
    canonical::DialectId target;
    std::string_view issuer;
    const FitSettings& settings;
    ToolNames& names;
    std::vector<canonical::Loss>& losses;

    bool is_for(canonical::DialectId dialect) const { return target == dialect; }
    bool is_for_openai() const;
    bool is_for_claude() const;  // Anthropic's rules hold
    bool is_same_dialect() const { return request.dialect == target; }
    void lose(std::string_view field, std::string_view reason) {
        losses.push_back({std::string(field), std::string(reason)});
    }
};

// The fields that a client may have used, in the words of its dialect.
enum class Field : std::uint8_t {
    messages,
    system,
    temperature,
    top_p,
    top_k,
    presence_penalty,
    frequency_penalty,
    seed,
    logit_bias,
    logprobs,
    top_logprobs,
    stop,
    choices,
    max_tokens,
    effort,
    thinking,
    tools,
    tool_choice,
    parallel_tool_calls,
    output,
    verbosity,
    service_tier,
    user,
    cache_key,
    store,
    metadata,
    modalities,
    audio,
};
std::string_view field_name(canonical::DialectId dialect, Field field);
std::string_view field_name(const Fitting& fitting, Field field);

// In their order.
void drop_named_fields(Fitting& fitting);  // FitSettings::dropped_params
Result<> fit_tools(Fitting& fitting);      // declarations, and calls in history
void fit_signatures(Fitting& fitting);     // only those of the target's own
Result<> fit_media(Fitting& fitting);      // what the model can look at
void fit_results(Fitting& fitting);        // one for each call, in their order
void fit_turns(Fitting& fitting);          // system turns, empty ones, the first one
void fit_thinking(Fitting& fitting);
Result<> fit_tool_choice(Fitting& fitting);
Result<> fit_last_turn(Fitting& fitting);  // prefill
Result<> fit_sampling(Fitting& fitting);   // and limits
void fit_output(Fitting& fitting);         // structured output

// The last turn that is the assistant's; none: null.
canonical::Turn* last_assistant_turn(canonical::Request& request);

// Whether what is left of the request has the model think.
bool is_thinking(const Fitting& fitting);

}  // namespace router::dialects
