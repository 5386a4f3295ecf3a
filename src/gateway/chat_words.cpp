#include "gateway/chat_words.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "wire/json_text.hpp"

namespace router::gateway {
namespace {

constexpr std::string_view old_limit = "max_tokens", new_limit = "max_completion_tokens";
constexpr std::array<std::string_view, 4> renamed{old_limit, new_limit, "seed", "tool_choice"};
constexpr std::array<std::string_view, 5> refused{"stop", "temperature", "top_p",
                                                  "presence_penalty", "frequency_penalty"};

class Wording {
 public:
    Wording(const dialects::ClientBody& body, const config::Target& target)
        : body_(body), target_(target) {}

    // A member under another name, unless the client says that one as well, or it is dropped.
    void rename(std::string_view from, std::string_view to) {
        if (from == to || !body_.has(from)) return;
        drop(from);
        const bool is_dropped = std::ranges::count(target_.unsent_params, from) > 0;
        if (!is_dropped && !body_.has(to)) edits_.added.emplace_back(to, body_.value(from));
    }
    void replace(std::string_view name, std::string_view from, std::string_view to) {
        if (from != to && body_.value(name) == wire::quoted(from))
            edits_.added.emplace_back(name, wire::quoted(to));
    }
    void drop(std::string_view name) {
        if (body_.has(name)) edits_.removed.emplace_back(name);
    }
    providers::BodyEdits take() { return std::move(edits_); }

 private:
    const dialects::ClientBody& body_;
    const config::Target& target_;
    providers::BodyEdits edits_;
};

// A provider that is known, with no word of OpenAI's own: its name for the limit is sure.
bool has_own_words(const config::Target& target) {
    return target.provider.kind == "openai_chat" && target.provider.needs_key;
}

void name_limit(Wording& words, const config::Target& target, const config::ModelFacts& facts) {
    if (has_own_words(target) && facts.max_tokens_field == old_limit) {
        words.rename(new_limit, old_limit);
    } else if (facts.thinking == config::ThinkingKind::effort &&
               facts.max_tokens_field == new_limit) {
        words.rename(old_limit, new_limit);
    }
}

void drop_refused(Wording& words, const config::ModelFacts& facts) {
    if (!facts.takes_stop) words.drop("stop");
    if (!facts.takes_penalties) {
        words.drop("presence_penalty");
        words.drop("frequency_penalty");
    }
    const bool takes_sampling = facts.sampling == config::SamplingRule::all ||
                                facts.sampling == config::SamplingRule::temperature_xor_top_p;
    if (takes_sampling) return;
    words.drop("temperature");
    words.drop("top_p");
}

}  // namespace

bool has_unknown_role(const dialects::ClientBody& body, const config::Target& target) {
    return has_own_words(target) && !target.provider.takes_developer_role &&
           body.value("messages").contains("\"developer\"");
}

bool may_need_other_words(const dialects::ClientBody& body, const config::Target& target) {
    const auto has = [&](std::string_view name) { return body.has(name); };
    return std::ranges::any_of(renamed, has) ||
           (target.drops_params && std::ranges::any_of(refused, has)) ||
           (!target.provider.takes_stream_options && has("stream_options"));
}

providers::BodyEdits chat_words(const dialects::ClientBody& body, const config::Target& target,
                                const config::ModelFacts& facts) {
    Wording words(body, target);
    name_limit(words, target, facts);
    words.rename("seed", facts.seed_field);
    words.replace("tool_choice", "required", facts.required_choice);
    if (!target.provider.takes_stream_options) words.drop("stream_options");
    if (target.drops_params) drop_refused(words, facts);
    return words.take();
}

}  // namespace router::gateway
