#include "providers/upstream.hpp"

#include <algorithm>

namespace router::providers {
namespace {

void replace_all(std::string& text, std::string_view what, std::string_view with) {
    if (what.empty()) return;
    for (auto at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
}

// Without the characters that would end a header's line.
std::string one_line(std::string text) {
    std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    return text;
}

bool sets(const config::Target& target, std::string_view name) {
    return std::ranges::find(target.headers, name, &std::pair<std::string, std::string>::first) !=
           target.headers.end();
}

}  // namespace

Upstream::Upstream(const config::Target& target) : target_(&target) {
    const auto url = wire::parse_url(target.provider.base_url).value_or(wire::Url());
    origin_ = wire::origin_of(url.is_tls, url.host, url.port);
    const auto mark = url.path.find('?');
    path_ = url.path.substr(0, mark);
    while (path_.ends_with('/')) path_.pop_back();
    if (mark != std::string::npos) query_ = url.path.substr(mark);
    api_base_ = (url.is_tls ? "https://" : "http://") + url.authority() + path_;

    identity_headers_ = "x-litellm-model-id: " + one_line(target.id) +
                        "\r\nx-litellm-model-group: " + one_line(target.model_name) +
                        "\r\nx-litellm-model-api-base: " + api_base_ + "\r\n";

    const auto add = [&](std::string_view name, std::string_view value) {
        headers_ += name;
        headers_ += ": ";
        headers_ += value;
        headers_ += "\r\n";
    };
    add("host", url.authority());
    if (!sets(target, "user-agent")) add("user-agent", "open-llm-router/" ROUTER_VERSION);
    if (!target.api_key.empty() && !sets(target, "authorization"))
        add("authorization", "Bearer " + target.api_key.reveal());
    if (!target.organization.empty()) add("openai-organization", target.organization);
    for (const auto& [name, value] : target.provider.headers) {
        if (!sets(target, name)) add(name, value);
    }
    for (const auto& [name, value] : target.headers) add(name, value);
}

std::string Upstream::request_head(std::string_view endpoint, std::string_view content_type,
                                   std::size_t content_length, std::string_view accept) const {
    std::string head;
    head.reserve(160 + path_.size() + headers_.size() + content_type.size());
    head += "POST ";
    head += path_;
    head += endpoint;
    head += query_;
    head += " HTTP/1.1\r\n";
    head += headers_;
    head += "content-type: ";
    head += content_type;
    head += "\r\naccept: ";
    head += accept;
    head += "\r\ncontent-length: ";
    head += std::to_string(content_length);
    head += "\r\n\r\n";
    return head;
}

void Upstream::take_secrets_out(Error& error) const {
    for (auto* text : {&error.message, &error.code, &error.type, &error.param}) {
        *text = without_secrets(std::move(*text));
    }
}

std::string Upstream::without_secrets(std::string text) const {
    const auto& key = target_->api_key.reveal();
    if (key.size() >= 8) replace_all(text, key, "[key]");  // a shorter one is no secret, but a word
    for (const auto& [name, value] : target_->headers) {
        if (value.size() >= 8) replace_all(text, value, "[header]");
    }
    replace_all(text, origin_.host + ":" + std::to_string(origin_.port), "[provider]");
    replace_all(text, origin_.host, "[provider]");
    return text;
}

}  // namespace router::providers
