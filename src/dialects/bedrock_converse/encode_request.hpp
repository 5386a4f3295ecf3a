#pragma once

#include <string_view>

#include "dialects/dialect.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::bedrock_converse {

Result<EncodedRequest> encode_request(const canonical::Request& request);

// A request on its way into a body: what its writers share.
struct Encoding {
    const canonical::Request& request;
    EncodedRequest& out;
    wire::JsonWriter writer{out.body};

    void lose(std::string_view field, std::string_view reason);  // once for each field
};

// The members `system` and `messages`.
//   errors  bad_request: a part that Converse cannot be told
Result<> write_messages(Encoding& encoding);

// One image, document or video.
Result<> write_media(const canonical::MediaBlock& media, Encoding& encoding);

}  // namespace router::dialects::bedrock_converse
