#include <utility>
#include <vector>

#include "dialects/openai_chat/answer_parts.hpp"
#include "dialects/openai_chat/finish.hpp"
#include "dialects/openai_chat/reasoning_details.hpp"
#include "dialects/openai_chat/usage.hpp"
#include "dialects/openai_chat/whole_answer.hpp"
#include "dialects/source_name.hpp"
#include "wire/json_writer.hpp"

namespace router::dialects::openai_chat {
namespace {

using namespace canonical;

template <class Kind, class Visit>
void each(const Choice& choice, Visit&& visit) {
    for (const auto& block : choice.blocks) {
        if (const auto* found = std::get_if<Kind>(&block)) visit(*found);
    }
}

template <class Kind, class Test>
bool has(const Choice& choice, Test&& test) {
    bool found = false;
    each<Kind>(choice, [&](const Kind& block) { found = found || test(block); });
    return found;
}

// The texts of all blocks of a kind as one string; null where none has any.
template <class Kind>
void write_joined(wire::JsonWriter& json, std::string_view key, const Choice& choice) {
    if (!has<Kind>(choice, [](const Kind& block) { return !block.text.is_empty(); })) {
        json.null(key);
        return;
    }
    json.escaped(key, {});
    auto& out = json.out();
    out.pop_back();
    each<Kind>(choice, [&](const Kind& block) { out += block.text.escaped; });
    out += '"';
}

void write_refusal(wire::JsonWriter& json, const Choice& choice) {
    const bool is_said = has<RefusalBlock>(choice, [](const auto&) { return true; });
    const bool is_empty = !has<TextBlock>(choice, [](const auto& text) {
        return !text.text.is_empty();
    }) && !has<ToolCallBlock>(choice, [](const auto&) { return true; });
    const auto reason = choice.ending.reason;
    if (is_said) {
        write_joined<RefusalBlock>(json, "refusal", choice);
    } else if (reason == Finish::refusal || (reason == Finish::content_filter && is_empty)) {
        json.escaped("refusal", refusal_text(choice.ending).escaped);
    } else {
        json.null("refusal");
    }
}

bool has_proof(const ThinkingBlock& thought) { return thought.signature.is_present(); }

void write_thoughts(wire::JsonWriter& json, const Choice& choice) {
    if (has<ThinkingBlock>(choice, [](const auto& thought) { return !thought.text.is_empty(); }))
        write_joined<ThinkingBlock>(json, "reasoning_content", choice);
    const bool text_is_sealed =
        has<TextBlock>(choice, [](const auto& text) { return text.signature.is_present(); });
    if (!text_is_sealed && !has<ThinkingBlock>(choice, has_proof)) return;
    json.begin_array("reasoning_details");
    int index = 0;
    each<ThinkingBlock>(choice, [&](const auto& thought) { write_details(json, thought, index); });
    each<TextBlock>(choice,
                    [&](const auto& text) { write_proof(json, text.signature, {}, index); });
    json.end_array();
}

void write_call(wire::JsonWriter& json, const ToolCallBlock& call, const std::string& made_id) {
    json.begin_object().text("id", call.id.empty() ? made_id : call.id);
    if (call.kind == ToolKind::custom) {
        json.text("type", "custom").begin_object("custom").text("name", call.name);
        json.escaped("input", call.arguments).end_object();
    } else {
        json.text("type", "function").begin_object("function").text("name", call.name);
        json.text("arguments", call.arguments.empty() ? "{}" : call.arguments).end_object();
    }
    write_call_proof(json, call.signature);
    json.end_object();
}

void write_calls(wire::JsonWriter& json, const Choice& choice, const std::string& id) {
    if (!has<ToolCallBlock>(choice, [](const auto&) { return true; })) return;
    json.begin_array("tool_calls");
    int at = 0;
    each<ToolCallBlock>(choice, [&](const auto& call) {
        write_call(json, call, "call_" + id + std::to_string(at++));
    });
    json.end_array();
}

void write_annotations(wire::JsonWriter& json, const Choice& choice) {
    const bool has_any = has<TextBlock>(choice, [](const auto& text) {
        for (const auto& citation : text.citations) {
            if (!source_name(citation).empty()) return true;
        }
        return false;
    });
    if (!has_any) return;
    json.begin_array("annotations");
    std::int64_t begin = 0;
    each<TextBlock>(choice, [&](const TextBlock& text) {
        const auto end = begin + characters(text.text.escaped);
        for (const auto& citation : text.citations) write_citation(json, citation, begin, end);
        begin = end;
    });
    json.end_array();
}

void write_media(wire::JsonWriter& json, const Choice& choice, const AnswerContext& context) {
    const auto is = [](MediaKind kind) {
        return [kind](const MediaBlock& media) { return media.kind == kind; };
    };
    if (has<MediaBlock>(choice, is(MediaKind::image))) {
        json.begin_array("images");
        int index = 0;
        each<MediaBlock>(choice, [&](const MediaBlock& media) {
            if (media.kind == MediaKind::image) write_image(json, media, index++);
        });
        json.end_array();
    }
    bool is_written = false;
    each<MediaBlock>(choice, [&](const MediaBlock& media) {
        if (media.kind != MediaKind::audio || std::exchange(is_written, true)) return;
        write_audio(json, media, context.id, context.created);
    });
}

void write_choice(wire::JsonWriter& json, const Choice& choice, int index,
                  const AnswerContext& context) {
    json.begin_object().number("index", index).begin_object("message");
    json.text("role", "assistant");
    write_joined<TextBlock>(json, "content", choice);
    write_refusal(json, choice);
    write_thoughts(json, choice);
    write_calls(json, choice, index == 0 ? context.id : context.id + "c" + std::to_string(index));
    write_annotations(json, choice);
    write_media(json, choice, context);
    json.end_object();
    json.raw("logprobs", choice.logprobs.empty() ? "null" : choice.logprobs);
    const bool has_calls = has<ToolCallBlock>(choice, [](const auto&) { return true; });
    write_finish(json, choice.ending, has_calls);
    json.end_object();
}

}  // namespace

std::string encode_answer(const Answer& answer, const AnswerContext& context) {
    std::string out;
    out.reserve(answer.source_bytes + canonical::room_for_other_words);
    wire::JsonWriter json(out);
    json.begin_object();
    json.text("id", context.id.empty() ? answer.id : "chatcmpl-" + context.id);
    json.text("object", "chat.completion");
    json.number("created", context.created != 0 ? context.created : answer.created);
    json.text("model", context.model.empty() ? answer.model : context.model);
    json.begin_array("choices");
    int index = 0;
    for (const auto& choice : answer.choices) write_choice(json, choice, index++, context);
    json.end_array();
    if (answer.usage.is_known) {
        json.key("usage");
        auto usage = answer.usage;
        if (context.cost_of && !usage.cost) usage.cost = context.cost_of(usage);
        write_usage(json, usage);
    }
    if (!answer.service_tier.empty()) json.text("service_tier", answer.service_tier);
    json.end_object();
    return out;
}

}  // namespace router::dialects::openai_chat
