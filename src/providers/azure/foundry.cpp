#include "providers/azure/foundry.hpp"

#include <algorithm>
#include <string>

#include "config/keys.hpp"
#include "wire/url.hpp"

namespace router::providers::azure {
namespace {

using canonical::DialectId;

constexpr std::string_view anthropic_version = "2023-06-01";

class Foundry : public Provider {
 public:
    explicit Foundry(const config::Target& target)
        : target_(target),
          base_(base_path(target, {"/chat/completions", "/v1/messages"})),
          root_(base_path(target, {"/chat/completions", "/v1/messages", "/v1", "/models", "/openai",
                                   "/anthropic"})) {
        const auto url = wire::parse_url(target.provider.base_url).value_or(wire::Url());
        is_azure_ = url.host.ends_with(".azure.com");
    }

    Manner manner(std::string_view model) const override {
        Manner out{.model = model};
        const auto& patterns = target_.provider.anthropic_models;
        if (std::ranges::any_of(
                patterns, [&](const auto& pattern) { return config::matches(pattern, model); })) {
            out.dialect = DialectId::anthropic_messages;
            out.counts_tokens = true;
        }
        return out;
    }

    std::string path(const Ask& ask) const override {
        if (ask.dialect == DialectId::anthropic_messages) return root_ + anthropic_endpoint(ask);
        const auto endpoint =
            ask.operation == Operation::other ? ask.endpoint : "/chat/completions";
        const auto& version = target_.cloud.azure_api_version;
        const bool is_dated = !version.empty() && version != "v1" && version != "preview";
        if (is_azure_ && is_dated) {
            return root_ + "/models" + std::string(endpoint) +
                   "?api-version=" + wire::percent_encoded(version);
        }
        if (base_ != root_) return base_ + std::string(endpoint);  // it says where they are
        return root_ + (is_azure_ ? "/openai/v1" : "/v1") + std::string(endpoint);
    }

    HeaderLines credentials() const override {
        const auto& token = target_.cloud.azure_ad_token.reveal();
        if (!token.empty()) return {{"authorization", "Bearer " + token}};
        const auto& key = target_.api_key.reveal();
        if (key.empty()) return {};
        if (is_azure_) return {{"api-key", key}};
        return {{"authorization", "Bearer " + key}};
    }

    Result<> add_headers(const Ask& ask, std::string_view /*path*/,
                         std::string& head) const override {
        if (ask.dialect != DialectId::anthropic_messages) return {};
        head += "anthropic-version: ";
        head += ask.anthropic_version.empty() ? anthropic_version : ask.anthropic_version;
        head += "\r\n";
        return {};
    }

    std::vector<std::string_view> secrets() const override {
        return {target_.cloud.azure_ad_token.reveal()};
    }

 private:
    static std::string anthropic_endpoint(const Ask& ask) {
        if (ask.operation == Operation::other) return "/anthropic/v1" + std::string(ask.endpoint);
        return ask.operation == Operation::count_tokens ? "/anthropic/v1/messages/count_tokens"
                                                        : "/anthropic/v1/messages";
    }

    const config::Target& target_;
    std::string base_;
    std::string root_;  // without what names one of the formats
    bool is_azure_ = false;
};

}  // namespace

std::unique_ptr<const Provider> make_foundry(const config::Target& target) {
    return std::make_unique<Foundry>(target);
}

}  // namespace router::providers::azure
