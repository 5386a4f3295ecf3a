#include "dialects/openai_chat/encode_request.hpp"

#include "dialects/effort_words.hpp"
#include "dialects/openai_chat/decode_tools.hpp"
#include "dialects/openai_chat/encoding.hpp"

namespace router::dialects::openai_chat {
namespace {

using namespace canonical;

constexpr std::size_t most_stops = 4;

template <class Value>
void write_if(wire::JsonWriter& json, std::string_view key, const std::optional<Value>& value) {
    if (!value) return;
    if constexpr (std::is_same_v<Value, bool>) {
        json.boolean(key, *value);
    } else {
        json.number(key, *value);
    }
}

void write_sampling(Encoding& to) {
    auto& json = to.json;
    const auto& sampling = to.request.sampling;
    write_if(json, to.variant.max_tokens_field, to.request.max_tokens);
    write_if(json, "temperature", sampling.temperature);
    write_if(json, "top_p", sampling.top_p);
    if (sampling.top_k && !to.variant.takes_top_k) {
        to.lose(to.name(Field::top_k), "Chat Completions has no such field");
    } else {
        write_if(json, "top_k", sampling.top_k);
    }
    write_if(json, "presence_penalty", sampling.presence_penalty);
    write_if(json, "frequency_penalty", sampling.frequency_penalty);
    write_if(json, to.variant.seed_field, sampling.seed);
    if (!sampling.logit_bias.empty()) json.raw("logit_bias", sampling.logit_bias);
    write_if(json, "logprobs", to.request.logprobs);
    write_if(json, "top_logprobs", to.request.top_logprobs);
    if (to.request.choices != 1) json.number("n", to.request.choices);
}

void write_stop(Encoding& to) {
    const auto& stop = to.request.stop;
    if (stop.empty()) return;
    to.json.begin_array("stop");
    for (std::size_t at = 0; at < std::min(stop.size(), most_stops); ++at)
        to.json.escaped(stop[at].escaped);
    to.json.end_array();
    if (stop.size() > most_stops)
        to.lose(to.name(Field::stop), "Chat Completions takes 4; the first 4 were sent");
}

// OpenRouter has one object for all that can be said of thinking.
void write_reasoning_object(Encoding& to) {
    const auto& reasoning = to.request.reasoning;
    const bool is_hidden = reasoning.is_shown == false;
    const bool is_budget = reasoning.mode == ThinkingMode::budget && reasoning.budget;
    if (reasoning.mode == ThinkingMode::automatic && !reasoning.effort && !is_hidden) return;
    to.json.begin_object("reasoning");
    if (is_budget) {
        to.json.number("max_tokens", *reasoning.budget);
    } else if (reasoning.effort) {
        to.json.text("effort", effort_word(*reasoning.effort));
    } else if (reasoning.mode != ThinkingMode::automatic) {
        to.json.boolean("enabled", reasoning.mode != ThinkingMode::off);
    }
    if (is_hidden) to.json.boolean("exclude", true);
    to.json.end_object();
}

void write_reasoning(Encoding& to) {
    if (to.variant.reasoning_field == "reasoning_details") return write_reasoning_object(to);
    const auto& reasoning = to.request.reasoning;
    if (reasoning.effort) {
        to.json.text("reasoning_effort", effort_word(*reasoning.effort));
    } else if (reasoning.mode == ThinkingMode::off) {
        to.json.begin_object("thinking").text("type", "disabled").end_object();
    } else if (to.is_from_chat() && reasoning.mode == ThinkingMode::budget && reasoning.budget) {
        to.json.begin_object("thinking").text("type", "enabled");
        to.json.number("budget_tokens", *reasoning.budget).end_object();
    } else if (to.is_from_chat() && reasoning.mode == ThinkingMode::adaptive) {
        to.json.begin_object("thinking").text("type", "enabled").end_object();
    } else if (reasoning.mode == ThinkingMode::budget) {
        to.lose(to.name(Field::thinking), "Chat Completions has no budget for thinking");
    }
}

void write_output(Encoding& to) {
    const auto& output = to.request.output;
    auto& json = to.json;
    if (output.kind == OutputKind::text) return;
    json.begin_object("response_format");
    if (output.kind == OutputKind::json_object) {
        json.text("type", "json_object").end_object();
        return;
    }
    json.text("type", "json_schema").begin_object("json_schema");
    json.text("name", output.name.empty() ? "response" : output.name);
    if (!output.description.is_empty()) json.escaped("description", output.description.escaped);
    if (!output.schema.empty()) json.raw("schema", output.schema);
    write_if(json, "strict", output.strict);
    json.end_object().end_object();
}

// OpenAI refuses a longer one. Claude Code's is a JSON object with several ids.
void write_user(Encoding& to) {
    constexpr std::size_t longest_safety_identifier = 128, longest_user = 64;
    const auto& user = to.request.user;
    if (user.empty()) return;
    const bool is_safety = to.is_for_openai();
    if (user.size() > (is_safety ? longest_safety_identifier : longest_user)) {
        to.lose(to.name(Field::user), "it is too long for Chat Completions");
    } else {
        to.json.text(is_safety ? "safety_identifier" : "user", user);
    }
}

void write_account_fields(Encoding& to) {
    const auto& request = to.request;
    auto& json = to.json;
    write_user(to);
    if (!request.service_tier.empty()) json.text("service_tier", request.service_tier);
    if (!request.verbosity.empty()) json.text("verbosity", request.verbosity);
    const bool is_openais = to.is_from_chat() || to.is_for_openai();
    if (!request.cache_key.empty() && is_openais) json.text("prompt_cache_key", request.cache_key);
    if (to.is_from_chat()) {
        write_if(json, "store", request.store);
        if (!request.metadata.empty()) json.raw("metadata", request.metadata);
        if (!request.audio.empty()) json.raw("audio", request.audio);
    } else {
        if (request.store == true) to.lose(to.name(Field::store), "the answer is not kept");
        if (!request.metadata.empty())
            to.lose(to.name(Field::metadata), "Chat Completions takes it with `store` alone");
    }
    if (request.modalities.empty()) return;
    json.begin_array("modalities");
    for (const auto& modality : request.modalities) json.text(modality);
    json.end_array();
}

void write_extras(Encoding& to) {
    for (const auto& [key, value] : to.request.extras) {
        if (!to.is_from_chat()) {
            to.lose(key, "Chat Completions has no such field");
            continue;
        }
        to.json.key(wire::escaped(key)).raw(value);
    }
}

}  // namespace

Result<EncodedRequest> encode_request(const Request& request, std::string_view model,
                                      const Variant& variant) {
    EncodedRequest encoded;
    encoded.body.reserve(request.source_bytes + canonical::room_for_other_words);
    wire::JsonWriter json(encoded.body, &encoded.left_out);
    Encoding to{.request = request, .variant = variant, .json = json, .losses = encoded.losses};
    json.begin_object().text("model", model);
    write_messages(to);
    write_tools(to);
    write_sampling(to);
    write_stop(to);
    write_reasoning(to);
    write_output(to);
    write_account_fields(to);
    if (request.is_streaming) {
        json.boolean("stream", true);
        if (variant.takes_stream_options)
            json.begin_object("stream_options").boolean("include_usage", true).end_object();
    }
    write_extras(to);
    json.end_object();
    if (to.error) return std::unexpected(std::move(*to.error));
    return encoded;
}

}  // namespace router::dialects::openai_chat
