#include "dialects/gemini/encode_request.hpp"

#include <algorithm>

#include "dialects/gemini/members.hpp"
#include "dialects/gemini/words.hpp"
#include "wire/json.hpp"

namespace router::dialects::gemini {
namespace {

namespace json = wire::json;
using canonical::DialectId;

constexpr std::string_view validated = "toolConfig.functionCallingConfig.mode";

bool is_label_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// Keys begin with a letter; both are short, of small letters, digits, '_' and '-'.
//   source  https://cloud.google.com/resource-manager/docs/labels-overview (read 2026-11-22)
bool is_label(std::string_view text, bool is_key) {
    if (text.size() > 63 || !std::ranges::all_of(text, is_label_letter)) return false;
    return !is_key || (!text.empty() && text.front() >= 'a' && text.front() <= 'z');
}

using Label = std::pair<std::string, std::string>;

// Members of the client's metadata that may be labels; the others are lost.
std::vector<Label> labels_of(RequestWriting& writing) {
    std::vector<Label> labels;
    const auto copy = padded_copy(writing.request.metadata);
    if (copy.empty()) return labels;
    auto document = json::read(copy);
    json::value metadata;
    if (document.get_value().get(metadata) != simdjson::SUCCESS) return labels;
    json::each_member(metadata, [&](std::string_view key, json::value& value) {
        std::string name(key);
        std::string text(json::text_or_empty(value));
        const bool is_text = json::type_of(value) == json::json_type::string;
        if (is_text && is_label(name, true) && is_label(text, false)) {
            labels.emplace_back(std::move(name), std::move(text));
        } else {
            writing.lose("metadata." + name, "Gemini's labels are short and of small letters");
        }
    });
    return labels;
}

void write_labels(RequestWriting& writing) {
    const auto& request = writing.request;
    if (writing.is_own()) {
        if (!request.metadata.empty()) writing.out.raw("labels", request.metadata);
        return;
    }
    auto labels = labels_of(writing);
    const auto has_user = [](const Label& label) { return label.first == "user"; };
    if (is_label(request.user, false) && !request.user.empty()) {
        if (std::ranges::none_of(labels, has_user)) labels.emplace_back("user", request.user);
    } else if (!request.user.empty()) {
        const bool is_messages = request.dialect == DialectId::anthropic_messages;
        writing.lose(is_messages ? "metadata.user_id" : "user",
                     "Gemini's labels are short and of small letters");
    }
    if (labels.empty()) return;
    writing.out.begin_object("labels");
    for (const auto& [key, value] : labels) writing.out.text(key, value);
    writing.out.end_object();
}

void write_service_tier(RequestWriting& writing) {
    const auto& tier = writing.request.service_tier;
    if (tier.empty() || tier == "auto") return;
    const auto own = service_tier_for(tier);
    if (!own.empty()) {
        writing.out.text("serviceTier", own);
    } else {
        writing.lose("service_tier", "Gemini has no tier " + tier);
    }
}

void write_store(RequestWriting& writing) {
    if (!writing.request.store) return;
    if (writing.is_own()) {
        writing.out.boolean("store", *writing.request.store);
    } else if (*writing.request.store) {
        writing.lose("store");
    }
}

// Extras that stand in no member which is written below.
void write_own_extras(RequestWriting& writing) {
    for (const auto& [name, value] : writing.request.extras) {
        if (!writing.is_own() || name.find('[') != std::string::npos || value.empty()) {
            writing.lose(name);
        } else if (name.find('.') == std::string::npos) {
            writing.out.key(wire::escaped(name)).raw(value);
        }
    }
}

// What has no place in any member.
void note_losses(RequestWriting& writing) {
    const auto& request = writing.request;
    const bool is_messages = request.dialect == DialectId::anthropic_messages;
    if (request.parallel_tool_calls == false)
        writing.lose(is_messages ? "tool_choice.disable_parallel_tool_use" : "parallel_tool_calls");
    if (!request.verbosity.empty()) {
        const bool is_responses = request.dialect == DialectId::openai_responses;
        writing.lose(is_responses ? "text.verbosity" : "verbosity");
    }
    if (!request.sampling.logit_bias.empty()) writing.lose("logit_bias");
    if (!request.cache_key.empty()) writing.lose("prompt_cache_key");
    if (!request.audio.empty()) writing.lose("audio");
}

}  // namespace

void write_extras(const RequestWriting& writing, std::string_view prefix) {
    if (!writing.is_own()) return;
    for (const auto& [name, value] : writing.request.extras) {
        if (name == validated || value.empty() || !name.starts_with(prefix)) continue;
        writing.out.key(wire::escaped(std::string_view(name).substr(prefix.size()))).raw(value);
    }
}

Result<EncodedRequest> encode_request(const canonical::Request& request, const Variant& variant) {
    EncodedRequest encoded;
    encoded.body.reserve(request.source_bytes + canonical::room_for_other_words);
    wire::JsonWriter out(encoded.body, &encoded.left_out);
    RequestWriting writing{request, variant, out, encoded.losses};
    out.begin_object();
    if (auto written = write_conversation(writing); !written)
        return std::unexpected(written.error());
    if (auto written = write_tools(writing); !written) return std::unexpected(written.error());
    write_generation_config(writing);
    write_service_tier(writing);
    write_store(writing);
    write_labels(writing);
    write_own_extras(writing);
    note_losses(writing);
    out.end_object();
    return encoded;
}

}  // namespace router::dialects::gemini
