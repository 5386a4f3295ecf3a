#pragma once

#include <map>
#include <string>

#include "http/client.hpp"
#include "providers/upstream.hpp"

namespace router::gateway {

// The tokens that some upstreams want with each request: got once, kept until shortly before they
// expire. One a thread.
class Tokens {
 public:
    explicit Tokens(http::Client& client) : client_(client) {}

    // A token for the upstream; empty where it needs none.
    //   errors  unavailable: the credentials are no good; those of http::Client::send()
    http::awaitable<Result<std::string>> token_for(const providers::Upstream& upstream,
                                                   http::Waits waits, http::Cancel& cancel);

 private:
    http::awaitable<Result<providers::Token>> fetch(const providers::Upstream& upstream,
                                                    http::Waits waits, http::Cancel& cancel);

    http::Client& client_;
    std::map<std::string, providers::Token> kept_;  // by issuer
};

}  // namespace router::gateway
