#pragma once

#include <string_view>

#include "dialects/dialect.hpp"

namespace router::dialects::openai_chat {

// Dialect::encode_request, for OpenAI and the servers that Variant describes. A content that is
// nothing but text is written as a string, which all of them take.
//
//   errors  bad_request: a document by its URL, a file that another provider keeps, a tool that
//           only another provider runs
Result<EncodedRequest> encode_request(const canonical::Request& request, std::string_view model,
                                      const Variant& variant);

}  // namespace router::dialects::openai_chat
