#include "auth/end_user.hpp"

#include <array>
#include <optional>

#include "wire/base64.hpp"
#include "wire/constant_time.hpp"
#include "wire/digest.hpp"
#include "wire/json.hpp"
#include "wire/url.hpp"
#include "wire/utf8.hpp"

namespace router::auth {
namespace {

using namespace std::chrono_literals;
using SystemTime = std::chrono::system_clock::time_point;

constexpr std::size_t word_limit = 256;  // of what a header may make us keep
constexpr auto clock_difference = 60s;

std::unexpected<Error> refused(std::string message, std::string code) {
    return fail(ErrorKind::unauthorized, std::move(message), {}, std::move(code));
}

std::unexpected<Error> forged() {
    return refused(
        "The user's token (X-OpenWebUI-User-Jwt) was not made with this router's "
        "openwebui_jwt_secret.",
        "invalid_user_token");
}

std::string text_of(std::string_view value) {
    if (value.empty()) return {};
    return wire::repaired_utf8(wire::percent_decoded(value).substr(0, word_limit));
}

// header.payload.signature, each of them base64url.
struct Token {
    std::string_view signed_part;
    std::string head;
    std::string claims;
    std::string signature;
};

std::optional<Token> taken_apart(std::string_view text) {
    const auto first = text.find('.');
    const auto last = text.rfind('.');
    if (first == std::string_view::npos || first == last) return std::nullopt;
    const auto head = wire::from_base64(text.substr(0, first));
    const auto claims = wire::from_base64(text.substr(first + 1, last - first - 1));
    const auto signature = wire::from_base64(text.substr(last + 1));
    if (!head || !claims || !signature) return std::nullopt;
    return Token{text.substr(0, last), *head, *claims, *signature};
}

struct Claims {
    EndUser user;
    std::string issuer;
    std::optional<std::int64_t> ends;
    std::string algorithm;
};

// Both parts of a token are small objects; what is of another type counts as missing.
bool read_members(std::string text, Claims& into) {
    const auto size = text.size();
    text.append(wire::json::padding, ' ');
    auto document = wire::json::read(std::string_view(text).substr(0, size));
    wire::json::value root;
    if (document.get_value().get(root) != simdjson::SUCCESS) return false;
    return wire::json::each_member(root, [&](std::string_view key, wire::json::value& value) {
        if (key == "exp") {
            into.ends = wire::json::integer(value);
            return;
        }
        const std::array<std::pair<std::string_view, std::string*>, 6> texts{
            {{"sub", &into.user.id},
             {"email", &into.user.email},
             {"name", &into.user.name},
             {"role", &into.user.role},
             {"iss", &into.issuer},
             {"alg", &into.algorithm}}};
        for (const auto& [name, field] : texts) {
            if (key == name)
                *field =
                    wire::repaired_utf8(wire::json::text_or_empty(value).substr(0, word_limit));
        }
    });
}

Result<EndUser> read_token(std::string_view text, const Secret& secret, SystemTime now) {
    const auto token = taken_apart(text);
    if (!token) return forged();
    Claims claims;
    if (!read_members(token->head, claims) || claims.algorithm != "HS256") return forged();
    const auto right = wire::hmac_sha256(secret.reveal(), token->signed_part);
    if (!wire::equal_in_constant_time(token->signature, right)) return forged();
    claims = {};
    if (!read_members(token->claims, claims) || claims.issuer != "open-webui") return forged();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
    if (!claims.ends || *claims.ends + clock_difference.count() < seconds.count()) {
        return refused(
            "The user's token (X-OpenWebUI-User-Jwt) has expired; do the clocks of both "
            "machines agree?",
            "expired_user_token");
    }
    if (claims.user.id.empty()) return forged();
    claims.user.is_signed = true;
    return std::move(claims.user);
}

}  // namespace

Result<EndUser> identify_user(const UserHeaders& headers, const config::UserSettings& settings,
                              SystemTime now) {
    if (!settings.jwt_secret.empty()) {
        if (!headers.token.empty()) return read_token(headers.token, settings.jwt_secret, now);
        if (settings.requires_jwt) {
            return refused(
                "This router wants to know who calls: a token of Open WebUI's in "
                "X-OpenWebUI-User-Jwt (general_settings.openwebui_jwt_required).",
                "missing_user_token");
        }
        return EndUser();
    }
    EndUser user;
    user.id = text_of(headers.given);
    if (!settings.trusts_headers) return user;
    user = {.id = text_of(headers.given.empty() ? headers.id : headers.given),
            .email = text_of(headers.email),
            .name = text_of(headers.name),
            .role = text_of(headers.role)};
    if (user.id.empty()) user.id = user.email;
    return user;
}

}  // namespace router::auth
