#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "gateway/delivery.hpp"
#include "storage/response_store.hpp"

namespace router::gateway {

// A call of Responses that goes on from a response kept here gets that one's items in front of its
// own. Others stay as they are: their response may be kept by the provider.
//   errors  bad_request: what only the provider itself can do is asked of us (`background`)
Result<> continue_stored(Incoming& incoming, storage::ResponseStore& store);

// Keeps one answer of Responses under its id, for the caller that asked. The provider that gave it
// speaks another dialect and knows nothing of such ids.
class ResponseKeeper {
 public:
    ResponseKeeper(storage::ResponseStore& store, const Incoming& incoming);
    void keep(std::string_view response);           // a whole one, as its client gets it
    void keep_last_event(std::string_view events);  // the end of a stream, as its client gets it

 private:
    storage::ResponseStore& store_;
    std::string owner_;
    std::string items_;
};

// Null: this call's answer is not to be kept, or its provider keeps it.
std::unique_ptr<ResponseKeeper> keeper_for(const Delivery& delivery);

// Keeps an answer that is there whole, as its client gets it, where it is to be kept.
//
//   as_stream  told as a stream
void keep_response(const Delivery& delivery, std::string_view answer, bool as_stream);

// GET and DELETE /v1/responses/{id}, GET /v1/responses/{id}/input_items: of the responses kept
// here, else of the providers that keep their own.
//
//   rest  of the path, behind /responses/
http::awaitable<void> serve_stored(http::Exchange& client, Services& services, std::string rest);

}  // namespace router::gateway
