#include "auth/keys.hpp"

#include "wire/constant_time.hpp"

namespace router::auth {

Result<Caller> Keys::identify(std::string_view key) const {
    if (is_open_) return Caller{.name = "anyone", .is_admin = true};
    if (key.empty()) {
        return fail(ErrorKind::unauthorized,
                    "No API key was sent. Send the router's key as 'Authorization: Bearer KEY' (or "
                    "x-api-key, api-key, x-goog-api-key).",
                    {}, "missing_api_key");
    }
    if (!wire::equal_in_constant_time(key, settings_.master_key.reveal())) {
        return fail(ErrorKind::unauthorized, "The API key is not one of this router's.", {},
                    "invalid_api_key");
    }
    return Caller{.name = "master", .is_admin = true};
}

}  // namespace router::auth
