#include "dialects/fit.hpp"

#include <algorithm>
#include <array>

#include "dialects/fit_steps.hpp"

namespace router::dialects {

using canonical::DialectId;
using canonical::Effort;
using canonical::ThinkingMode;

namespace {

static_assert(static_cast<int>(Effort::max) == static_cast<int>(config::Effort::max));

struct Names {
    Field field;
    std::array<std::string_view, 4> names;  // in the order of DialectId
};

constexpr std::array all_names{
    Names{Field::messages, {"messages", "input", "messages", "contents"}},
    Names{Field::system, {"messages", "input", "system", "systemInstruction"}},
    Names{Field::temperature,
          {"temperature", "temperature", "temperature", "generationConfig.temperature"}},
    Names{Field::top_p, {"top_p", "top_p", "top_p", "generationConfig.topP"}},
    Names{Field::top_k, {"top_k", "top_k", "top_k", "generationConfig.topK"}},
    Names{Field::presence_penalty,
          {"presence_penalty", "presence_penalty", "presence_penalty",
           "generationConfig.presencePenalty"}},
    Names{Field::frequency_penalty,
          {"frequency_penalty", "frequency_penalty", "frequency_penalty",
           "generationConfig.frequencyPenalty"}},
    Names{Field::seed, {"seed", "seed", "seed", "generationConfig.seed"}},
    Names{Field::logit_bias, {"logit_bias", "logit_bias", "logit_bias", "logitBias"}},
    Names{Field::logprobs,
          {"logprobs", "include", "logprobs", "generationConfig.responseLogprobs"}},
    Names{Field::top_logprobs,
          {"top_logprobs", "top_logprobs", "top_logprobs", "generationConfig.logprobs"}},
    Names{Field::stop, {"stop", "stop", "stop_sequences", "generationConfig.stopSequences"}},
    Names{Field::choices, {"n", "n", "n", "generationConfig.candidateCount"}},
    Names{Field::max_tokens,
          {"max_tokens", "max_output_tokens", "max_tokens", "generationConfig.maxOutputTokens"}},
    Names{Field::effort,
          {"reasoning_effort", "reasoning.effort", "output_config.effort",
           "generationConfig.thinkingConfig"}},
    Names{Field::thinking,
          {"reasoning_effort", "reasoning", "thinking", "generationConfig.thinkingConfig"}},
    Names{Field::tools, {"tools", "tools", "tools", "tools"}},
    Names{Field::tool_choice,
          {"tool_choice", "tool_choice", "tool_choice", "toolConfig.functionCallingConfig"}},
    Names{Field::parallel_tool_calls,
          {"parallel_tool_calls", "parallel_tool_calls", "tool_choice.disable_parallel_tool_use",
           "parallel_tool_calls"}},
    Names{Field::output,
          {"response_format", "text.format", "output_config.format",
           "generationConfig.responseJsonSchema"}},
    Names{Field::verbosity, {"verbosity", "text.verbosity", "verbosity", "verbosity"}},
    Names{Field::service_tier, {"service_tier", "service_tier", "service_tier", "serviceTier"}},
    Names{Field::user, {"user", "user", "metadata.user_id", "user"}},
    Names{Field::cache_key,
          {"prompt_cache_key", "prompt_cache_key", "prompt_cache_key", "prompt_cache_key"}},
    Names{Field::store, {"store", "store", "store", "store"}},
    Names{Field::metadata, {"metadata", "metadata", "metadata", "labels"}},
    Names{Field::modalities,
          {"modalities", "modalities", "modalities", "generationConfig.responseModalities"}},
    Names{Field::audio, {"audio", "audio", "audio", "generationConfig.speechConfig"}},
};

void drop(canonical::Request& request, Field field) {
    auto& sampling = request.sampling;
    switch (field) {
        case Field::messages:
        case Field::system:
            return;  // without them there is no call
        case Field::temperature:
            return sampling.temperature.reset();
        case Field::top_p:
            return sampling.top_p.reset();
        case Field::top_k:
            return sampling.top_k.reset();
        case Field::presence_penalty:
            return sampling.presence_penalty.reset();
        case Field::frequency_penalty:
            return sampling.frequency_penalty.reset();
        case Field::seed:
            return sampling.seed.reset();
        case Field::logit_bias:
            sampling.logit_bias = {};
            return;
        case Field::logprobs:
            return request.logprobs.reset();
        case Field::top_logprobs:
            return request.top_logprobs.reset();
        case Field::stop:
            return request.stop.clear();
        case Field::choices:
            request.choices = 1;
            return;
        case Field::max_tokens:
            return request.max_tokens.reset();
        case Field::effort:
        case Field::thinking:
            request.reasoning = {};
            return;
        case Field::tools:
            return request.tools.clear();
        case Field::tool_choice:
            return request.tool_choice.reset();
        case Field::parallel_tool_calls:
            return request.parallel_tool_calls.reset();
        case Field::output:
            request.output = {};
            return;
        case Field::verbosity:
            return request.verbosity.clear();
        case Field::service_tier:
            return request.service_tier.clear();
        case Field::user:
            return request.user.clear();
        case Field::cache_key:
            return request.cache_key.clear();
        case Field::store:
            return request.store.reset();
        case Field::metadata:
            request.metadata = {};
            return;
        case Field::modalities:
            return request.modalities.clear();
        case Field::audio:
            request.audio = {};
    }
}

}  // namespace

bool Fitting::is_for_openai() const {
    return target == DialectId::openai_chat || target == DialectId::openai_responses;
}

bool Fitting::is_for_claude() const {
    return target == DialectId::anthropic_messages || target == DialectId::bedrock_converse;
}

std::string_view field_name(DialectId dialect, Field field) {
    const auto index = std::min<std::size_t>(static_cast<std::size_t>(dialect), 3);
    for (const auto& row : all_names) {
        if (row.field == field) return row.names[index];
    }
    return "";
}

std::string_view field_name(const Fitting& fitting, Field field) {
    return field_name(fitting.request.dialect, field);
}

void drop_named_fields(Fitting& fitting) {
    for (const std::string_view name : fitting.settings.dropped_params) {
        for (const auto& row : all_names) {
            const bool is_meant = std::ranges::any_of(row.names, [&](std::string_view known) {
                return known == name || (known.ends_with(name) && known.contains('.') &&
                                         known[known.size() - name.size() - 1] == '.');
            });
            if (is_meant || (name == "max_completion_tokens" && row.field == Field::max_tokens))
                drop(fitting.request, row.field);
        }
        std::erase_if(fitting.request.extras,
                      [&](const canonical::Extra& extra) { return extra.first == name; });
    }
}

Result<Fitted> fit(const canonical::Request& request, const config::ModelFacts& facts,
                   DialectId target, std::string_view issuer, const FitSettings& settings) {
    Fitted fitted{.request = request};
    // The texts made here are this copy's alone: another target may be fitted at the same time.
    fitted.request.arena = std::make_shared<canonical::Arena>();
    fitted.request.arena->keep(request.arena);
    Fitting fitting{.request = fitted.request,
                    .facts = facts,
                    .target = target,
                    .issuer = issuer,
                    .settings = settings,
                    .names = fitted.names,
                    .losses = fitted.losses};
    drop_named_fields(fitting);
    if (auto done = fit_tools(fitting); !done) return std::unexpected(done.error());
    fit_signatures(fitting);
    if (auto done = fit_media(fitting); !done) return std::unexpected(done.error());
    fit_results(fitting);
    fit_turns(fitting);
    fit_thinking(fitting);
    if (auto done = fit_tool_choice(fitting); !done) return std::unexpected(done.error());
    if (auto done = fit_last_turn(fitting); !done) return std::unexpected(done.error());
    if (auto done = fit_sampling(fitting); !done) return std::unexpected(done.error());
    fit_output(fitting);
    return fitted;
}

bool wants_responses(const canonical::Request& request, const config::ModelFacts& facts) {
    if (!facts.takes_chat) return true;
    if (request.tools.empty()) return false;
    const auto& reasoning = request.reasoning;
    const bool is_off = reasoning.mode == ThinkingMode::off || reasoning.effort == Effort::none;
    switch (facts.chat_tools) {
        case config::ChatTools::yes:
            return false;
        case config::ChatTools::without_effort:
            return reasoning.effort || reasoning.mode != ThinkingMode::automatic;
        case config::ChatTools::with_effort_none:
            return !is_off;
        case config::ChatTools::no:
            return true;
    }
    return false;
}

Variant with_facts(Variant variant, const config::ModelFacts& facts) {
    variant.takes_developer_role = variant.takes_developer_role && facts.takes_developer_role;
    variant.max_tokens_field = facts.max_tokens_field;
    variant.reasoning_field = facts.thoughts_field;
    variant.takes_top_k = variant.takes_top_k || facts.takes_top_k;
    variant.required_choice = facts.required_choice;
    variant.seed_field = facts.seed_field;
    variant.takes_images_in_tool_results = facts.takes_images_in_tool_results;
    variant.max_output_tokens = facts.max_output_tokens;
    variant.wants_call_signatures = facts.wants_call_signatures;
    return variant;
}

}  // namespace router::dialects
