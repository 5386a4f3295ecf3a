#pragma once

#include <string_view>

#include "base/error.hpp"
#include "config/settings.hpp"

namespace router::auth {

// Who holds the key that a request came with.
struct Caller {
    std::string_view name;  // for the log
    bool is_admin = false;
};

// The keys that open this router.
class Keys {
 public:
    // is_open: whoever comes is the admin (--no-auth, loopback only).
    Keys(config::AuthSettings settings, bool is_open)
        : settings_(std::move(settings)), is_open_(is_open) {}

    // Errors: unauthorized, with what is missing. The comparison's time does not tell how much of a
    // key was right.
    Result<Caller> identify(std::string_view key) const;

 private:
    config::AuthSettings settings_;
    bool is_open_;
};

}  // namespace router::auth
