#include <variant>

#include "dialects/gemini/answer.hpp"
#include "dialects/gemini/candidate_writer.hpp"
#include "dialects/gemini/members.hpp"
#include "dialects/gemini/usage.hpp"
#include "dialects/gemini/words.hpp"

namespace router::dialects::gemini {
namespace {

namespace json = wire::json;

// The array that stands in a choice's logprobs.
std::string logprobs_of(canonical::Json logprobs) {
    std::string content;
    if (logprobs.empty()) return content;
    const auto copy = padded_copy(logprobs);
    auto document = json::read(copy);
    json::value value;
    if (document.get_value().get(value) != simdjson::SUCCESS) return content;
    json::each_member(value, [&](std::string_view key, json::value& member) {
        if (key == "content" && json::type_of(member) == json::json_type::array)
            content = json::raw(member);
    });
    return content;
}

struct BlockWriting {
    wire::JsonWriter& out;
    CandidateWriter& candidate;

    void operator()(const canonical::TextBlock& text) const {
        candidate.write_text(out, text.text);
        for (const auto& citation : text.citations) candidate.cite(citation);
        candidate.end_text(out, text.signature);
    }
    void operator()(const canonical::ThinkingBlock& thinking) const {
        candidate.write_thought(out, thinking.text);
        candidate.hold(out, thinking);
    }
    void operator()(const canonical::ToolCallBlock& call) const {
        if (call.kind == canonical::ToolKind::custom) {
            const auto arguments = "{\"input\":\"" + std::string(call.arguments) + "\"}";
            candidate.write_call(out, call.id, call.name, arguments, call.signature);
        } else {
            candidate.write_call(out, call.id, call.name, call.arguments, call.signature);
        }
    }
    void operator()(const canonical::RefusalBlock& refusal) const {
        candidate.write_text(out, refusal.text);
        candidate.end_text(out, {});
        candidate.refuse();
    }
    void operator()(const canonical::MediaBlock& media) const { candidate.write_whole(out, media); }
    void operator()(const canonical::OpaqueBlock& opaque) const {
        candidate.write_whole(out, opaque);
    }
    void operator()(const canonical::ToolResultBlock&) const {}  // no model answers with one
};

void write_candidate(wire::JsonWriter& out, const canonical::Choice& choice, int index,
                     const AnswerContext& context) {
    CandidateWriter candidate(context.wants_thinking);
    out.begin_object().begin_object("content").begin_array("parts");
    const auto before = out.out().size();
    for (const auto& block : choice.blocks) std::visit(BlockWriting{out, candidate}, block);
    candidate.write_rest(out, out.out().size() == before);
    out.end_array().text("role", "model").end_object();
    candidate.add_logprobs(logprobs_of(choice.logprobs));
    candidate.write_ending(out, choice.ending);
    out.number("index", index).end_object();
}

}  // namespace

std::string encode_answer(const canonical::Answer& answer, const AnswerContext& context) {
    std::string text;
    wire::JsonWriter out(text);
    out.begin_object().begin_array("candidates");
    int index = 0;
    for (const auto& choice : answer.choices) write_candidate(out, choice, index++, context);
    if (answer.choices.empty()) write_candidate(out, {}, 0, context);
    out.end_array();
    write_usage(out, answer.usage);
    out.text("modelVersion", context.model).text("responseId", context.id).end_object();
    return text;
}

}  // namespace router::dialects::gemini
