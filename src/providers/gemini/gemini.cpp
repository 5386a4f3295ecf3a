#include "providers/gemini/gemini.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "wire/url.hpp"

namespace router::providers::gemini {
namespace {

using canonical::DialectId;

// A base URL with its version keeps it: users who name one mean it.
std::string with_version(std::string base) {
    constexpr std::array<std::string_view, 3> versions{"/v1beta", "/v1alpha", "/v1"};
    const bool has_one =
        std::ranges::any_of(versions, [&](const auto version) { return base.ends_with(version); });
    return has_one ? base : base + "/v1beta";
}

// "models/x" and "tunedModels/x" are whole names of resources; anything else is a model's.
std::string resource(std::string_view model) {
    for (const std::string_view collection : {"models/", "tunedModels/"}) {
        if (model.starts_with(collection)) {
            return "/" + std::string(collection) +
                   wire::percent_encoded(model.substr(collection.size()), ":");
        }
    }
    return "/models/" + wire::percent_encoded(model, ":");
}

class Gemini : public Provider {
 public:
    explicit Gemini(const config::Target& target)
        : key_(target.api_key.reveal()),
          base_(with_version(base_path(target, {"/openai", "/models"}))) {}

    Manner manner(std::string_view model) const override {
        return {.dialect = DialectId::gemini, .counts_tokens = true, .model = model};
    }

    std::string path(const Ask& ask) const override {
        switch (ask.operation) {
            case Operation::other:
                return base_ + std::string(ask.endpoint);
            case Operation::count_tokens:
                return base_ + resource(ask.model) + ":countTokens";
            case Operation::stream:
                return base_ + resource(ask.model) + ":streamGenerateContent?alt=sse";
            case Operation::complete:
                break;
        }
        return base_ + resource(ask.model) + ":generateContent";
    }

    HeaderLines credentials() const override {
        if (key_.empty()) return {};
        if (key_.starts_with("ya29.")) return {{"authorization", "Bearer " + key_}};  // OAuth
        return {{"x-goog-api-key", key_}};
    }

 private:
    std::string key_;
    std::string base_;
};

}  // namespace

std::unique_ptr<const Provider> make(const config::Target& target) {
    return std::make_unique<Gemini>(target);
}

}  // namespace router::providers::gemini
