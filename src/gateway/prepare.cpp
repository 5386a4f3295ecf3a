#include "gateway/prepare.hpp"

#include <algorithm>
#include <iterator>

#include "config/model_facts.hpp"
#include "dialects/fit.hpp"
#include "dialects/media_types.hpp"
#include "dialects/registry.hpp"
#include "dialects/seal.hpp"
#include "gateway/chat_words.hpp"
#include "gateway/defaults.hpp"
#include "gateway/pruned.hpp"
#include "gateway/thinking_notes.hpp"
#include "gateway/wishes.hpp"

namespace router::gateway {
namespace {

using canonical::DialectId;

// Streams are accepted as what they are; other answers in any form that the client itself accepts.
std::string_view accepted(const Incoming& incoming, const Endpoint& endpoint) {
    if (incoming.is_streaming) return "text/event-stream, application/json";
    return endpoint.relay == Relay::read ? "application/json" : "*/*";
}

providers::Operation operation_of(const Incoming& incoming, const Endpoint& endpoint) {
    if (endpoint.operation == Operation::count_tokens) return providers::Operation::count_tokens;
    if (endpoint.operation == Operation::other) return providers::Operation::other;
    return incoming.is_streaming ? providers::Operation::stream : providers::Operation::complete;
}

bool has_proof_for_others(const Incoming& incoming) {
    return incoming.body.find(dialects::seal_mark) != std::string_view::npos;
}

// Whether a provider wants to see what its model thought before it called a tool, which clients of
// Chat forget: it must be noted, and put back.
bool needs_thoughts_back(const config::ModelFacts& facts) {
    return facts.thoughts_field == "reasoning_content";
}

template <class Facts>
bool may_pass_through_chat(const Incoming& incoming, const providers::Manner& manner,
                           const Facts& facts) {
    if (dialects::misnames_a_picture(incoming.body)) return false;
    const bool has_tools = incoming.json->has("tools");
    if (!has_tools && !manner.speaks_responses) return true;
    const config::ModelFacts& known = facts();
    if (manner.speaks_responses && !known.takes_chat) return false;
    if (!has_tools) return true;
    return !needs_thoughts_back(known) &&
           (!manner.speaks_responses || known.chat_tools == config::ChatTools::yes);
}

// Whether the client asks for a kind of thinking that the target's model does not know: it took the
// name that it calls for another model's.
bool asks_for_other_thinking(const Incoming& incoming, const config::ModelFacts& facts) {
    const auto asked = incoming.json->value("thinking");
    if (asked.empty() || facts.thinking == config::ThinkingKind::unknown) return false;
    const bool takes_budget = facts.thinking == config::ThinkingKind::budget || facts.takes_budget;
    if (asked.contains("budget_tokens")) return !takes_budget;
    return asked.contains("\"adaptive\"") && facts.thinking != config::ThinkingKind::adaptive;
}

// Whether the client's bytes may go to the target as they are: both speak one dialect, and nothing
// in them, or in the answer, has to be changed on the way.
bool may_pass_through(const Incoming& incoming, const Endpoint& endpoint,
                      const config::Target& target, const Configuration& config, Services& services,
                      const providers::Manner& manner) {
    if (endpoint.operation == Operation::other) return true;
    if (endpoint.operation == Operation::count_tokens) return true;  // who counts speaks it
    if (!manner.speaks(endpoint.dialect) || target.merges_thinking) return false;
    if (incoming.is_small_task) return false;  // how much it thinks is ours to say
    if (endpoint.dialect == DialectId::openai_chat && has_unknown_role(*incoming.json, target))
        return false;
    const auto facts = [&]() -> const config::ModelFacts& {
        return services.models.of(*config.snapshot, target, manner.dialect, manner.model);
    };
    switch (endpoint.dialect) {
        case DialectId::openai_chat:
            return may_pass_through_chat(incoming, manner, facts);
        case DialectId::anthropic_messages:
            return !has_proof_for_others(incoming) && !asks_for_other_thinking(incoming, facts());
        default:
            return !has_proof_for_others(incoming);
    }
}

bool is_chat(const Endpoint& endpoint) {
    return endpoint.dialect == DialectId::openai_chat && endpoint.operation == Operation::complete;
}

// The betas that a client of Anthropic's asks for are meant for Anthropic.
void pass_betas_on(const http::RequestHead& request, Prepared& out) {
    for (const auto& header : request.headers) {
        if (http::is_same_name(header.name, "anthropic-beta"))
            out.headers.push_back("anthropic-beta: " + std::string(header.value));
    }
    out.ask.anthropic_version = request.header("anthropic-version");
}

// What must be otherwise in the client's own bytes.
providers::BodyEdits edits_for(const routing::Attempt& attempt, const Incoming& incoming,
                               const Endpoint& endpoint, const Configuration& config,
                               Services& services, const providers::Manner& manner,
                               const providers::Ask& ask) {
    const auto& upstream = attempt.backend->upstream;
    const auto known = [&]() -> const config::ModelFacts& {
        return services.models.of(*config.snapshot, upstream.target(), manner.dialect,
                                  manner.model);
    };
    if (endpoint.makes_images) {
        auto edits = upstream.body_edits(ask);
        if (!known().takes_image_format) edits.removed.emplace_back("response_format");
        return edits;
    }
    if (!is_chat(endpoint) || !may_need_other_words(*incoming.json, upstream.target()))
        return upstream.body_edits(ask);
    auto edits = chat_words(*incoming.json, upstream.target(), known());
    auto theirs = upstream.body_edits(ask);
    std::ranges::move(theirs.removed, std::back_inserter(edits.removed));
    std::ranges::move(theirs.added, std::back_inserter(edits.added));
    return edits;
}

void pass_through(const routing::Attempt& attempt, const Incoming& incoming,
                  const Endpoint& endpoint, const providers::BodyEdits& edits, Prepared& out) {
    const auto& target = attempt.backend->upstream.target();
    dialects::Changes changes{.model = out.ask.model.empty() ? attempt.model : out.ask.model};
    std::vector<dialects::JsonMember> replacements;
    std::vector<std::string> dropped;
    if (endpoint.relay == Relay::read) {
        changes.defaults = target.defaults;
        changes.replacements = target.extra_body;
        changes.dropped = target.unsent_params;
        changes.asks_for_usage = endpoint.reports_usage && target.provider.takes_stream_options;
    }
    if (!edits.is_empty()) {
        replacements.assign(changes.replacements.begin(), changes.replacements.end());
        replacements.insert(replacements.end(), edits.added.begin(), edits.added.end());
        dropped.assign(changes.dropped.begin(), changes.dropped.end());
        dropped.insert(dropped.end(), edits.removed.begin(), edits.removed.end());
        if (std::ranges::count(edits.removed, "model") > 0) changes.model = {};
        changes.replacements = replacements;
        changes.dropped = dropped;
    }
    write_for(incoming, changes, out.body);
}

Result<> decode_once(Incoming& incoming, const Endpoint& endpoint, storage::SignatureStore* store) {
    if (incoming.canonical) return {};
    const dialects::RequestContext context{.model = incoming.model,
                                           .is_streaming = incoming.is_streaming};
    auto decoded = dialects::dialect(endpoint.dialect).decode_request(incoming.body, context);
    if (!decoded) return std::unexpected(decoded.error());
    for (const auto& [name, value] : decoded->extras) {
        if (endpoint.dialect != DialectId::openai_responses || name != "previous_response_id" ||
            value == "null")
            continue;
        return fail(ErrorKind::bad_request,
                    "There is no stored response " + std::string(value) +
                        ". It was not kept, or by another provider than the one that serves this "
                        "model.",
                    "previous_response_id", "previous_response_not_found");
    }
    decoded->is_streaming = incoming.is_streaming;
    decoded->source_bytes = incoming.body.size();
    if (store != nullptr) restore_thinking(*decoded, incoming.caller, *store);
    incoming.canonical = std::move(*decoded);
    return {};
}

// A small task is worth little thought, whatever the model that the program asked for is told.
void think_little(canonical::Request& request, const config::ModelFacts& facts) {
    request.reasoning = {};
    if (!facts.thinks_by_default) return;
    if (facts.thinking_off != config::ThinkingOff::never) {
        request.reasoning.mode = canonical::ThinkingMode::off;
    } else {
        request.reasoning.effort = canonical::Effort::low;
    }
}

// The members that a target adds to each request, and those that stand in the client's place.
void append_members(const config::Target& target, std::string& body) {
    const auto add = [&](const dialects::JsonMember& member) {
        body.pop_back();
        if (body.back() != '{') body += ',';
        wire::append_quoted(body, member.first);
        body += ':';
        body += member.second + "}";
    };
    for (const auto& member : target.extra_body) add(member);
}

// The converted body, and in it the long texts that were left where they are.
void compose(const wire::LeftOut& left_out, Prepared& out) {
    auto& [pieces, count, own] = out.body;
    std::string_view rest = out.converted;
    std::size_t done = 0;
    count = 0;
    for (std::size_t i = 0; i < left_out.count; ++i) {
        const auto& [at, text] = left_out.texts[i];
        pieces[count++] = rest.substr(0, at - done);
        pieces[count++] = text;
        rest.remove_prefix(at - done);
        done = at;
    }
    pieces[count++] = rest;
}

Result<> convert(const routing::Attempt& attempt, Incoming& incoming, const Endpoint& endpoint,
                 const Configuration& config, Services& services, const providers::Manner& manner,
                 Prepared& out) {
    const auto& upstream = attempt.backend->upstream;
    const auto& target = upstream.target();
    if (const auto decoded = decode_once(incoming, endpoint, services.signatures); !decoded)
        return std::unexpected(decoded.error());

    auto dialect = manner.dialect;
    const auto& facts = services.models.of(*config.snapshot, target, manner.dialect, manner.model);
    if (manner.speaks_responses && dialects::wants_responses(*incoming.canonical, facts))
        dialect = DialectId::openai_responses;

    const dialects::FitSettings settings{.drop_params = target.drops_params,
                                         .modify_params = target.modifies_params,
                                         .dropped_params = target.dropped_params};
    canonical::Request changed;
    const bool is_changed = !target.defaults.empty() || incoming.is_small_task;
    if (is_changed) {
        changed = *incoming.canonical;
        apply_defaults(changed, target.defaults);
        if (incoming.is_small_task) think_little(changed, facts);
    }
    const auto& request = is_changed ? changed : *incoming.canonical;
    auto fitted = dialects::fit(request, facts, dialect, upstream.issuer(), settings);
    if (!fitted) return std::unexpected(fitted.error());
    const auto variant = dialects::with_facts(upstream.variant(dialect, manner.model), facts);
    const auto& to = dialects::dialect(dialect);
    auto encoded = to.encode_request(fitted->request, manner.model, variant);
    if (!encoded) return std::unexpected(encoded.error());

    out.ask.dialect = dialect;
    out.converted = std::move(encoded->body);
    append_members(target, out.converted);
    out.texts = fitted->request.arena;
    compose(encoded->left_out, out);
    out.headers = std::move(encoded->headers);
    auto losses = std::move(fitted->losses);
    losses.insert(losses.end(), encoded->losses.begin(), encoded->losses.end());
    out.conversion =
        std::make_unique<Conversion>(Conversion{.from = &to,
                                                .names = std::move(fitted->names),
                                                .losses = std::move(losses),
                                                .issuer = upstream.issuer(),
                                                .caller = incoming.caller,
                                                .merges_thinking = target.merges_thinking,
                                                .model = std::string(manner.model)});
    return {};
}

}  // namespace

Result<> prepare(const routing::Attempt& attempt, Incoming& whole, const Endpoint& endpoint,
                 const http::RequestHead& request, const Configuration& config, Services& services,
                 Prepared& out) {
    out.pruned = pruned(whole, attempt.backend->upstream.target(), endpoint);
    auto& incoming = out.pruned ? *out.pruned : whole;
    const auto manner = attempt.backend->upstream.manner(attempt.model);
    out.ask.operation = operation_of(incoming, endpoint);
    out.ask.model = manner.model;
    out.ask.endpoint = endpoint.path;
    out.ask.content_type = incoming.content_type;
    out.ask.accept = accepted(incoming, endpoint);
    const auto& target = attempt.backend->upstream.target();
    if (may_pass_through(incoming, endpoint, target, config, services, manner)) {
        out.ask.dialect = endpoint.dialect;
        if (endpoint.dialect == DialectId::anthropic_messages) pass_betas_on(request, out);
        out.ask.headers = out.headers;
        auto edits = edits_for(attempt, incoming, endpoint, config, services, manner, out.ask);
        if (incoming.has_members_for_us) {
            edits.removed.insert(edits.removed.end(), members_for_us.begin(), members_for_us.end());
        }
        pass_through(attempt, incoming, endpoint, edits, out);
    } else {
        const auto decoded = decode_once(whole, endpoint, services.signatures);  // for its answer
        if (!decoded) return std::unexpected(decoded.error());
        auto converted = convert(attempt, incoming, endpoint, config, services, manner, out);
        if (!converted) return converted;
    }
    out.ask.body = out.body.view();
    out.ask.headers = out.headers;
    return {};
}

}  // namespace router::gateway
