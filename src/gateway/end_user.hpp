#pragma once

#include "auth/end_user.hpp"
#include "config/settings.hpp"
#include "gateway/receive.hpp"
#include "http/head.hpp"

namespace router::gateway {

// What a call's head says of the person behind it: LiteLLM's x-litellm-customer-id and
// x-litellm-end-user-id, the headers that the configuration names, those of Open WebUI, in that
// order.
auth::UserHeaders user_headers_of(const http::RequestHead& request,
                                  const config::UserSettings& settings);

// The user that the body names where no header did: `user` of OpenAI's dialects, a text or an
// object with an id; else Anthropic's metadata.user_id. Empty: none.
std::string user_in_body(const Incoming& incoming);

}  // namespace router::gateway
