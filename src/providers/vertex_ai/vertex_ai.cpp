#include "providers/vertex_ai/vertex_ai.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "config/keys.hpp"
#include "providers/oauth.hpp"
#include "providers/vertex_ai/credentials.hpp"
#include "wire/url.hpp"

namespace router::providers::vertex_ai {
namespace {

using canonical::DialectId;

// https://docs.anthropic.com/en/api/claude-on-vertex-ai (read 2026-11-22)
constexpr std::string_view anthropic_version = "vertex-2023-10-16";

constexpr std::string_view google_prefix = "google/";
constexpr std::string_view gemini_route = "gemini/";  // LiteLLM's mark of a tuned model's endpoint

std::string with_version(std::string base) {
    constexpr std::array<std::string_view, 3> versions{"/v1beta1", "/v1beta", "/v1"};
    const bool has_one =
        std::ranges::any_of(versions, [&](const auto version) { return base.ends_with(version); });
    return has_one ? base : base + "/v1";
}

bool is_number(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

// Publishers' models may carry their name: "google/gemini-...", "anthropic/claude-...".
std::string_view without(std::string_view prefix, std::string_view model) {
    return model.starts_with(prefix) ? model.substr(prefix.size()) : model;
}

class VertexAi : public Provider {
 public:
    explicit VertexAi(const config::Target& target)
        : target_(target),
          credentials_(read_credentials(target.cloud.vertex_credentials.reveal())),
          base_(with_version(base_path(target))) {
        const auto& project = target.cloud.vertex_project.empty() ? credentials_.project
                                                                  : target.cloud.vertex_project;
        if (!project.empty()) {
            base_ += "/projects/" + wire::percent_encoded(project) + "/locations/" +
                     target.cloud.vertex_location;
        }
    }

    Manner manner(std::string_view model) const override {
        Manner out{.dialect = DialectId::gemini, .counts_tokens = true, .model = model};
        const auto name = without("anthropic/", model);
        const auto& patterns = target_.provider.anthropic_models;
        if (std::ranges::any_of(
                patterns, [&](const auto& pattern) { return config::matches(pattern, name); })) {
            out.dialect = DialectId::anthropic_messages;
            out.model = name;
            return out;
        }
        out.model = without(google_prefix, without(gemini_route, model));
        if (out.model.contains('/')) {
            out.dialect = DialectId::openai_chat;
            out.counts_tokens = false;
        }
        return out;
    }

    std::string path(const Ask& ask) const override {
        switch (ask.dialect) {
            case DialectId::anthropic_messages:
                return claude_path(ask);
            case DialectId::gemini:
                return gemini_path(ask);
            default:
                return base_ + "/endpoints/openapi" +
                       (ask.operation == Operation::other ? std::string(ask.endpoint)
                                                          : "/chat/completions");
        }
    }

    HeaderLines credentials() const override {
        if (target_.api_key.empty()) return {};
        return {{"x-goog-api-key", target_.api_key.reveal()}};
    }

    Result<> add_headers(const Ask& ask, std::string_view /*path*/,
                         std::string& head) const override {
        if (!needs_token()) return {};
        if (ask.token.empty()) {
            return fail(ErrorKind::unavailable, "There is no token for Google Cloud.");
        }
        head += "authorization: Bearer ";
        head += ask.token;
        head += "\r\n";
        return {};
    }

    // The model stands in the URL. Counting tokens has one URL for all, so there it stays.
    BodyEdits body_edits(const Ask& ask) const override {
        if (ask.dialect != DialectId::anthropic_messages) return {};
        BodyEdits edits{
            .removed = {},
            .added = {{"anthropic_version", "\"" + std::string(anthropic_version) + "\""}}};
        if (ask.operation != Operation::count_tokens) edits.removed.emplace_back("model");
        return edits;
    }
    std::string_view anthropic_version_in_body() const override { return anthropic_version; }
    bool takes_call_ids() const override { return false; }

    bool needs_token() const override {
        return target_.api_key.empty() &&
               std::ranges::find(target_.headers, "authorization",
                                 &std::pair<std::string, std::string>::first) ==
                   target_.headers.end();
    }
    Result<TokenAsk> token_ask(SystemTime now) const override {
        return vertex_ai::token_ask(credentials_, now);
    }
    Result<Token> read_token(std::string_view body, SystemTime now) const override {
        return read_access_token(body, now);
    }

 private:
    std::string claude_path(const Ask& ask) const {
        const auto models = base_ + "/publishers/anthropic/models/";
        if (ask.operation == Operation::other) return base_ + std::string(ask.endpoint);
        if (ask.operation == Operation::count_tokens) return models + "count-tokens:rawPredict";
        return models + wire::percent_encoded(ask.model, "@") +
               (ask.operation == Operation::stream ? ":streamRawPredict" : ":rawPredict");
    }

    std::string gemini_path(const Ask& ask) const {
        if (ask.operation == Operation::other) return base_ + std::string(ask.endpoint);
        const auto name = wire::percent_encoded(ask.model, "@");
        const auto model =
            base_ + (is_number(name) ? "/endpoints/" : "/publishers/google/models/") + name;
        switch (ask.operation) {
            case Operation::count_tokens:
                return model + ":countTokens";
            case Operation::stream:
                return model + ":streamGenerateContent?alt=sse";
            default:
                return model + ":generateContent";
        }
    }

    const config::Target& target_;
    Credentials credentials_;
    std::string base_;  // with project and location, where there is a project
};

}  // namespace

std::unique_ptr<const Provider> make(const config::Target& target) {
    return std::make_unique<VertexAi>(target);
}

}  // namespace router::providers::vertex_ai
