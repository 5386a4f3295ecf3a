#include "providers/bedrock/bedrock.hpp"

#include <algorithm>
#include <string>

#include "config/keys.hpp"
#include "providers/bedrock/signature.hpp"
#include "wire/digest.hpp"
#include "wire/url.hpp"

namespace router::providers::bedrock {
namespace {

using canonical::DialectId;

// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
// (read 2026-11-22)
constexpr std::string_view anthropic_version = "bedrock-2023-05-31";

constexpr std::string_view service = "bedrock";
constexpr std::string_view converse_route = "converse/";
constexpr std::string_view invoke_route = "invoke/";

std::string joined_betas(std::span<const std::string> headers) {
    constexpr std::string_view name = "anthropic-beta:";
    std::string out;
    for (const std::string_view line : headers) {
        if (!line.starts_with(name)) continue;
        auto rest = line.substr(name.size());
        while (!rest.empty()) {
            auto beta = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(beta.size() + 1, rest.size()));
            const auto first = beta.find_first_not_of(' ');
            if (first == std::string_view::npos) continue;
            beta = beta.substr(first, beta.find_last_not_of(' ') + 1 - first);
            out += out.empty() ? "[\"" : ",\"";
            out += beta;
            out += '"';
        }
    }
    return out.empty() ? out : out + "]";
}

class Bedrock : public Provider {
 public:
    explicit Bedrock(const config::Target& target)
        : target_(target),
          base_(base_path(target)),
          authority_(wire::parse_url(target.provider.base_url).value_or(wire::Url()).authority()) {}

    Manner manner(std::string_view model) const override {
        Manner out{.dialect = DialectId::bedrock_converse,
                   .framing = Framing::aws_event_stream,
                   .model = model};
        if (model.starts_with(converse_route)) {
            out.model.remove_prefix(converse_route.size());
            return out;
        }
        const bool is_told = model.starts_with(invoke_route);
        if (is_told) out.model.remove_prefix(invoke_route.size());
        const auto& patterns = target_.provider.anthropic_models;
        const bool is_claude = std::ranges::any_of(
            patterns, [&](const auto& pattern) { return config::matches(pattern, out.model); });
        if (is_told || is_claude) out.dialect = DialectId::anthropic_messages;
        return out;
    }

    std::string path(const Ask& ask) const override {
        if (ask.operation == Operation::other) return base_ + std::string(ask.endpoint);
        const bool streams = ask.operation == Operation::stream;
        const auto model = base_ + "/model/" + wire::percent_encoded(ask.model);
        if (ask.operation == Operation::count_tokens) return model + "/count-tokens";
        if (ask.dialect == DialectId::anthropic_messages) {
            return model + (streams ? "/invoke-with-response-stream" : "/invoke");
        }
        return model + (streams ? "/converse-stream" : "/converse");
    }

    HeaderLines credentials() const override {
        if (target_.api_key.empty()) return {};
        return {{"authorization", "Bearer " + target_.api_key.reveal()}};
    }

    Result<> add_headers(const Ask& ask, std::string_view path, std::string& head) const override {
        if (!target_.api_key.empty()) return {};
        const auto& cloud = target_.cloud;
        if (cloud.aws_access_key_id.empty() || cloud.aws_secret_access_key.empty()) {
            return fail(ErrorKind::unavailable, "There is no AWS key to sign with.");
        }
        const auto date = amz_date(ask.now);
        const auto digest = wire::hex(wire::sha256(ask.body));
        SignedRequest request{.method = ask.method,
                              .path = path.substr(0, path.find('?')),
                              .query = {},
                              .headers = {{"host", authority_},
                                          {"x-amz-content-sha256", digest},
                                          {"x-amz-date", date}},
                              .body_digest = digest};
        if (path.contains('?')) request.query = path.substr(path.find('?') + 1);
        head += "x-amz-date: " + date + "\r\nx-amz-content-sha256: " + digest + "\r\n";
        if (const auto& session = cloud.aws_session_token.reveal(); !session.empty()) {
            request.headers.emplace_back("x-amz-security-token", session);
            head += "x-amz-security-token: " + session + "\r\n";
        }
        const Signer signer{.key_id = cloud.aws_access_key_id,
                            .secret = cloud.aws_secret_access_key.reveal(),
                            .region = cloud.aws_region,
                            .service = service};
        head += "authorization: " + authorization(signer, request, date) + "\r\n";
        return {};
    }

    // The URL says the model and whether it streams; betas stand in the body.
    BodyEdits body_edits(const Ask& ask) const override {
        if (ask.dialect != DialectId::anthropic_messages) return {};
        BodyEdits edits{
            .removed = {"model", "stream"},
            .added = {{"anthropic_version", "\"" + std::string(anthropic_version) + "\""}}};
        if (auto betas = joined_betas(ask.headers); !betas.empty()) {
            edits.added.emplace_back("anthropic_beta", std::move(betas));
        }
        return edits;
    }
    std::string_view anthropic_version_in_body() const override { return anthropic_version; }

    std::vector<std::string_view> secrets() const override {
        const auto& cloud = target_.cloud;
        return {cloud.aws_secret_access_key.reveal(), cloud.aws_session_token.reveal()};
    }

 private:
    const config::Target& target_;
    std::string base_;
    std::string authority_;
};

}  // namespace

std::unique_ptr<const Provider> make(const config::Target& target) {
    return std::make_unique<Bedrock>(target);
}

}  // namespace router::providers::bedrock
