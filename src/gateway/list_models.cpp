#include "gateway/list_models.hpp"

#include <array>
#include <string>

#include "gateway/refuse.hpp"
#include "wire/json_text.hpp"
#include "wire/url.hpp"

namespace router::gateway {
namespace {

// LiteLLM's own constant: clients want a number, and no provider is asked for a truer one.
constexpr std::string_view created = "1677610602";

void append_model(std::string& out, std::string_view id, std::string_view owner) {
    out += "{\"id\":";
    wire::append_quoted(out, id);
    out += ",\"object\":\"model\",\"created\":";
    out += created;
    out += ",\"owned_by\":";
    wire::append_quoted(out, owner);
    out += '}';
}

http::awaitable<void> respond_json(http::Exchange& client, std::string body) {
    const std::array<std::string_view, 1> pieces{body};
    co_await client.respond(200, "content-type: application/json\r\n", pieces);
}

}  // namespace

http::awaitable<void> list_models(http::Exchange& client, Services& services) {
    const auto config = services.configuration;
    const auto caller = config->keys.identify(api_key_of(client.request()));
    if (!caller) co_return co_await refuse(client, caller.error());
    std::string body = "{\"object\":\"list\",\"data\":[";
    for (const auto& model : config->table.listed()) {
        if (body.back() != '[') body += ',';
        append_model(body, model.id, model.target->provider.prefix);
    }
    body += "]}";
    co_await respond_json(client, std::move(body));
}

http::awaitable<void> show_model(http::Exchange& client, Services& services, std::string_view id) {
    const auto config = services.configuration;
    const auto caller = config->keys.identify(api_key_of(client.request()));
    if (!caller) co_return co_await refuse(client, caller.error());
    const auto name = wire::percent_decoded(id);
    const auto plan = config->table.plan(name, std::chrono::steady_clock::now());
    if (!plan) co_return co_await refuse(client, plan.error());
    std::string body;
    append_model(body, name, plan->attempts.front().backend->upstream.target().provider.prefix);
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
