#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "providers/ask.hpp"

namespace router::providers::bedrock {

// Who signs, and for what.
struct Signer {
    std::string_view key_id;
    std::string_view secret;
    std::string_view region;
    std::string_view service;
};

// A request as it is signed.
struct SignedRequest {
    std::string_view method;
    std::string_view path;   // as it stands in the request's line, escaped once, without its query
    std::string_view query;  // without '?', its parameters escaped and in order
    std::vector<std::pair<std::string_view, std::string_view>> headers;  // names in lower case, in
                                                                         // order; values trimmed
    std::string_view body_digest;  // SHA-256 of the body, in hexadecimal
};

// "20150830T123600Z"
std::string amz_date(SystemTime now);

// The value of the header Authorization, by Signature Version 4. The path is escaped a second time,
// as for every service but S3.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
// (read 2026-11-22)
std::string authorization(const Signer& signer, const SignedRequest& request,
                          std::string_view date);

}  // namespace router::providers::bedrock
