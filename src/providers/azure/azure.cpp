#include "providers/azure/azure.hpp"

#include <string>

#include "providers/oauth.hpp"
#include "wire/url.hpp"

namespace router::providers::azure {
namespace {

using canonical::DialectId;

constexpr std::string_view responses_route = "responses/";
constexpr std::string_view first_with_responses = "2025-03-01";

class Azure : public Provider {
 public:
    explicit Azure(const config::Target& target)
        : target_(target),
          base_(base_path(target, {"/v1", "/openai"}) + "/openai"),
          version_(target.cloud.azure_api_version),
          is_dated_(!version_.empty() && version_ != "v1" && version_ != "preview") {}

    Manner manner(std::string_view model) const override {
        Manner out{.speaks_responses = !is_dated_ || version_ >= first_with_responses,
                   .model = model};
        if (model.starts_with(responses_route)) {
            out.dialect = DialectId::openai_responses;
            out.model.remove_prefix(responses_route.size());
        }
        return out;
    }

    std::string path(const Ask& ask) const override {
        if (!is_dated_) {
            return base_ + "/v1" + std::string(endpoint(ask)) +
                   (version_ == "preview" ? "?api-version=preview" : "");
        }
        const bool is_of_deployment =
            !ask.model.empty() && ask.dialect != DialectId::openai_responses;
        return base_ +
               (is_of_deployment ? "/deployments/" + wire::percent_encoded(ask.model) : "") +
               std::string(endpoint(ask)) + "?api-version=" + wire::percent_encoded(version_);
    }

    HeaderLines credentials() const override {
        const auto& token = target_.cloud.azure_ad_token.reveal();
        if (!token.empty()) return {{"authorization", "Bearer " + token}};
        if (target_.api_key.empty()) return {};
        return {{"api-key", target_.api_key.reveal()}};
    }

    Result<> add_headers(const Ask& ask, std::string_view /*path*/,
                         std::string& head) const override {
        if (!needs_token()) return {};
        if (ask.token.empty()) return fail(ErrorKind::unavailable, "There is no token for Azure.");
        head += "authorization: Bearer ";
        head += ask.token;
        head += "\r\n";
        return {};
    }

    bool needs_token() const override {
        const auto& cloud = target_.cloud;
        return target_.api_key.empty() && cloud.azure_ad_token.empty() &&
               !cloud.azure_client_secret.empty();
    }

    Result<TokenAsk> token_ask(SystemTime /*now*/) const override {
        const auto& cloud = target_.cloud;
        return form_post(
            "https://login.microsoftonline.com/" + cloud.azure_tenant_id + "/oauth2/v2.0/token",
            {{"grant_type", "client_credentials"},
             {"client_id", cloud.azure_client_id},
             {"client_secret", cloud.azure_client_secret.reveal()},
             {"scope", "https://cognitiveservices.azure.com/.default"}});
    }

    Result<Token> read_token(std::string_view body, SystemTime now) const override {
        return read_access_token(body, now);
    }

    std::vector<std::string_view> secrets() const override {
        return {target_.cloud.azure_ad_token.reveal(), target_.cloud.azure_client_secret.reveal()};
    }

 private:
    static std::string_view endpoint(const Ask& ask) {
        if (ask.operation == Operation::other) return ask.endpoint;
        return ask.dialect == DialectId::openai_responses ? "/responses" : "/chat/completions";
    }

    const config::Target& target_;
    std::string base_;
    std::string version_;
    bool is_dated_;  // the URLs before v1: one for each deployment
};

}  // namespace

std::unique_ptr<const Provider> make(const config::Target& target) {
    return std::make_unique<Azure>(target);
}

}  // namespace router::providers::azure
