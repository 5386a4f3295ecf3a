#include "gateway/refuse.hpp"

#include <array>
#include <string>

#include "dialects/error_words.hpp"
#include "dialects/registry.hpp"
#include "gateway/retry_after.hpp"
#include "wire/url.hpp"

namespace router::gateway {

namespace {

// Said in a stream that has begun, be it with no more than heartbeats.
std::string last_event(const dialects::Dialect& dialect, const Error& error) {
    std::string event;
    dialect.stream_encoder({})->fail(error, event);
    return event;
}

std::string headers_of(const Error& error, canonical::DialectId dialect, std::string_view id) {
    std::string headers = "content-type: application/json\r\n" + retry_headers(error);
    if (error.kind == ErrorKind::unauthorized) headers += "www-authenticate: Bearer\r\n";
    if (dialect == canonical::DialectId::anthropic_messages)
        headers += "request-id: " + std::string(id) + "\r\n";
    return headers;
}

}  // namespace

void name_target(Error& error, std::string_view target, canonical::DialectId dialect) {
    const bool is_theirs = error.kind == ErrorKind::upstream_refused;
    if (target.empty() || (is_theirs && dialect != canonical::DialectId::openai_chat)) return;
    error.message = std::string(target) + ": " + dialects::with_wait(error);
}

http::awaitable<void> refuse(http::Exchange& client, const Error& error,
                             std::string_view header_lines, canonical::DialectId dialect) {
    const auto& speaks = dialects::dialect(dialect);
    if (client.has_begun()) {
        if (client.status() == 200 && client.is_event_stream()) {
            const auto event = last_event(speaks, error);
            if (!client.write(event, true)) co_await client.flush();
        }
        co_return;  // a whole answer that broke off: the connection closes before its end
    }
    std::string headers = headers_of(error, dialect, client.id());
    headers += header_lines;
    const auto body = speaks.encode_error(error);
    const std::array<std::string_view, 1> pieces{body};
    co_await client.respond(speaks.error_status(error), headers, pieces);
}

canonical::DialectId dialect_of(const http::RequestHead& request) {
    using enum canonical::DialectId;
    const auto path = request.path;
    if (path.starts_with("/v1beta") || !request.header("x-goog-api-key").empty()) return gemini;
    const bool is_anthropic =
        path.ends_with("/messages") || !request.header("anthropic-version").empty();
    return is_anthropic ? anthropic_messages : openai_chat;
}

std::string_view api_key_of(const http::RequestHead& request) {
    auto authorization = request.header("authorization");
    constexpr std::string_view bearer = "bearer ";
    if (authorization.size() > bearer.size() &&
        http::is_same_name(authorization.substr(0, bearer.size()), bearer)) {
        authorization.remove_prefix(bearer.size());
        while (authorization.starts_with(' ')) authorization.remove_prefix(1);
        return authorization;
    }
    for (const std::string_view name :
         {"x-api-key", "api-key", "x-goog-api-key", "x-litellm-api-key"}) {
        if (const auto key = request.header(name); !key.empty()) return key;
    }
    return wire::query_value(request.query, "key");
}

}  // namespace router::gateway
