#include "wire/url.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace router::wire {
namespace {

bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

std::optional<std::uint16_t> port_number(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

bool is_host(std::string_view host, bool is_ipv6) {
    if (host.empty()) return false;
    return std::ranges::all_of(host, [&](char c) {
        if (is_ipv6) return is_hex(c) || c == ':' || c == '.' || c == '%';
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' || c == '_';
    });
}

}  // namespace

std::string Url::authority() const {
    std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
    if (port != (is_tls ? 443 : 80)) text += ":" + std::to_string(port);
    return text;
}

Origin origin_of(bool is_tls, std::string host, std::uint16_t port) {
    Origin origin{.is_tls = is_tls, .host = std::move(host), .port = port, .key = {}};
    origin.key = (is_tls ? "https://" : "http://") + origin.host + ":" + std::to_string(port);
    return origin;
}

std::optional<Url> parse_url(std::string_view text) {
    if (std::ranges::any_of(
            text, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; })) {
        return std::nullopt;
    }
    const auto scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos) return std::nullopt;
    std::string scheme(text.substr(0, scheme_end));
    std::ranges::transform(scheme, scheme.begin(), [](unsigned char c) { return std::tolower(c); });
    if (scheme != "http" && scheme != "https") return std::nullopt;
    text.remove_prefix(scheme_end + 3);

    Url url;
    url.is_tls = scheme == "https";
    const auto path_begin = std::min(text.find_first_of("/?#"), text.size());
    auto authority = text.substr(0, path_begin);
    const auto path = text.substr(path_begin, text.find('#') - path_begin);
    if (!path.empty()) url.path = path.front() == '/' ? std::string(path) : "/" + std::string(path);

    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        url.credentials = percent_decoded(authority.substr(0, at));
        authority.remove_prefix(at + 1);
    }
    const bool is_ipv6 = authority.starts_with('[');
    const auto host_end = is_ipv6 ? authority.find(']') : authority.rfind(':');
    if (is_ipv6 && host_end == std::string_view::npos) return std::nullopt;
    std::string_view host =
        is_ipv6 ? authority.substr(1, host_end - 1) : authority.substr(0, host_end);
    std::string_view after = is_ipv6                              ? authority.substr(host_end + 1)
                             : host_end == std::string_view::npos ? std::string_view()
                                                                  : authority.substr(host_end);
    if (!is_host(host, is_ipv6)) return std::nullopt;
    url.host = host;
    std::ranges::transform(url.host, url.host.begin(),
                           [](unsigned char c) { return std::tolower(c); });
    url.port = url.is_tls ? 443 : 80;
    if (!after.empty()) {
        if (after.front() != ':') return std::nullopt;
        const auto port = port_number(after.substr(1));
        if (!port) return std::nullopt;
        url.port = *port;
    }
    return url;
}

std::string percent_encoded(std::string_view text, std::string_view kept) {
    constexpr std::string_view unreserved = "-._~";
    constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x80 && std::isalnum(byte) != 0) || unreserved.contains(c) ||
            kept.contains(c)) {
            out += c;
            continue;
        }
        out += '%';
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2])) {
            unsigned byte = 0;
            std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
            out += static_cast<char>(byte);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string_view query_value(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const auto parameter = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), parameter.size() + 1));
        if (parameter.starts_with(name) && parameter.substr(name.size()).starts_with('='))
            return parameter.substr(name.size() + 1);
    }
    return {};
}

}  // namespace router::wire
