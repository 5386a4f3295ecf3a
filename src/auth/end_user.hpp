#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "config/settings.hpp"

namespace router::auth {

// The person on whose behalf a caller calls, as far as it is told. Empty: it is not.
struct EndUser {
    std::string id;
    std::string email;
    std::string name;
    std::string role;
    bool is_signed = false;  // by a token that nobody else can make
};

// What the head of a call says of the person, as it came. Empty: not sent.
struct UserHeaders {
    std::string_view token{};  // X-OpenWebUI-User-Jwt
    std::string_view id{};     // X-OpenWebUI-User-Id and so on; each may be percent-encoded
    std::string_view email{};
    std::string_view name{};
    std::string_view role{};
    std::string_view given{};  // by a header that says so by its own name, or that is configured
};

// Tells who sits behind a call. Where a secret is configured, only a token made with it is
// believed: HS256, as Open WebUI makes it (seen with 0.12.4, 2026-11-22: sub, email, name, role,
// iss open-webui, iat, exp).
//   now     tokens end: a minute's difference of two clocks is borne
//   errors  unauthorized: a token that is none of ours or has expired; none where one is required
Result<EndUser> identify_user(const UserHeaders& headers, const config::UserSettings& settings,
                              std::chrono::system_clock::time_point now);

}  // namespace router::auth
