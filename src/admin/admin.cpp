#include "admin/admin.hpp"

#include <array>

#include "wire/json_text.hpp"

namespace router::admin {
namespace {

http::awaitable<void> respond_json(http::Exchange& client, int status, std::string body) {
    const std::array<std::string_view, 1> pieces{body};
    co_await client.respond(status, "content-type: application/json\r\n", pieces);
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
    if (out.back() != '{') out += ',';
    wire::append_quoted(out, name);
    out += ':';
    wire::append_quoted(out, text);
}

std::string diagnostics_json(const std::vector<config::Diagnostic>& diagnostics) {
    std::string out = "[";
    for (const auto& diagnostic : diagnostics) {
        if (out.size() > 1) out += ',';
        out += '{';
        append_member(out, "severity",
                      diagnostic.severity == config::Severity::error ? "error" : "warning");
        append_member(out, "file", diagnostic.place.file);
        out += ",\"line\":" + std::to_string(diagnostic.place.line);
        out += ",\"column\":" + std::to_string(diagnostic.place.column);
        append_member(out, "message", diagnostic.message);
        out += '}';
    }
    return out + "]";
}

}  // namespace

http::awaitable<void> reload_backends(http::Exchange& client, const Reload& reload) {
    const auto reloaded = reload();
    const auto found = diagnostics_json(reloaded.diagnostics);
    if (reloaded.is_published) {
        co_await respond_json(client, 200,
                              "{\"status\":\"reloaded\",\"diagnostics\":" + found + "}");
        co_return;
    }
    std::string message = "The configuration has errors; the old one stays in force.";
    for (const auto& diagnostic : reloaded.diagnostics) {
        if (diagnostic.severity == config::Severity::error)
            message += "\n" + config::to_string(diagnostic);
    }
    co_await respond_json(client, 422,
                          "{\"error\":{\"message\":" + wire::quoted(message) +
                              ",\"type\":\"invalid_request_error\",\"param\":null,\"code\":"
                              "\"invalid_configuration\"},"
                              "\"diagnostics\":" +
                              found + "}");
}

http::awaitable<void> show_config(http::Exchange& client, const config::Snapshot& snapshot) {
    return respond_json(client, 200, snapshot.masked_json);
}

http::awaitable<void> show_backends(http::Exchange& client, const routing::Table& table) {
    const auto now = std::chrono::steady_clock::now();
    std::string body = "{\"backends\":[";
    for (const auto& backend : table.backends()) {
        const auto& target = backend.upstream.target();
        if (body.back() != '[') body += ',';
        body += '{';
        append_member(body, "id", target.id);
        append_member(body, "model_name", target.model_name);
        append_member(body, "provider", target.provider.prefix);
        append_member(body, "model", target.model);
        append_member(body, "api_base", backend.upstream.api_base());
        append_member(body, "api_key", target.api_key.masked());
        body += ",\"mock\":";
        body += target.mock_response ? "true" : "false";
        body += ",\"healthy\":";
        body += backend.is_healthy(now) ? "true" : "false";
        append_member(body, "file", target.place.file);
        body += ",\"line\":" + std::to_string(target.place.line) + "}";
    }
    return respond_json(client, 200, body + "]}");
}

}  // namespace router::admin
