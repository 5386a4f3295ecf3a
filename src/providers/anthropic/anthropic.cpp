#include "providers/anthropic/anthropic.hpp"

#include <algorithm>
#include <string>

namespace router::providers::anthropic {
namespace {

using canonical::DialectId;

// Served besides 2026-10-21, and the one that takes sampling parameters.
// https://docs.anthropic.com/en/api/versioning (read 2026-11-22)
constexpr std::string_view usual_version = "2023-06-01";

class Anthropic : public Provider {
 public:
    explicit Anthropic(const config::Target& target)
        : key_(target.api_key.reveal()),
          base_(base_path(target, {"/messages", "/v1"}) + "/v1"),
          has_own_version_(std::ranges::any_of(target.headers, [](const auto& header) {
              return header.first == "anthropic-version";
          })) {}

    Manner manner(std::string_view model) const override {
        return {.dialect = DialectId::anthropic_messages, .counts_tokens = true, .model = model};
    }

    std::string path(const Ask& ask) const override {
        switch (ask.operation) {
            case Operation::other:
                return base_ + std::string(ask.endpoint);
            case Operation::count_tokens:
                return base_ + "/messages/count_tokens";
            default:
                return base_ + "/messages";
        }
    }

    // A token that someone signed in with, as Claude Code keeps one, is no API key.
    HeaderLines credentials() const override {
        if (key_.empty()) return {};
        if (key_.starts_with("sk-ant-oat")) return {{"authorization", "Bearer " + key_}};
        return {{"x-api-key", key_}};
    }

    Result<> add_headers(const Ask& ask, std::string_view /*path*/,
                         std::string& head) const override {
        if (has_own_version_) return {};
        head += "anthropic-version: ";
        head += ask.anthropic_version.empty() ? usual_version : ask.anthropic_version;
        head += "\r\n";
        return {};
    }

 private:
    std::string key_;
    std::string base_;
    bool has_own_version_;
};

}  // namespace

std::unique_ptr<const Provider> make(const config::Target& target) {
    return std::make_unique<Anthropic>(target);
}

}  // namespace router::providers::anthropic
