#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "providers/upstream.hpp"

namespace router::providers {

inline config::Target target_of(std::string kind, std::string base_url, std::string key = {}) {
    config::Target target;
    target.provider = *config::ProviderCatalogue::embedded().find(kind);
    target.provider.base_url = std::move(base_url);
    target.api_key = Secret(std::move(key));
    return target;
}

// The first line of the request's head without its method and version: path and query.
inline std::string path_of(const config::Target& target, const Ask& ask) {
    const auto head = Upstream(target).head(ask);
    if (!head) return head.error().message;
    const auto begin = head->find(' ') + 1;
    return head->substr(begin, head->find(" HTTP/1.1\r\n") - begin);
}

// Asks as the gateway does: the dialect and the name that manner() tells.
inline std::string path_of(const config::Target& target, Operation operation,
                           std::string_view model) {
    const auto manner = Upstream(target).manner(model);
    return path_of(target, Ask{.operation = operation,
                               .dialect = manner.dialect,
                               .model = manner.model,
                               .token = "t"});
}

// The value of a header of the request; "-" where there is none.
inline std::string header_of(const config::Target& target, const Ask& ask, std::string_view name) {
    const auto head = Upstream(target).head(ask);
    if (!head) return head.error().message;
    const auto line = "\r\n" + std::string(name) + ": ";
    const auto at = head->find(line);
    if (at == std::string::npos) return "-";
    const auto begin = at + line.size();
    return head->substr(begin, head->find('\r', begin) - begin);
}

}  // namespace router::providers
