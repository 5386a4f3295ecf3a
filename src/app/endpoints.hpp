#pragma once

#include "admin/admin.hpp"
#include "gateway/services.hpp"
#include "http/exchange.hpp"

namespace router::app {

// Answers a request: the one table of every URL is in endpoints.cpp.
http::awaitable<void> answer(http::Exchange& client, gateway::Services& services,
                             const admin::Reload& reload);

}  // namespace router::app
