#pragma once

#include <string_view>

#include "dialects/dialect.hpp"

namespace router::dialects::openai_responses {

Result<canonical::Request> decode_request(std::string_view body, const RequestContext& context);

Result<EncodedRequest> encode_request(const canonical::Request& request, std::string_view model,
                                      const Variant& variant);

}  // namespace router::dialects::openai_responses
