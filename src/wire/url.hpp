#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace router::wire {

// An absolute http or https URL, taken apart.
struct Url {
    bool is_tls = false;
    std::string host;         // in lower case; an IPv6 address without its brackets
    std::uint16_t port = 0;   // never 0: 80 or 443 where the URL names none
    std::string path;         // begins with '/' or is empty; keeps its query
    std::string credentials;  // user:password, percent-decoded; empty: none

    // host, or host:port where the port is not the scheme's own: what a Host header says.
    std::string authority() const;
};

// Where a request goes: one connection to an origin is as good as another.
struct Origin {
    bool is_tls = false;
    std::string host;
    std::uint16_t port = 0;
    std::string key;  // scheme://host:port
};
Origin origin_of(bool is_tls, std::string host, std::uint16_t port);

// Nothing when `text` is no such URL: another scheme, no host, a port that is no number, a control
// character or space.
std::optional<Url> parse_url(std::string_view text);

// Every byte but letters, digits and "-._~" as %XX, in upper case; what stands in `kept` stays,
// too.
std::string percent_encoded(std::string_view text, std::string_view kept = {});

// %XX decoded; a malformed escape stays as it is. '+' stays '+'.
std::string percent_decoded(std::string_view text);

// The value of a parameter in the query of a URL, as it stands; empty when there is none.
std::string_view query_value(std::string_view query, std::string_view name);

}  // namespace router::wire
