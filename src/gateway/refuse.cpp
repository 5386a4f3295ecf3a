#include "gateway/refuse.hpp"

#include <array>
#include <string>

#include "dialects/openai_chat/error.hpp"
#include "dialects/openai_chat/stream_relay.hpp"

namespace router::gateway {

http::awaitable<void> refuse(http::Exchange& client, const Error& error,
                             std::string_view header_lines) {
    if (client.has_begun()) {
        if (client.status() == 200 && client.is_event_stream()) {
            const auto event = dialects::openai_chat::encode_stream_error(error);
            if (!client.write(event, true)) co_await client.flush();
        }
        co_return;  // a whole answer that broke off: the connection closes before its end
    }
    std::string headers = "content-type: application/json\r\n";
    if (!error.retry_after.empty()) headers += "retry-after: " + error.retry_after + "\r\n";
    if (error.kind == ErrorKind::unauthorized) headers += "www-authenticate: Bearer\r\n";
    headers += header_lines;
    const auto body = dialects::openai_chat::encode_error(error);
    const std::array<std::string_view, 1> pieces{body};
    co_await client.respond(error.http_status(), headers, pieces);
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
    return {};
}

}  // namespace router::gateway
