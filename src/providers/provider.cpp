#include "providers/provider.hpp"

#include "wire/url.hpp"

namespace router::providers {

Result<> Provider::add_headers(const Ask& /*ask*/, std::string_view /*path*/,
                               std::string& /*head*/) const {
    return {};
}

BodyEdits Provider::body_edits(const Ask& /*ask*/) const { return {}; }

Result<TokenAsk> Provider::token_ask(SystemTime /*now*/) const {
    return fail(ErrorKind::internal, "This provider is asked without a token.");
}

Result<Token> Provider::read_token(std::string_view /*body*/, SystemTime /*now*/) const {
    return fail(ErrorKind::internal, "This provider is asked without a token.");
}

std::string base_path(const config::Target& target, std::initializer_list<std::string_view> ends) {
    const auto url = wire::parse_url(target.provider.base_url).value_or(wire::Url());
    auto path = url.path.substr(0, url.path.find('?'));
    const auto trim = [&] {
        while (path.ends_with('/')) path.pop_back();
    };
    trim();
    for (const auto end : ends) {
        if (!path.ends_with(end)) continue;
        path.resize(path.size() - end.size());
        trim();
    }
    return path;
}

}  // namespace router::providers
