#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "providers/ask.hpp"

namespace router::providers {

// A request for a token with a form in its body (RFC 6749, 4.4 and 6; RFC 7523).
//
//   url     where tokens are given: "https://oauth2.googleapis.com/token"
//   errors  unavailable: it is no URL
Result<TokenAsk> form_post(std::string_view url,
                           const std::vector<std::pair<std::string_view, std::string_view>>& form);

// The answer to it: {"access_token": ..., "expires_in": seconds}.
//   errors  unavailable, with what the server said for the log
Result<Token> read_access_token(std::string_view body, SystemTime now);

}  // namespace router::providers
