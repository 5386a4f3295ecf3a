#include "gateway/defaults.hpp"

#include "dialects/registry.hpp"
#include "wire/json.hpp"
#include "wire/json_writer.hpp"

namespace router::gateway {
namespace {

using namespace canonical;

template <class Value>
void fill(std::optional<Value>& own, const std::optional<Value>& standard) {
    if (!own) own = standard;
}

// Texts, views and lists: what is empty was not said.
template <class Value>
void fill(Value& own, const Value& standard) {
    if (own.empty()) own = standard;
}

void fill_sampling(Sampling& own, const Sampling& standard) {
    fill(own.temperature, standard.temperature);
    fill(own.top_p, standard.top_p);
    fill(own.top_k, standard.top_k);
    fill(own.presence_penalty, standard.presence_penalty);
    fill(own.frequency_penalty, standard.frequency_penalty);
    fill(own.seed, standard.seed);
    fill(own.logit_bias, standard.logit_bias);
}

bool is_unsaid(const Reasoning& reasoning) {
    return reasoning.mode == ThinkingMode::automatic && !reasoning.effort && !reasoning.budget;
}

}  // namespace

void apply_defaults(Request& request, const config::JsonMembers& defaults) {
    if (defaults.empty()) return;
    std::string body;
    wire::JsonWriter out(body);
    out.begin_object().text("model", "model").begin_array("messages");
    out.begin_object().text("role", "user").text("content", ".").end_object().end_array();
    for (const auto& [key, value] : defaults) {
        body += ',';
        wire::append_quoted(body, key);
        body += ':';
        body += value;
    }
    out.end_object();
    const auto size = body.size();
    body.append(wire::json::padding, ' ');
    const auto kept = request.arena->keep(std::move(body)).substr(0, size);
    const auto read = dialects::dialect(DialectId::openai_chat).decode_request(kept, {});
    if (!read) return;
    const auto& standard = *read;
    request.arena->keep(standard.arena);
    fill_sampling(request.sampling, standard.sampling);
    if (is_unsaid(request.reasoning)) {
        const auto is_shown = request.reasoning.is_shown;
        request.reasoning = standard.reasoning;
        if (is_shown) request.reasoning.is_shown = is_shown;
    }
    fill(request.max_tokens, standard.max_tokens);
    fill(request.stop, standard.stop);
    fill(request.tools, standard.tools);
    fill(request.tool_choice, standard.tool_choice);
    fill(request.parallel_tool_calls, standard.parallel_tool_calls);
    fill(request.verbosity, standard.verbosity);
    fill(request.service_tier, standard.service_tier);
    fill(request.user, standard.user);
    fill(request.cache_key, standard.cache_key);
    fill(request.metadata, standard.metadata);
    fill(request.logprobs, standard.logprobs);
    fill(request.top_logprobs, standard.top_logprobs);
    if (request.output.kind == OutputKind::text) request.output = standard.output;
    if (request.choices == 1) request.choices = standard.choices;
}

}  // namespace router::gateway
