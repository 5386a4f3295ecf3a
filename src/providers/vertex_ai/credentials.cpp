#include "providers/vertex_ai/credentials.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "providers/oauth.hpp"
#include "wire/base64.hpp"
#include "wire/digest.hpp"
#include "wire/json.hpp"
#include "wire/json_writer.hpp"

namespace router::providers::vertex_ai {
namespace {

namespace json = wire::json;

constexpr std::string_view scope = "https://www.googleapis.com/auth/cloud-platform";

std::string base64_url(std::string_view bytes) {
    auto out = wire::base64(bytes);
    std::ranges::replace(out, '+', '-');
    std::ranges::replace(out, '/', '_');
    while (out.ends_with('=')) out.pop_back();
    return out;
}

CredentialsKind kind_of(std::string_view type) {
    if (type == "service_account") return CredentialsKind::service_account;
    return type == "authorized_user" ? CredentialsKind::user : CredentialsKind::unknown;
}

void take(std::string_view key, std::string text, Credentials& out) {
    if (key == "type") out.kind = kind_of(text);
    if (key == "project_id") out.project = std::move(text);
    if (key == "quota_project_id" && out.project.empty()) out.project = std::move(text);
    if (key == "client_email") out.email = std::move(text);
    if (key == "private_key_id") out.key_id = std::move(text);
    if (key == "private_key") out.private_key = std::move(text);
    if (key == "token_uri" && !text.empty()) out.token_url = std::move(text);
    if (key == "client_id") out.client_id = std::move(text);
    if (key == "client_secret") out.client_secret = std::move(text);
    if (key == "refresh_token") out.refresh_token = std::move(text);
}

// The statement that Google changes for a token.
// https://developers.google.com/identity/protocols/oauth2/service-account (read 2026-11-22)
std::string statement(const Credentials& credentials, SystemTime now) {
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    std::string header;
    wire::JsonWriter head(header);
    head.begin_object().text("alg", "RS256").text("typ", "JWT");
    if (!credentials.key_id.empty()) head.text("kid", credentials.key_id);
    head.end_object();
    std::string claims;
    wire::JsonWriter(claims)
        .begin_object()
        .text("iss", credentials.email)
        .text("scope", scope)
        .text("aud", credentials.token_url)
        .number("iat", seconds)
        .number("exp", seconds + 3600)
        .end_object();
    return base64_url(header) + "." + base64_url(claims);
}

// https://cloud.google.com/compute/docs/access/authenticate-workloads (read 2026-11-22)
TokenAsk ask_the_machine() {
    return {.origin = wire::origin_of(false, "metadata.google.internal", 80),
            .head =
                "GET /computeMetadata/v1/instance/service-accounts/default/token HTTP/1.1\r\n"
                "host: metadata.google.internal\r\nmetadata-flavor: Google\r\n\r\n",
            .body = {}};
}

}  // namespace

Credentials read_credentials(std::string_view text) {
    Credentials out;
    if (text.empty()) return out;
    out.kind = CredentialsKind::unknown;
    std::string padded(text);
    padded.append(json::padding, '\0');
    auto document = json::read(std::string_view(padded).substr(0, text.size()));
    json::value root;
    if (document.error() != simdjson::SUCCESS ||
        document.get_value().get(root) != simdjson::SUCCESS) {
        return out;
    }
    json::each_member(root, [&](std::string_view key, json::value& value) {
        take(std::string(key), std::string(json::text_or_empty(value)), out);
    });
    return out;
}

Result<TokenAsk> token_ask(const Credentials& credentials, SystemTime now) {
    switch (credentials.kind) {
        case CredentialsKind::machine:
            return ask_the_machine();
        case CredentialsKind::user:
            return form_post(credentials.token_url, {{"grant_type", "refresh_token"},
                                                     {"client_id", credentials.client_id},
                                                     {"client_secret", credentials.client_secret},
                                                     {"refresh_token", credentials.refresh_token}});
        case CredentialsKind::service_account: {
            auto text = statement(credentials, now);
            const auto signature = wire::sign_rs256(credentials.private_key, text);
            if (!signature) break;
            text += "." + base64_url(*signature);
            return form_post(credentials.token_url,
                             {{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"},
                              {"assertion", text}});
        }
        case CredentialsKind::unknown:
            break;
    }
    return fail(ErrorKind::unavailable, "The Google credentials of this model are no good.");
}

}  // namespace router::providers::vertex_ai
