#include "providers/openai/openai.hpp"

#include <string>

namespace router::providers::openai {
namespace {

using canonical::DialectId;

constexpr std::string_view responses_route = "responses/";

class OpenAi : public Provider {
 public:
    explicit OpenAi(const config::Target& target)
        : key_(target.api_key.reveal()),
          base_(base_path(target)),
          knows_responses_(target.provider.kind == "openai") {}

    Manner manner(std::string_view model) const override {
        Manner out{.speaks_responses = knows_responses_, .model = model};
        if (knows_responses_ && model.starts_with(responses_route)) {
            out.dialect = DialectId::openai_responses;
            out.model.remove_prefix(responses_route.size());
        }
        out.counts_tokens = out.dialect == DialectId::openai_responses;
        return out;
    }

    std::string path(const Ask& ask) const override {
        if (ask.operation == Operation::other) return base_ + std::string(ask.endpoint);
        if (ask.operation == Operation::count_tokens) return base_ + "/responses/input_tokens";
        return base_ +
               (ask.dialect == DialectId::openai_responses ? "/responses" : "/chat/completions");
    }

    HeaderLines credentials() const override {
        if (key_.empty()) return {};
        return {{"authorization", "Bearer " + key_}};
    }

 private:
    std::string key_;
    std::string base_;
    bool knows_responses_;
};

}  // namespace

std::unique_ptr<const Provider> make(const config::Target& target) {
    return std::make_unique<OpenAi>(target);
}

}  // namespace router::providers::openai
