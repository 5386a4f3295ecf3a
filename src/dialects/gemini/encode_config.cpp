#include <algorithm>

#include "dialects/effort_words.hpp"
#include "dialects/gemini/encode_request.hpp"
#include "dialects/gemini/words.hpp"
#include "dialects/schema.hpp"

namespace router::dialects::gemini {

using canonical::Effort;
using canonical::OutputKind;
using canonical::ThinkingMode;

namespace {

constexpr std::size_t most_stops = 5;

template <class Number>
void write_number(wire::JsonWriter& out, std::string_view name,
                  const std::optional<Number>& value) {
    if (value) out.number(name, *value);
}

void write_sampling(wire::JsonWriter& out, const canonical::Sampling& sampling) {
    write_number(out, "temperature", sampling.temperature);
    write_number(out, "topP", sampling.top_p);
    write_number(out, "topK", sampling.top_k);
    write_number(out, "presencePenalty", sampling.presence_penalty);
    write_number(out, "frequencyPenalty", sampling.frequency_penalty);
    write_number(out, "seed", sampling.seed);
}

void write_stops(RequestWriting& writing) {
    const auto& stops = writing.request.stop;
    if (stops.empty()) return;
    writing.out.begin_array("stopSequences");
    const auto count = std::min(stops.size(), most_stops);
    for (std::size_t i = 0; i < count; ++i) writing.out.escaped(stops[i].escaped);
    writing.out.end_array();
    if (stops.size() <= most_stops) return;
    const bool is_messages = writing.request.dialect == canonical::DialectId::anthropic_messages;
    writing.lose(is_messages ? "stop_sequences" : "stop", "Gemini takes five at most");
}

void write_output(RequestWriting& writing) {
    const auto& output = writing.request.output;
    auto& out = writing.out;
    if (output.kind == OutputKind::text) return;
    out.text("responseMimeType", "application/json");
    if (output.kind != OutputKind::json_schema || output.schema.empty()) return;
    if (writing.variant.takes_json_schema_tools) {
        out.raw("responseJsonSchema", output.schema);
    } else {
        out.raw("responseSchema", gemini_schema(output.schema));
    }
}

void write_modalities(RequestWriting& writing) {
    if (writing.request.modalities.empty()) return;
    writing.out.begin_array("responseModalities");
    for (const auto& one : writing.request.modalities) writing.out.text(in_large(one));
    writing.out.end_array();
}

// A budget or a level: both together are refused.
void write_thinking(RequestWriting& writing) {
    const auto& reasoning = writing.request.reasoning;
    auto& out = writing.out;
    const bool is_budgeted = reasoning.mode == ThinkingMode::budget ||
                             (reasoning.mode == ThinkingMode::off && !reasoning.effort);
    const bool has_budget = reasoning.budget.has_value() && (is_budgeted || !reasoning.effort);
    const bool is_off = reasoning.mode == ThinkingMode::off && !reasoning.effort;
    if (!has_budget && !is_off && !reasoning.effort && !reasoning.is_shown) return;
    out.begin_object("thinkingConfig");
    if (has_budget) {
        out.number("thinkingBudget", *reasoning.budget);
    } else if (is_off) {
        out.number("thinkingBudget", 0);
    } else if (reasoning.effort) {
        out.text("thinkingLevel", effort_word(*reasoning.effort));
    }
    if (reasoning.is_shown) out.boolean("includeThoughts", *reasoning.is_shown);
    out.end_object();
}

bool has_config(const canonical::Request& request) {
    const auto& sampling = request.sampling;
    const auto is_config = [](const canonical::Extra& extra) {
        return extra.first.starts_with("generationConfig.");
    };
    return sampling.temperature || sampling.top_p || sampling.top_k || sampling.presence_penalty ||
           sampling.frequency_penalty || sampling.seed || !request.stop.empty() ||
           request.max_tokens || request.choices != 1 || request.logprobs || request.top_logprobs ||
           request.output.kind != OutputKind::text || !request.modalities.empty() ||
           request.reasoning.mode != ThinkingMode::automatic || request.reasoning.effort ||
           request.reasoning.budget || request.reasoning.is_shown ||
           std::ranges::any_of(request.extras, is_config);
}

}  // namespace

void write_generation_config(RequestWriting& writing) {
    const auto& request = writing.request;
    auto& out = writing.out;
    if (!has_config(request)) return;
    out.begin_object("generationConfig");
    write_sampling(out, request.sampling);
    write_number(out, "maxOutputTokens", request.max_tokens);
    if (request.choices != 1) out.number("candidateCount", request.choices);
    write_stops(writing);
    if (request.logprobs) out.boolean("responseLogprobs", *request.logprobs);
    write_number(out, "logprobs", request.top_logprobs);
    write_output(writing);
    write_modalities(writing);
    write_thinking(writing);
    write_extras(writing, "generationConfig.");
    out.end_object();
}

}  // namespace router::dialects::gemini
