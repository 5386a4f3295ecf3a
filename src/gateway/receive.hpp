#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "canonical/request.hpp"
#include "config/settings.hpp"
#include "dialects/client_body.hpp"
#include "gateway/endpoint.hpp"
#include "http/exchange.hpp"
#include "storage/response_store.hpp"

namespace router::gateway {

// A call as it came in. Its bytes are kept by the exchange, for they leave again as they are, and
// more than once when a target fails.
struct Incoming {
    std::string model;
    bool is_streaming = false;
    bool wants_usage = false;
    std::string caller;               // the name of whose key it came with
    bool is_to_be_stored = false;     // a call of Responses that did not say otherwise
    bool is_json_array = false;       // its stream is one array, not events (Gemini)
    bool has_members_for_us = false;  // gateway/wishes.hpp
    bool is_small_task = false;  // the task model answers it, with as little thinking as may be
    std::string content_type;
    std::string own_body;  // what `body` is a view of when it is not the client's own bytes
    std::string_view body;
    std::optional<dialects::ClientBody> json;     // of a JSON body
    std::optional<canonical::Request> canonical;  // once a target of another dialect needs it
    std::string_view model_in_form;               // of a form: the field's value in the body
    std::string_view response_format_in_form;     // the whole part, if it is there
};

// Reads the body and what routing must know of it. A call that goes on from a stored response gets
// that one's items.
//   errors  those of Exchange::read_body() and Request::read(); bad_request for a form without a
//           model, or with two
http::awaitable<Result<std::unique_ptr<Incoming>>> receive(
    http::Exchange& client, const config::ServerSettings& settings, const Endpoint& endpoint,
    const InUrl& in_url, std::string_view caller, storage::ResponseStore* store);

// The body as a target gets it.
void write_for(const Incoming& incoming, const dialects::Changes& changes,
               dialects::OutgoingBody& out);

}  // namespace router::gateway
