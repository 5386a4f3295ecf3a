#include "app/endpoints.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "gateway/chat_call.hpp"
#include "gateway/list_models.hpp"
#include "gateway/refuse.hpp"
#include "gateway/stored_responses.hpp"
#include "wire/url.hpp"

namespace router::app {
namespace {

using http::Exchange;

// What a handler may need besides the exchange; given by value, for a coroutine outlives its
// caller's frame.
struct Context {
    gateway::Services& services;
    const admin::Reload& reload;
    std::string_view rest;  // of the path, behind a row's trailing slash
};
using Handler = http::awaitable<void> (*)(Exchange&, Context);

http::awaitable<void> respond_json(Exchange& client, std::string body) {
    const std::array<std::string_view, 1> pieces{body};
    co_await client.respond(200, "content-type: application/json\r\n", pieces);
}

http::awaitable<void> show_status(Exchange& client, Context context) {
    const auto models = context.services.configuration->table.listed().size();
    return respond_json(client, "{\"name\":\"Open LLM Router\",\"version\":\"" ROUTER_VERSION
                                "\",\"status\":\"running\",\"models\":" +
                                    std::to_string(models) + "}");
}

http::awaitable<void> say_alive(Exchange& client, Context) {
    return respond_json(client, "\"I'm alive!\"");
}

http::awaitable<void> say_ready(Exchange& client, Context) {
    return respond_json(
        client,
        "{\"status\":\"healthy\",\"db\":\"Not connected\",\"version\":\"" ROUTER_VERSION "\"}");
}

template <const gateway::Endpoint& endpoint>
http::awaitable<void> call(Exchange& client, Context context) {
    return gateway::serve_call(client, context.services, endpoint, {});
}

http::awaitable<void> refuse_unknown(Exchange& client) {
    Error error{.kind = ErrorKind::not_found,
                .message = "There is nothing at " + std::string(client.request().path) + "."};
    error.code = "unknown_url";
    co_await gateway::refuse(client, error, {}, gateway::dialect_of(client.request()));
}

// Gemini's URLs name model and method: models/NAME:METHOD. A name may have slashes and colons.
http::awaitable<void> call_gemini(Exchange& client, Context context) {
    struct Method {
        std::string_view name;
        const gateway::Endpoint* endpoint;
    };
    constexpr std::array methods{Method{":generateContent", &gateway::gemini_generate},
                                 Method{":streamGenerateContent", &gateway::gemini_stream},
                                 Method{":countTokens", &gateway::gemini_count_tokens}};
    const auto rest = wire::percent_decoded(context.rest);
    for (const auto& [name, endpoint] : methods) {
        if (!rest.ends_with(name) || rest.size() == name.size()) continue;
        const bool is_array = wire::query_value(client.request().query, "alt") != "sse";
        return gateway::serve_call(client, context.services, *endpoint,
                                   {.model = rest.substr(0, rest.size() - name.size()),
                                    .is_json_array = endpoint->is_stream && is_array});
    }
    return refuse_unknown(client);
}

http::awaitable<void> serve_stored(Exchange& client, Context context) {
    return gateway::serve_stored(client, context.services, std::string(context.rest));
}

// Codex asks whether it may speak WebSocket, and posts at once when told that it may not; any other
// answer costs it seven tries (seen with 0.169, 2026-11-22).
http::awaitable<void> refuse_websocket(Exchange& client, Context) {
    const Error error{.kind = ErrorKind::not_implemented,
                      .message = "Responses are served over HTTP: POST /v1/responses.",
                      .code = "websocket_not_supported",
                      .status = 426};
    co_await gateway::refuse(client, error, "upgrade: HTTP/1.1\r\n");
}

http::awaitable<void> list_models(Exchange& client, Context context) {
    return gateway::list_models(client, context.services);
}

http::awaitable<void> show_model(Exchange& client, Context context) {
    return gateway::show_model(client, context.services, std::string(context.rest));
}

http::awaitable<void> model_info(Exchange& client, Context context) {
    return gateway::list_model_info(client, context.services);
}

// Admin rows: the key first, then the work.
template <http::awaitable<void> (*work)(Exchange&, Context)>
http::awaitable<void> as_admin(Exchange& client, Context context) {
    const auto config = context.services.configuration;
    const auto caller = config->keys.identify(gateway::api_key_of(client.request()));
    if (!caller) co_return co_await gateway::refuse(client, caller.error());
    if (!caller->is_admin) {
        const Error error{.kind = ErrorKind::forbidden, .message = "This needs the admin's key."};
        co_return co_await gateway::refuse(client, error);
    }
    co_await work(client, context);
}

http::awaitable<void> reload_backends(Exchange& client, Context context) {
    return admin::reload_backends(client, context.reload);
}
http::awaitable<void> show_config(Exchange& client, Context context) {
    const auto config = context.services.configuration;
    co_await admin::show_config(client, *config->snapshot);
}
http::awaitable<void> show_backends(Exchange& client, Context context) {
    const auto config = context.services.configuration;
    co_await admin::show_backends(client, config->table);
}

struct Route {
    std::string_view method;
    std::string_view path;  // without /v1, which may stand before any of them; one that ends in '/'
                            // takes what follows
    Handler handler;
};

// Every URL that we answer; /v1beta may stand before any of them as well.
constexpr std::array routes{
    Route{"GET", "/", show_status},
    Route{"GET", "/health/liveliness", say_alive},
    Route{"GET", "/health/liveness", say_alive},
    Route{"GET", "/health/readiness", say_ready},
    Route{"GET", "/models", list_models},
    Route{"GET", "/models/", show_model},
    Route{"GET", "/model/info", model_info},
    Route{"POST", "/chat/completions", call<gateway::chat_completions>},
    Route{"POST", "/responses", call<gateway::responses>},
    Route{"GET", "/responses", refuse_websocket},
    Route{"POST", "/responses/input_tokens", call<gateway::responses_input_tokens>},
    Route{"GET", "/responses/", serve_stored},
    Route{"DELETE", "/responses/", serve_stored},
    Route{"POST", "/messages", call<gateway::messages>},
    Route{"POST", "/messages/count_tokens", call<gateway::messages_count_tokens>},
    Route{"POST", "/models/", call_gemini},
    Route{"POST", "/completions", call<gateway::completions>},
    Route{"POST", "/embeddings", call<gateway::embeddings>},
    Route{"POST", "/moderations", call<gateway::moderations>},
    Route{"POST", "/rerank", call<gateway::rerank>},
    Route{"POST", "/images/generations", call<gateway::image_generations>},
    Route{"POST", "/images/edits", call<gateway::image_edits>},
    Route{"POST", "/audio/speech", call<gateway::audio_speech>},
    Route{"POST", "/audio/transcriptions", call<gateway::audio_transcriptions>},
    Route{"POST", "/admin/reload-backends", as_admin<reload_backends>},
    Route{"GET", "/admin/config", as_admin<show_config>},
    Route{"GET", "/admin/backends", as_admin<show_backends>},
};

bool matches(const Route& route, std::string_view path) {
    if (route.path.size() > 1 && route.path.ends_with('/'))
        return path.size() > route.path.size() && path.starts_with(route.path);
    return path == route.path;
}

// Google's clients say v1beta or v1; those of Vertex v1beta1.
std::string_view without_version(std::string_view path) {
    for (const std::string_view version : {"/v1", "/v1beta", "/v1beta1"}) {
        if (!path.starts_with(version)) continue;
        const auto rest = path.substr(version.size());
        if (rest.empty() || rest == "/") return "/";
        if (rest.starts_with('/')) return rest;
    }
    return path;
}

std::string_view allowed_origin(const config::ServerSettings& settings, std::string_view origin) {
    for (const std::string_view allowed : settings.cors_allowed_origins) {
        if (allowed == "*" || allowed == origin) return origin;
    }
    return {};
}

// A browser asks whether it may call; it sends no key with the question.
http::awaitable<void> answer_preflight(Exchange& client, bool is_allowed) {
    if (!is_allowed) {
        const Error error{.kind = ErrorKind::forbidden,
                          .message = "This origin is not among cors_allowed_origins."};
        co_return co_await gateway::refuse(client, error);
    }
    constexpr std::string_view lines =
        "access-control-allow-methods: GET, POST, OPTIONS\r\n"
        "access-control-allow-headers: *, authorization, content-type, x-api-key, api-key, "
        "x-goog-api-key\r\n"
        "access-control-max-age: 86400\r\n";
    co_await client.respond(204, lines, {});
}

http::awaitable<void> refuse_route(Exchange& client, std::string_view path) {
    std::string allowed;
    for (const auto& route : routes) {
        if (!matches(route, path)) continue;
        if (!allowed.empty()) allowed += ", ";
        allowed += route.method;
        if (route.method == "GET") allowed += ", HEAD";
    }
    const auto& request = client.request();
    Error error{.kind = ErrorKind::not_found,
                .message = "There is nothing at " + std::string(request.path) + "."};
    error.code = "unknown_url";
    std::string lines;
    if (!allowed.empty()) {
        error = {.kind = ErrorKind::method_not_allowed,
                 .message = std::string(request.path) + " takes " + allowed + ", not " +
                            std::string(request.method) + "."};
        error.code = "method_not_allowed";
        lines = "allow: " + allowed + ", OPTIONS\r\n";
    }
    co_await gateway::refuse(client, error, lines, gateway::dialect_of(request));
}

}  // namespace

http::awaitable<void> answer(Exchange& client, gateway::Services& services,
                             const admin::Reload& reload) {
    const auto& request = client.request();
    const auto& settings = services.configuration->snapshot->server;
    const auto origin = request.header("origin");
    const bool is_preflight =
        request.method == "OPTIONS" && !request.header("access-control-request-method").empty();
    if (!origin.empty() && !settings.cors_allowed_origins.empty()) {
        client.common_headers += "vary: origin\r\n";
        if (const auto allowed = allowed_origin(settings, origin); !allowed.empty()) {
            client.common_headers += "access-control-allow-origin: " + std::string(allowed) +
                                     "\r\naccess-control-expose-headers: x-request-id, "
                                     "x-litellm-call-id, retry-after\r\n";
        }
    }
    if (is_preflight) return answer_preflight(client, !allowed_origin(settings, origin).empty());

    const auto path = without_version(request.path);
    const auto method = request.method == "HEAD" ? std::string_view("GET") : request.method;
    const auto found = std::ranges::find_if(
        routes, [&](const Route& route) { return route.method == method && matches(route, path); });
    if (found == routes.end()) return refuse_route(client, path);

    return found->handler(
        client, {services, reload, path.substr(std::min(found->path.size(), path.size()))});
}

}  // namespace router::app
