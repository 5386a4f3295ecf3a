#pragma once

#include <string>
#include <string_view>

namespace router::config {

struct BaseUrl {
    std::string text{};  // without a slash at the end
    std::string
        problem{};  // "must begin with http:// or https://"; empty: none. It never repeats the URL
};

// An http or https URL with a host, perhaps a port and a path, and nothing more; scheme and host in
// lower case.
BaseUrl checked_base_url(std::string_view url);

// The same for what a user wrote as api_base: a path that names an endpoint (/chat/completions,
// ...) loses it, and a URL without a path gets that of `usual`, the provider's own base URL, or /v1
// where that is empty.
BaseUrl completed_base_url(std::string_view url, std::string_view usual);

// "host" or "host:port" of a checked URL; "/v1", or nothing, of its path.
std::string_view url_authority(std::string_view url);
std::string_view url_path(std::string_view url);

}  // namespace router::config
