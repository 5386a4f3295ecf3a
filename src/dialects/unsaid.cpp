#include "dialects/unsaid.hpp"

#include <array>
#include <string>

namespace router::dialects {

using canonical::DialectId;

namespace {

struct Names {
    std::string_view chat, responses, gemini;
};

constexpr std::array<Names, 17> names{{
    {"messages", "input", "contents"},
    {"seed", "seed", "generationConfig.seed"},
    {"presence_penalty", "presence_penalty", "generationConfig.presencePenalty"},
    {"frequency_penalty", "frequency_penalty", "generationConfig.frequencyPenalty"},
    {"logprobs", "include", "generationConfig.responseLogprobs"},
    {"top_logprobs", "top_logprobs", "generationConfig.logprobs"},
    {"n", "n", "generationConfig.candidateCount"},
    {"temperature", "temperature", "generationConfig.temperature"},
    {"stop", "stop", "generationConfig.stopSequences"},
    {"max_tokens", "max_output_tokens", "generationConfig.maxOutputTokens"},
    {"response_format", "text.format", "generationConfig.responseMimeType"},
    {"verbosity", "text.verbosity", "verbosity"},
    {"modalities", "modalities", "generationConfig.responseModalities"},
    {"audio", "audio", "generationConfig.speechConfig"},
    {"service_tier", "service_tier", "serviceTier"},
    {"metadata", "metadata", "labels"},
    {"tool_choice", "tool_choice", "toolConfig.functionCallingConfig"},
}};

}  // namespace

std::string_view client_field(DialectId dialect, std::string_view chat_name) {
    for (const auto& name : names) {
        if (name.chat != chat_name) continue;
        if (dialect == DialectId::openai_responses) return name.responses;
        if (dialect == DialectId::gemini) return name.gemini;
    }
    if (dialect == DialectId::anthropic_messages && chat_name == "stop") return "stop_sequences";
    return chat_name;
}

std::vector<std::string_view> unsaid_fields(const canonical::Request& request) {
    std::vector<std::string_view> fields;
    const auto add_if = [&](bool is_said, std::string_view field) {
        if (is_said) fields.push_back(field);
    };
    const auto& sampling = request.sampling;
    add_if(sampling.seed.has_value(), "seed");
    add_if(sampling.presence_penalty.value_or(0) != 0, "presence_penalty");
    add_if(sampling.frequency_penalty.value_or(0) != 0, "frequency_penalty");
    add_if(!sampling.logit_bias.empty(), "logit_bias");
    add_if(request.logprobs.value_or(false), "logprobs");
    add_if(request.top_logprobs.value_or(0) > 0, "top_logprobs");
    add_if(request.store.value_or(false), "store");
    add_if(!request.metadata.empty(), "metadata");
    add_if(!request.verbosity.empty(), "verbosity");
    add_if(!request.cache_key.empty(), "prompt_cache_key");
    return fields;
}

std::unexpected<Error> refuse_field(const canonical::Request& request, std::string_view field,
                                    std::string_view why) {
    const std::string name(client_field(request.dialect, field));
    return fail(ErrorKind::bad_request, name + ": " + std::string(why), name);
}

Result<> check_sayable(const canonical::Request& request, std::string_view provider) {
    const std::string who(provider);
    if (request.choices > 1)
        return refuse_field(request, "n", who + " gives one answer to a request.");
    for (const auto& modality : request.modalities) {
        if (modality != "text")
            return refuse_field(request, "modalities", who + "'s models write text alone.");
    }
    const auto& output = request.output;
    if (output.kind == canonical::OutputKind::json_schema && output.schema.empty())
        return refuse_field(request, "response_format", "A schema is missing.");
    return {};
}

}  // namespace router::dialects
