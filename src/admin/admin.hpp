#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config/diagnostics.hpp"
#include "config/snapshot.hpp"
#include "http/exchange.hpp"
#include "routing/table.hpp"

// The management API. Every function expects that the caller has been identified as an admin.
namespace router::admin {

// Loads the configuration anew and publishes it; on an error the old one stays.
struct Reloaded {
    bool is_published = false;
    std::vector<config::Diagnostic> diagnostics;
};
using Reload = std::function<Reloaded()>;

// POST /admin/reload-backends: 200 with what was found, or 422 with every error and the old
// configuration in force.
http::awaitable<void> reload_backends(http::Exchange& client, const Reload& reload);

// GET /admin/config: the configuration as it was understood, secrets masked.
http::awaitable<void> show_config(http::Exchange& client, const config::Snapshot& snapshot);

// GET /admin/backends: every target with its provider, address, masked key and health.
http::awaitable<void> show_backends(http::Exchange& client, const routing::Table& table);

}  // namespace router::admin
