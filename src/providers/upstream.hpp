#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "config/snapshot.hpp"
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

    // The head of a POST request, with its empty line.
    //
    //   endpoint  the path behind the base URL: "/chat/completions"
    std::string request_head(std::string_view endpoint, std::string_view content_type,
                             std::size_t content_length, std::string_view accept) const;

    // The upstream's error without what is nobody's business: our key, and the upstream's own host.
    void take_secrets_out(Error& error) const;

 private:
    std::string without_secrets(std::string text) const;

    const config::Target* target_;
    wire::Origin origin_;
    std::string api_base_;
    std::string identity_headers_;
    std::string path_;     // of the base URL, without a slash at its end
    std::string query_;    // "?api-version=..." or empty
    std::string headers_;  // Host, the key, the organization, and what provider and target add
};

}  // namespace router::providers
