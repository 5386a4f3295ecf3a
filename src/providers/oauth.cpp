#include "providers/oauth.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "wire/json.hpp"
#include "wire/url.hpp"

namespace router::providers {

namespace json = wire::json;

Result<TokenAsk> form_post(std::string_view url,
                           const std::vector<std::pair<std::string_view, std::string_view>>& form) {
    const auto to = wire::parse_url(url);
    if (!to) return fail(ErrorKind::unavailable, "The provider's credentials have no token URL.");
    TokenAsk out{.origin = wire::origin_of(to->is_tls, to->host, to->port), .head = {}, .body = {}};
    for (const auto& [name, value] : form) {
        if (!out.body.empty()) out.body += '&';
        out.body += name;
        out.body += '=';
        out.body += wire::percent_encoded(value);
    }
    out.head = "POST " + (to->path.empty() ? "/" : to->path) +
               " HTTP/1.1\r\nhost: " + to->authority() +
               "\r\nuser-agent: open-llm-router/" ROUTER_VERSION
               "\r\naccept: application/json\r\ncontent-type: application/x-www-form-urlencoded"
               "\r\ncontent-length: " +
               std::to_string(out.body.size()) + "\r\n\r\n";
    return out;
}

Result<Token> read_access_token(std::string_view body, SystemTime now) {
    constexpr std::int64_t usual_seconds = 3600;
    std::string padded(body);
    padded.append(json::padding, '\0');
    Token token;
    std::optional<std::int64_t> seconds;
    auto document = json::read(std::string_view(padded).substr(0, body.size()));
    json::value root;
    if (document.error() == simdjson::SUCCESS &&
        document.get_value().get(root) == simdjson::SUCCESS) {
        json::each_member(root, [&](std::string_view key, json::value& value) {
            if (key == "access_token") token.text = Secret(std::string(json::text_or_empty(value)));
            if (key == "expires_in") seconds = json::integer(value);
        });
    }
    const auto& text = token.text.reveal();
    const bool is_line = std::ranges::all_of(text, [](unsigned char c) { return c > ' '; });
    if (text.empty() || !is_line) {
        Error error{.kind = ErrorKind::unavailable,
                    .message = "The provider's sign-in gave no token."};
        error.detail = std::string(body.substr(0, 500));
        return std::unexpected(std::move(error));
    }
    token.expires =
        now + std::chrono::seconds(std::max<std::int64_t>(seconds.value_or(usual_seconds), 0));
    return token;
}

}  // namespace router::providers
