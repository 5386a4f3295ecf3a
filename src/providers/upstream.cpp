#include "providers/upstream.hpp"

#include <algorithm>

#include "config/keys.hpp"
#include "wire/digest.hpp"

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

// Six hexadecimal digits tell the accounts of one provider apart, and nothing of the key.
std::string issuer_of(const config::Target& target) {
    const auto& cloud = target.cloud;
    const auto digest =
        wire::sha256(target.provider.base_url + '\n' + target.api_key.reveal() + '\n' +
                     target.organization + '\n' + cloud.azure_tenant_id + cloud.azure_client_id +
                     cloud.azure_client_secret.reveal() + '\n' + cloud.vertex_project +
                     cloud.vertex_credentials.reveal() + '\n' + cloud.aws_access_key_id);
    return target.provider.prefix + "-" + wire::hex(digest).substr(0, 6);
}

bool sets(const config::Target& target, std::string_view name) {
    return std::ranges::find(target.headers, name, &std::pair<std::string, std::string>::first) !=
           target.headers.end();
}

}  // namespace

Upstream::Upstream(const config::Target& target)
    : target_(&target), provider_(make_provider(target)) {
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
    issuer_ = issuer_of(target);

    add_header("host", url.authority());
    if (!sets(target, "user-agent")) add_header("user-agent", "open-llm-router/" ROUTER_VERSION);
    for (const auto& [name, value] : provider_->credentials()) {
        if (!sets(target, name)) add_header(name, value);
    }
    if (!target.organization.empty()) add_header("openai-organization", target.organization);
    for (const auto& [name, value] : target.provider.headers) {
        if (!sets(target, name)) add_header(name, value);
    }
    for (const auto& [name, value] : target.headers) add_header(name, value);
}

void Upstream::add_header(std::string_view name, std::string_view value) {
    headers_ += name;
    headers_ += ": ";
    headers_ += value;
    headers_ += "\r\n";
}

dialects::Variant Upstream::variant(canonical::DialectId dialect, std::string_view model) const {
    const auto& row = target_->provider;
    const bool is_theirs = row.is_sure_to_serve(model);
    dialects::Variant variant{
        .takes_developer_role = row.takes_developer_role && is_theirs,
        .max_tokens_field = is_theirs ? std::string_view(row.max_tokens_field) : "max_tokens",
        .takes_stream_options = row.takes_stream_options,
        .reasoning_field = row.reasoning_field,
        .takes_top_k = row.takes_top_k,
        .required_choice = row.required_choice,
        .seed_field = row.seed_field,
        .takes_images_in_tool_results = row.images_in_tool_results,
        .takes_call_ids = provider_->takes_call_ids()};
    if (dialect == canonical::DialectId::anthropic_messages) {
        variant.anthropic_version = provider_->anthropic_version_in_body();
    }
    return variant;
}

Result<std::string> Upstream::head(const Ask& ask) const {
    const auto path = provider_->path(ask);
    std::string head;
    head.reserve(320 + path.size() + headers_.size());
    head += ask.method;
    head += ' ';
    head += path;
    // Of the base URL; a path may have one of its own.
    if (!query_.empty()) head += path.contains('?') ? "&" + query_.substr(1) : query_;
    head += " HTTP/1.1\r\n";
    head += headers_;
    if (const auto added = provider_->add_headers(ask, path, head); !added) {
        return std::unexpected(added.error());
    }
    for (const auto& line : ask.headers) {
        head += line;
        head += "\r\n";
    }
    head += "accept: ";
    head += ask.accept;
    if (!ask.content_type.empty()) {
        std::size_t size = 0;
        for (const auto piece : ask.body) size += piece.size();
        head += "\r\ncontent-type: ";
        head += ask.content_type;
        head += "\r\ncontent-length: ";
        head += std::to_string(size);
    }
    head += "\r\n\r\n";
    return head;
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
    for (auto* text : {&error.message, &error.code, &error.type, &error.param, &error.quota}) {
        *text = without_secrets(std::move(*text));
    }
}

std::string Upstream::without_secrets(std::string text) const {
    const auto& key = target_->api_key.reveal();
    if (key.size() >= 8) replace_all(text, key, "[key]");  // a shorter one is no secret, but a word
    for (const auto secret : provider_->secrets()) {
        if (secret.size() >= 8) replace_all(text, secret, "[key]");
    }
    for (const auto& [name, value] : target_->headers) {
        if (value.size() >= 8) replace_all(text, value, "[header]");
    }
    replace_all(text, origin_.host + ":" + std::to_string(origin_.port), "[provider]");
    replace_all(text, origin_.host, "[provider]");
    return text;
}

}  // namespace router::providers
