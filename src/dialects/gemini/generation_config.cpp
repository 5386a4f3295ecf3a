#include <string>
#include <utility>

#include "dialects/gemini/decode_request.hpp"
#include "dialects/gemini/members.hpp"
#include "dialects/gemini/words.hpp"

namespace router::dialects::gemini {

using canonical::OutputKind;
using canonical::Request;
using canonical::ThinkingMode;

namespace json = wire::json;

namespace {

constexpr std::string_view prefix = "generationConfig.";

void read_thinking(json::value& config, Request& request) {
    auto& reasoning = request.reasoning;
    each_field(config, [&](std::string_view key, json::value& value) {
        if (key == "includeThoughts") {
            reasoning.is_shown = json::boolean(value);
        } else if (key == "thinkingLevel") {
            if (const auto effort = effort_from(json::text_or_empty(value)))
                reasoning.effort = effort;
        } else if (key == "thinkingBudget") {
            const auto budget = json::integer(value);
            if (!budget) return;
            reasoning.budget = budget;
            reasoning.mode = *budget == 0  ? ThinkingMode::off
                             : *budget < 0 ? ThinkingMode::adaptive
                                           : ThinkingMode::budget;
        }
    });
}

void set_mime(std::string_view mime, Request& request, canonical::Json raw) {
    if (mime == "application/json") {
        if (request.output.kind == OutputKind::text) request.output.kind = OutputKind::json_object;
    } else if (!mime.empty() && mime != "text/plain") {
        request.extras.emplace_back(std::string(prefix) + "responseMimeType", raw);
    }
}

void set_schema(json::value& value, Request& request) {
    const auto schema = valid_json(value);
    if (!schema.starts_with('{')) return;
    request.output.kind = OutputKind::json_schema;
    request.output.schema = schema;
}

// The newest form: a list with an entry for each modality.
void read_format(json::value& entry, Request& request) {
    each_field(entry, [&](std::string_view kind, json::value& format) {
        if (kind != "text") return;
        each_field(format, [&](std::string_view key, json::value& value) {
            if (key == "schema") set_schema(value, request);
            if (key == "mimeType") set_mime(json::text_or_empty(value), request, json::raw(value));
        });
    });
}

bool read_output(std::string_view key, json::value& value, Request& request) {
    if (key == "responseMimeType") {
        set_mime(json::text_or_empty(value), request, json::raw(value));
    } else if (key == "responseSchema" || key == "responseJsonSchema") {
        set_schema(value, request);
    } else if (key == "responseFormat") {
        if (json::type_of(value) == json::json_type::array) {
            json::each_element(value, [&](json::value& entry) { read_format(entry, request); });
        } else {
            read_format(value, request);
        }
    } else if (key == "responseModalities") {
        json::each_element(value, [&](json::value& modality) {
            request.modalities.push_back(in_small(json::text_or_empty(modality)));
        });
    } else {
        return false;
    }
    return true;
}

bool read_sampling(std::string_view key, json::value& value, canonical::Sampling& sampling) {
    if (key == "temperature") {
        sampling.temperature = json::number(value);
    } else if (key == "topP") {
        sampling.top_p = json::number(value);
    } else if (key == "topK") {
        sampling.top_k = json::integer(value);
    } else if (key == "presencePenalty") {
        sampling.presence_penalty = json::number(value);
    } else if (key == "frequencyPenalty") {
        sampling.frequency_penalty = json::number(value);
    } else if (key == "seed") {
        sampling.seed = json::integer(value);
    } else {
        return false;
    }
    return true;
}

}  // namespace

void read_generation_config(json::value& config, Request& request) {
    each_field(config, [&](std::string_view key, json::value& value) {
        if (json::is_null(value) || read_sampling(key, value, request.sampling)) return;
        if (read_output(key, value, request)) return;
        if (key == "maxOutputTokens") {
            request.max_tokens = json::integer(value);
        } else if (key == "candidateCount") {
            request.choices = json::integer(value).value_or(1);
        } else if (key == "stopSequences") {
            const auto add = [&](json::value& stop) { request.stop.push_back(text_of(stop)); };
            if (json::type_of(value) == json::json_type::array) {
                json::each_element(value, add);
            } else {
                add(value);
            }
        } else if (key == "responseLogprobs") {
            request.logprobs = json::boolean(value);
        } else if (key == "logprobs") {
            request.top_logprobs = json::integer(value);
        } else if (key == "thinkingConfig") {
            read_thinking(value, request);
        } else {
            keep_extra(request, std::string(prefix) + std::string(key), value);
        }
    });
}

}  // namespace router::dialects::gemini
