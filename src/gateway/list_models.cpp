#include "gateway/list_models.hpp"

#include <array>
#include <string>

#include "gateway/refuse.hpp"
#include "wire/json_text.hpp"
#include "wire/json_writer.hpp"
#include "wire/url.hpp"

namespace router::gateway {
namespace {

using canonical::DialectId;
using wire::JsonWriter;

// LiteLLM's own constant: clients want a time, and no provider is asked for a truer one.
constexpr std::int64_t created = 1677610602;
constexpr std::string_view created_at = "2023-02-28T18:56:42Z";

using routing::ListedModel;

// What a configuration says of a model for people to read, in the places where Open WebUI looks
// for it (seen with 0.12.4, 2026-11-22). Nothing is written that it takes for an order: no arena,
// pipe, pipeline, preset, action_ids, filter_ids or provider.
void write_for_people(JsonWriter& out, const config::Value& info) {
    const auto member = [&](std::string_view key, config::ValueKind kind) {
        const auto* value = info.is(config::ValueKind::map) ? info.find(key) : nullptr;
        return value != nullptr && value->is(kind) ? value : nullptr;
    };
    if (const auto* name = member("display_name", config::ValueKind::text))
        out.text("name", name->text);
    if (const auto* tags = member("tags", config::ValueKind::list))
        out.raw("tags", json_text(*tags));
    const auto* description = member("description", config::ValueKind::text);
    const auto* capabilities = member("capabilities", config::ValueKind::map);
    if (description == nullptr && capabilities == nullptr) return;
    out.begin_object("info").begin_object("meta");
    if (description != nullptr) out.text("description", description->text);
    if (capabilities != nullptr) out.raw("capabilities", json_text(*capabilities));
    out.end_object().end_object();
}

void write_openai(JsonWriter& out, const ListedModel& model) {
    out.begin_object().text("id", model.id).text("object", "model").number("created", created);
    out.text("owned_by", model.target->provider.prefix);
    write_for_people(out, model.target->info);
    out.end_object();
}

void write_limit(JsonWriter& out, std::string_view key, std::uint64_t limit) {
    limit == 0 ? out.null(key) : out.number(key, limit);
}

void write_anthropic(JsonWriter& out, const ListedModel& model) {
    out.begin_object().text("type", "model").text("id", model.id).text("display_name", model.id);
    out.text("created_at", created_at);
    write_limit(out, "max_input_tokens", model.facts.context_tokens);
    write_limit(out, "max_tokens", model.facts.max_output_tokens);
    out.null("capabilities").end_object();
}

void write_gemini(JsonWriter& out, const ListedModel& model) {
    const auto& facts = model.facts;
    out.begin_object().text("name", "models/" + std::string(model.id)).text("version", "1");
    out.text("displayName", model.id);
    if (facts.context_tokens > 0) out.number("inputTokenLimit", facts.context_tokens);
    if (facts.max_output_tokens > 0) out.number("outputTokenLimit", facts.max_output_tokens);
    out.begin_array("supportedGenerationMethods").text("generateContent").text("countTokens");
    out.end_array().end_object();
}

// What Codex 0.169 insists on in an entry of `models` (seen 2026-11-22).
void write_codex(JsonWriter& out, const ListedModel& model) {
    const auto& facts = model.facts;
    out.begin_object().text("slug", model.id).text("display_name", model.id);
    out.begin_array("supported_reasoning_levels").end_array();
    out.text("shell_type", "shell_command").text("visibility", "list");
    out.boolean("supported_in_api", true).number("priority", 0);
    out.text("base_instructions",
             "You are a coding agent. You work in the user's terminal, with the tools given, until "
             "the task is done.");
    out.boolean("support_verbosity", false).boolean("supports_parallel_tool_calls", true);
    out.begin_object("truncation_policy").text("mode", "bytes").number("limit", 10000).end_object();
    if (facts.context_tokens > 0) out.number("context_window", facts.context_tokens);
    out.begin_array("experimental_supported_tools").end_array().end_object();
}

using WriteModel = void (*)(JsonWriter&, const ListedModel&);

WriteModel writer_for(DialectId dialect) {
    if (dialect == DialectId::gemini) return write_gemini;
    return dialect == DialectId::anthropic_messages ? write_anthropic : write_openai;
}

void write_list(JsonWriter& out, std::string_view key, const routing::Table& table,
                WriteModel write) {
    out.begin_array(key);
    for (const auto& model : table.listed()) write(out, model);
    out.end_array();
}

std::string list_for(const http::RequestHead& request, const routing::Table& table) {
    std::string body;
    JsonWriter out(body);
    const auto dialect = dialect_of(request);
    out.begin_object();
    if (dialect == DialectId::gemini) {
        write_list(out, "models", table, write_gemini);
    } else if (dialect == DialectId::anthropic_messages) {
        write_list(out, "data", table, write_anthropic);
        const auto& listed = table.listed();
        if (listed.empty()) {
            out.null("first_id").null("last_id");
        } else {
            out.text("first_id", listed.front().id).text("last_id", listed.back().id);
        }
        out.boolean("has_more", false);
    } else {
        out.text("object", "list");
        write_list(out, "data", table, write_openai);
        if (!wire::query_value(request.query, "client_version").empty())
            write_list(out, "models", table, write_codex);
    }
    out.end_object();
    return body;
}

http::awaitable<void> respond_json(http::Exchange& client, std::string body) {
    const std::array<std::string_view, 1> pieces{body};
    co_await client.respond(200, "content-type: application/json\r\n", pieces);
}

}  // namespace

http::awaitable<void> list_models(http::Exchange& client, Services& services) {
    const auto config = services.configuration;
    const auto dialect = dialect_of(client.request());
    const auto caller = config->keys.identify(api_key_of(client.request()));
    if (!caller) co_return co_await refuse(client, caller.error(), {}, dialect);
    co_await respond_json(client, list_for(client.request(), config->table));
}

http::awaitable<void> show_model(http::Exchange& client, Services& services, std::string id) {
    const auto config = services.configuration;
    const auto dialect = dialect_of(client.request());
    const auto caller = config->keys.identify(api_key_of(client.request()));
    if (!caller) co_return co_await refuse(client, caller.error(), {}, dialect);
    const auto name = wire::percent_decoded(id);
    const auto plan = config->table.plan(name, std::chrono::steady_clock::now());
    if (!plan) co_return co_await refuse(client, plan.error(), {}, dialect);
    std::string body;
    JsonWriter out(body);
    const auto& attempt = plan->attempts.front();
    const auto& target = attempt.backend->upstream.target();
    writer_for(dialect)(out,
                        {name, &target, config->snapshot->facts_of(target, {}, attempt.model)});
    co_await respond_json(client, std::move(body));
}

http::awaitable<void> list_model_info(http::Exchange& client, Services& services) {
    const auto config = services.configuration;
    const auto caller = config->keys.identify(api_key_of(client.request()));
    if (!caller) co_return co_await refuse(client, caller.error());
    std::string body = "{\"data\":[";
    for (const auto& backend : config->table.backends()) {
        const auto& target = backend.upstream.target();
        if (body.back() != '[') body += ',';
        body += "{\"model_name\":";
        wire::append_quoted(body, target.model_name);
        body += ",\"litellm_params\":{\"model\":";
        wire::append_quoted(body, target.provider.prefix + "/" + target.model);
        body += ",\"api_base\":";
        wire::append_quoted(body, backend.upstream.api_base());
        body += "},\"model_info\":{\"id\":";
        wire::append_quoted(body, target.id);
        body += ",\"litellm_provider\":";
        wire::append_quoted(body, target.provider.prefix);
        // The entry's own model_info follows, without its braces; an id of its own is the target's
        // id already.
        const std::string_view own = target.model_info;
        if (own.size() > 2) {
            body += ',';
            body += own.substr(1, own.size() - 2);
        }
        body += "}}";
    }
    body += "]}";
    co_await respond_json(client, std::move(body));
}

}  // namespace router::gateway
