#pragma once

#include <string>

#include "gateway/endpoint.hpp"
#include "gateway/receive.hpp"
#include "http/head.hpp"

namespace router::gateway {

// What Open WebUI asks for its own ends: "title_generation", "tags_generation",
// "follow_up_generation", "query_generation", ... (its own words), "task" where the prompt does not
// tell which. Empty: a person asks.
//
// The header X-OpenWebUI-Task says it, where Open WebUI is told to send it ({{TASK}} in the
// connection's headers). Without it a task is a call of Chat with neither stream nor tools whose
// first words are "### Task:"; a chat about an attached document has these words as well, but
// streams (seen with 0.12.4, 2026-11-22).
std::string task_of(const http::RequestHead& request, const Incoming& incoming,
                    const Endpoint& endpoint);

}  // namespace router::gateway
