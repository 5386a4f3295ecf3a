#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "providers/ask.hpp"

namespace router::providers::vertex_ai {

enum class CredentialsKind : std::uint8_t {
    service_account,  // signs a statement with its private key
    user,             // has signed in with gcloud: a refresh token
    machine,          // none given: Google's own machines know a server that tells
    unknown,
};

// A credentials file of Google's, as far as it is needed.
// https://cloud.google.com/iam/docs/service-account-creds (read 2026-11-22)
struct Credentials {
    CredentialsKind kind = CredentialsKind::machine;
    std::string project{};
    std::string email{};
    std::string key_id{};
    std::string private_key{};
    std::string token_url = "https://oauth2.googleapis.com/token";
    std::string client_id{};
    std::string client_secret{};
    std::string refresh_token{};
};

// An empty text is the machine's own; one that makes no sense is `unknown`.
Credentials read_credentials(std::string_view json);

// The request that a token is got with.
//   errors  unavailable: the credentials are of a kind that is not known, or their key is none
Result<TokenAsk> token_ask(const Credentials& credentials, SystemTime now);

}  // namespace router::providers::vertex_ai
