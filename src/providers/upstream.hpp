#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "config/snapshot.hpp"
#include "dialects/dialect.hpp"
#include "providers/ask.hpp"
#include "providers/provider.hpp"
#include "wire/url.hpp"

namespace router::providers {

// A target made ready to be asked: whatever is the same in each of its requests is made once, when
// the configuration is.
class Upstream {
 public:
    explicit Upstream(const config::Target& target);

    const config::Target& target() const { return *target_; }
    const wire::Origin& origin() const { return origin_; }
    const std::string& api_base() const {
        return api_base_;
    }  // without its query, for people to see

    // Header lines by which an answer tells who gave it: x-litellm-model-id, -model-group and
    // -model-api-base.
    const std::string& identity_headers() const { return identity_headers_; }

    // Which account of which provider this is: its prefix, '-' and six hexadecimal digits. What an
    // account has signed goes back to that account alone.
    const std::string& issuer() const { return issuer_; }

    // How `model` is asked for: in which dialect, by which name.
    Manner manner(std::string_view model) const { return provider_->manner(model); }

    // How the encoder of `dialect` is to write for this upstream. What a table of models knows is
    // not in it: max_output_tokens, and reasoning fields of single models. Its views hold as long
    // as the upstream.
    dialects::Variant variant(canonical::DialectId dialect, std::string_view model) const;

    // What must be changed in a body that a client wrote, its `dialect` being ours.
    BodyEdits body_edits(const Ask& ask) const { return provider_->body_edits(ask); }

    // The head of a request, with its empty line.
    //   errors  unavailable: no token, or nothing to sign with
    Result<std::string> head(const Ask& ask) const;

    // The head of a POST request to an OpenAI-compatible server, with its empty line.
    //
    //   endpoint  the path behind the base URL: "/chat/completions"
    std::string request_head(std::string_view endpoint, std::string_view content_type,
                             std::size_t content_length, std::string_view accept) const;

    // Whether each request needs a token (Ask::token) that is got by another request: send
    // token_ask() to its origin, give the answer's body to read_token(), keep the token under
    // issuer() until shortly before it expires.
    //   errors  unavailable: the credentials are no good
    bool needs_token() const { return provider_->needs_token(); }
    Result<TokenAsk> token_ask(SystemTime now) const { return provider_->token_ask(now); }
    Result<Token> read_token(std::string_view body, SystemTime now) const {
        return provider_->read_token(body, now);
    }

    // The upstream's error without what is nobody's business: our key, and the upstream's own host.
    void take_secrets_out(Error& error) const;

 private:
    std::string without_secrets(std::string text) const;
    void add_header(std::string_view name, std::string_view value);

    const config::Target* target_;
    std::unique_ptr<const Provider> provider_;
    wire::Origin origin_;
    std::string api_base_;
    std::string identity_headers_;
    std::string issuer_;
    std::string path_;     // of the base URL, without a slash at its end
    std::string query_;    // "?api-version=..." or empty
    std::string headers_;  // Host, the key, the organization, and what provider and target add
};

}  // namespace router::providers
