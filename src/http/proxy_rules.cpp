#include <openssl/evp.h>

#include <algorithm>

#include "http/client.hpp"

namespace router::http {
namespace {

std::string base64(const std::string& text) {
    std::string out(4 * ((text.size() + 2) / 3), '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                    reinterpret_cast<const unsigned char*>(text.data()),
                    static_cast<int>(text.size()));
    return out;
}

std::optional<ProxyRules::Proxy> proxy_at(std::string text) {
    if (text.empty()) return std::nullopt;
    if (text.find("://") == std::string::npos) text = "http://" + text;
    const auto url = wire::parse_url(text);
    if (!url) return std::nullopt;
    ProxyRules::Proxy proxy{.origin = wire::origin_of(url->is_tls, url->host, url->port),
                            .authorization = {}};
    if (!url->credentials.empty()) proxy.authorization = "Basic " + base64(url->credentials);
    return proxy;
}

// "example.com" and ".example.com" exempt the domain and all beneath it; "host:port" that port
// alone.
bool exempts(std::string_view rule, const Origin& origin) {
    if (rule == "*") return true;
    if (const auto colon = rule.rfind(':');
        colon != std::string_view::npos && rule.find(':') == colon) {
        if (rule.substr(colon + 1) != std::to_string(origin.port)) return false;
        rule = rule.substr(0, colon);
    }
    while (rule.starts_with('.')) rule.remove_prefix(1);
    const std::string_view host = origin.host;
    if (rule.empty() || !host.ends_with(rule)) return false;
    return host.size() == rule.size() || host[host.size() - rule.size() - 1] == '.';
}

}  // namespace

ProxyRules::ProxyRules(std::string http_proxy, std::string https_proxy, std::string no_proxy)
    : http_(proxy_at(std::move(http_proxy))), https_(proxy_at(std::move(https_proxy))) {
    std::ranges::transform(no_proxy, no_proxy.begin(),
                           [](unsigned char c) { return c == ' ' ? ',' : std::tolower(c); });
    std::size_t begin = 0;
    while (begin <= no_proxy.size()) {
        const auto comma = std::min(no_proxy.find(',', begin), no_proxy.size());
        if (comma > begin) exempt_.push_back(no_proxy.substr(begin, comma - begin));
        begin = comma + 1;
    }
}

const ProxyRules::Proxy* ProxyRules::proxy_for(const Origin& origin) const {
    const auto& proxy = origin.is_tls ? https_ : http_;
    if (!proxy) return nullptr;
    const bool is_exempt =
        std::ranges::any_of(exempt_, [&](const auto& rule) { return exempts(rule, origin); });
    return is_exempt ? nullptr : &*proxy;
}

}  // namespace router::http
