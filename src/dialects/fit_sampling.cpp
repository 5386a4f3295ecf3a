#include <algorithm>
#include <cmath>

#include "dialects/fit_steps.hpp"
#include "wire/json_tree.hpp"

namespace router::dialects {

using canonical::DialectId;
using canonical::OutputKind;
using canonical::Role;
using config::SamplingRule;

namespace {

// Drops a value that the model refuses; what is the default anyway is no loss.
template <class Number>
void refuse(Fitting& fitting, std::optional<Number>& value, Field field, Number usual,
            std::string_view reason) {
    if (!value) return;
    if (*value != usual) fitting.lose(field_name(fitting, field), reason);
    value.reset();
}

void refuse_top_k(Fitting& fitting, std::string_view reason) {
    refuse<std::int64_t>(fitting, fitting.request.sampling.top_k, Field::top_k, 0, reason);
}

void fit_rule(Fitting& fitting) {
    auto& sampling = fitting.request.sampling;
    switch (fitting.facts.sampling) {
        case SamplingRule::all:
            return;
        case SamplingRule::none:
        case SamplingRule::default_only:
            refuse(fitting, sampling.temperature, Field::temperature, 1.0,
                   "the model takes none but the default");
            refuse(fitting, sampling.top_p, Field::top_p, 1.0,
                   "the model takes none but the default");
            return refuse_top_k(fitting, "the model does not take it");
        case SamplingRule::temperature_xor_top_p:
            if (sampling.temperature)
                refuse(fitting, sampling.top_p, Field::top_p, 1.0,
                       "the model does not take it beside temperature");
    }
}

// Claude that thinks keeps to temperature 1, and to the better part of what is likely.
void fit_thinking_claude(Fitting& fitting) {
    auto& sampling = fitting.request.sampling;
    const auto mode = fitting.request.reasoning.mode;
    if (!fitting.is_for_claude() ||
        (mode != canonical::ThinkingMode::budget && mode != canonical::ThinkingMode::adaptive))
        return;
    constexpr std::string_view reason = "the model does not take it while it thinks";
    refuse(fitting, sampling.temperature, Field::temperature, 1.0, reason);
    refuse_top_k(fitting, reason);
    if (sampling.top_p && *sampling.top_p < 0.95)
        refuse(fitting, sampling.top_p, Field::top_p, 1.0, reason);
}

void fit_temperature(Fitting& fitting) {
    auto& temperature = fitting.request.sampling.temperature;
    const double most = fitting.is_for_claude() ? std::min(1.0, fitting.facts.max_temperature)
                                                : fitting.facts.max_temperature;
    if (!temperature || *temperature <= most) return;
    fitting.lose(field_name(fitting, Field::temperature),
                 "the model's highest is taken: " + std::to_string(most).substr(0, 3));
    temperature = most;
}

void fit_penalties(Fitting& fitting) {
    if (fitting.facts.takes_penalties) return;
    auto& sampling = fitting.request.sampling;
    refuse(fitting, sampling.presence_penalty, Field::presence_penalty, 0.0,
           "the model does not take it");
    refuse(fitting, sampling.frequency_penalty, Field::frequency_penalty, 0.0,
           "the model does not take it");
}

std::size_t most_stops(const Fitting& fitting) {
    if (fitting.facts.max_stop > 0) return fitting.facts.max_stop;
    if (fitting.is_for(DialectId::openai_chat)) return 4;
    return fitting.is_for(DialectId::gemini) ? 5 : 1000;
}

void fit_stop(Fitting& fitting) {
    auto& stop = fitting.request.stop;
    const auto field = field_name(fitting, Field::stop);
    const auto is_white = [](canonical::Text text) {
        return text.plain().find_first_not_of(" \t\r\n") == std::string::npos;
    };
    const auto before = stop.size();
    std::erase_if(stop, [&](canonical::Text text) {
        return text.is_empty() || (fitting.is_for_claude() && is_white(text));
    });
    if (stop.size() != before) fitting.lose(field, "a sequence of white space alone is refused");
    if (!fitting.facts.takes_stop && !stop.empty()) {
        fitting.lose(field, "the model does not take it");
        stop.clear();
    }
    if (stop.size() > most_stops(fitting)) {
        fitting.lose(field, "only the first " + std::to_string(most_stops(fitting)) + " are taken");
        stop.resize(most_stops(fitting));
    }
}

void fit_max_tokens(Fitting& fitting) {
    auto& limit = fitting.request.max_tokens;
    if (!limit) return;
    const auto most = static_cast<std::int64_t>(fitting.facts.max_output_tokens);
    if (most > 0 && *limit > most) {
        fitting.lose(field_name(fitting, Field::max_tokens),
                     "the model's most is taken: " + std::to_string(most));
        limit = most;
    }
    constexpr std::int64_t least_of_responses = 16;
    if (fitting.is_for(DialectId::openai_responses) && *limit < least_of_responses)
        limit = least_of_responses;
}

Result<> fit_choices(Fitting& fitting) {
    auto& choices = fitting.request.choices;
    if (choices <= 1 || fitting.is_for(DialectId::openai_chat) || fitting.is_for(DialectId::gemini))
        return {};
    const std::string field(field_name(fitting, Field::choices));
    if (!fitting.settings.drop_params)
        return fail(ErrorKind::bad_request,
                    "The model's provider gives one answer to a call; ask for " + field +
                        " 1, or set drop_params.",
                    field);
    fitting.lose(field, "the provider gives one answer to a call");
    choices = 1;
    return {};
}

// What cannot be demanded is asked for, behind the system's other words.
void ask_for(Fitting& fitting, std::string text) {
    auto& request = fitting.request;
    canonical::Turn turn{.role = fitting.facts.takes_system_role ? Role::system : Role::user};
    turn.blocks.emplace_back(canonical::TextBlock{.text = {request.arena->keep(std::move(text))}});
    const auto place = std::ranges::find_if(request.turns, [](const canonical::Turn& other) {
        return other.role != Role::system && other.role != Role::developer;
    });
    request.turns.insert(place, std::move(turn));
}

}  // namespace

Result<> fit_sampling(Fitting& fitting) {
    fit_rule(fitting);
    fit_thinking_claude(fitting);
    fit_temperature(fitting);
    fit_penalties(fitting);
    fit_stop(fitting);
    fit_max_tokens(fitting);
    return fit_choices(fitting);
}

void fit_output(Fitting& fitting) {
    auto& output = fitting.request.output;
    if (output.kind == OutputKind::text) return;
    const auto& facts = fitting.facts;
    const bool has_tools = !fitting.request.tools.empty();
    const bool is_taken =
        facts.takes_structured_output && (facts.takes_structured_output_with_tools || !has_tools);
    const bool is_schema = output.kind == OutputKind::json_schema;
    if (is_schema ? is_taken
                  : !fitting.is_for_claude() && (is_taken || !has_tools || fitting.is_for_openai()))
        return;
    std::string text =
        "Answer with one JSON object and nothing else: no words around it, no code fence.";
    if (is_schema) {
        const auto schema = wire::parse_json(output.schema);
        text += " It follows this JSON schema:\\n" +
                wire::escaped(schema ? wire::json_text(*schema) : std::string(output.schema));
    }
    ask_for(fitting, std::move(text));
    fitting.lose(field_name(fitting, Field::output),
                 "the model does not take it; it is asked for in words");
    const bool takes_object = fitting.is_for(DialectId::openai_chat);
    output = {.kind = takes_object ? OutputKind::json_object : OutputKind::text};
}

}  // namespace router::dialects
