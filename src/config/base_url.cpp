#include "config/base_url.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <system_error>

#include "config/value.hpp"

namespace router::config {
namespace {

bool is_port(std::string_view text) {
    unsigned port = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, port);
    return read.ec == std::errc() && read.ptr == end && port > 0 && port <= 65535;
}

bool is_host_character(unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_';
}

bool is_host(std::string_view text) {
    if (text.starts_with('[')) {
        return text.size() > 3 && text.ends_with(']') &&
               std::ranges::all_of(text.substr(1, text.size() - 2), [](unsigned char c) {
                   return std::isxdigit(c) != 0 || c == ':' || c == '.';
               });
    }
    return !text.empty() && !text.starts_with('.') && std::ranges::all_of(text, is_host_character);
}

bool is_authority(std::string_view text) {
    const auto after_host = text.starts_with('[') ? text.find(']') : std::size_t{0};
    if (after_host == std::string_view::npos) return false;
    const auto colon = text.find(':', after_host);
    if (!is_host(text.substr(0, colon))) return false;
    return colon == std::string_view::npos || is_port(text.substr(colon + 1));
}

void trim_slashes(std::string& text) {
    while (text.ends_with('/')) text.pop_back();
}

}  // namespace

std::string_view url_authority(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    url.remove_prefix(scheme + 3);
    return url.substr(0, url.find('/'));
}

std::string_view url_path(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == std::string_view::npos) return {};
    const auto slash = url.find('/', scheme + 3);
    return slash == std::string_view::npos ? std::string_view() : url.substr(slash);
}

BaseUrl checked_base_url(std::string_view url) {
    const auto scheme_end = url.find("://");
    const auto scheme = scheme_end == std::string_view::npos
                            ? std::string()
                            : lower_case(url.substr(0, scheme_end));
    if (scheme != "http" && scheme != "https")
        return {.problem = "must begin with http:// or https://"};
    if (std::ranges::any_of(url,
                            [](unsigned char c) { return c <= 0x20 || c == 0x7f || c == '\\'; })) {
        return {.problem = "must not contain spaces, control characters or backslashes"};
    }
    const auto authority = url_authority(url);
    if (authority.contains('@'))
        return {.problem = "must not contain a user or password; put the key in api_key"};
    if (url.contains('?') || url.contains('#')) {
        return {.problem = "must not contain a query (?) or fragment (#); put a key in api_key"};
    }
    if (!is_authority(authority))
        return {.problem = "must have a host and, where one is given, a port from 1 to 65535"};
    BaseUrl out{.text = scheme + "://" + lower_case(authority) + std::string(url_path(url))};
    trim_slashes(out.text);
    return out;
}

BaseUrl completed_base_url(std::string_view url, std::string_view usual) {
    constexpr std::array<std::string_view, 3> endpoints{"/chat/completions", "/completions",
                                                        "/embeddings"};
    auto out = checked_base_url(url);
    if (!out.problem.empty()) return out;
    for (const auto endpoint : endpoints) {
        if (!url_path(out.text).ends_with(endpoint)) continue;
        out.text.resize(out.text.size() - endpoint.size());
        trim_slashes(out.text);
        return out;  // who names an endpoint has named its version too
    }
    if (url_path(out.text).empty())
        out.text += usual.empty() ? std::string_view("/v1") : url_path(usual);
    return out;
}

}  // namespace router::config
