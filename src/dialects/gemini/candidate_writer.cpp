#include "dialects/gemini/candidate_writer.hpp"

#include <utility>
#include <variant>

#include "dialects/gemini/encode_parts.hpp"
#include "dialects/gemini/words.hpp"
#include "dialects/seal.hpp"
#include "dialects/source_name.hpp"
#include "wire/json.hpp"

namespace router::dialects::gemini {
namespace {

using canonical::Finish;
using canonical::Origin;
using canonical::Signature;
using canonical::ThinkingBlock;

// Google's SDKs want base64 in thoughtSignature: a seal is, and so are Gemini's own. One whose
// issuer is known must go back to that account alone, and is sealed.
std::string signature_value(const ThinkingBlock& thinking) {
    const auto& signature = thinking.signature;
    if (signature.origin == Origin::none) return {};
    if (signature.origin == Origin::gemini && signature.issuer.empty())
        return std::string(signature.value.escaped);
    return seal(thinking);
}

std::string signature_value(const Signature& signature) {
    ThinkingBlock thinking;
    thinking.signature = signature;
    return signature_value(thinking);
}

bool is_object(std::string_view arguments) {
    return arguments.find_first_not_of(" \t\r\n") != std::string_view::npos &&
           arguments[arguments.find_first_not_of(" \t\r\n")] == '{' &&
           wire::json::is_valid(arguments);
}

}  // namespace

void CandidateWriter::write_held(wire::JsonWriter& out) {
    if (!held_.empty()) out.escaped("thoughtSignature", std::exchange(held_, {}));
}

void CandidateWriter::write_text(wire::JsonWriter& out, canonical::Text text) {
    if (!std::exchange(is_text_open_, true)) texts_.emplace_back();
    if (text.is_empty()) return;
    texts_.back().append(text);
    if (held_.starts_with(seal_mark)) seal_of_text_ = held_;
    out.begin_object().escaped("text", text.escaped);
    write_held(out);
    out.end_object();
}

void CandidateWriter::write_thought(wire::JsonWriter& out, canonical::Text text) {
    if (!wants_thinking_ || text.is_empty()) return;
    out.begin_object().escaped("text", text.escaped).boolean("thought", true).end_object();
}

void CandidateWriter::write_call(wire::JsonWriter& out, std::string_view id, std::string_view name,
                                 std::string_view arguments, const Signature& signature) {
    is_text_open_ = false;
    const bool is_empty = arguments.find_first_not_of(" \t\r\n") == std::string_view::npos;
    if (!is_empty && !is_object(arguments)) {
        malformed_ = "The arguments of " + std::string(name) +
                     " are no JSON object: " + std::string(arguments);
        return;
    }
    if (auto own = signature_value(signature); !own.empty()) {
        if (!held_.empty()) write_rest(out, false);
        held_ = std::move(own);
    }
    // Some clients keep the signatures of calls alone.
    if (!std::exchange(has_called_, true) && held_.empty()) held_ = std::move(seal_of_text_);
    out.begin_object().begin_object("functionCall");
    if (!id.empty()) out.text("id", id);
    out.text("name", name).raw("args", is_empty ? "{}" : arguments).end_object();
    write_held(out);
    out.end_object();
}

void CandidateWriter::write_whole(wire::JsonWriter& out, const canonical::Block& block) {
    if (const auto* media = std::get_if<canonical::MediaBlock>(&block)) {
        is_text_open_ = false;
        const bool is_data = media->source == canonical::MediaSource::base64;
        out.begin_object().begin_object(is_data ? "inlineData" : "fileData");
        out.text("mimeType", media->mime.empty() ? guessed_mime(*media) : media->mime);
        out.escaped(is_data ? "data" : "fileUri", media->data.escaped).end_object();
        write_held(out);
        out.end_object();
    } else if (const auto* opaque = std::get_if<canonical::OpaqueBlock>(&block)) {
        if (!opaque->as_text.is_empty()) write_text(out, opaque->as_text);
    }
}

void CandidateWriter::hold(wire::JsonWriter& out, const ThinkingBlock& thinking) {
    is_text_open_ = false;
    auto value = signature_value(thinking);
    if (value.empty()) return;
    if (!held_.empty()) write_rest(out, false);  // a part carries one
    held_ = std::move(value);
}

void CandidateWriter::end_text(wire::JsonWriter& out, const Signature& signature) {
    is_text_open_ = false;
    auto value = signature_value(signature);
    if (value.empty()) return;
    if (!held_.empty()) write_rest(out, false);
    held_ = std::move(value);
    write_rest(out, false);
}

void CandidateWriter::cite(const canonical::Citation& citation) {
    auto name = source_name(citation);
    if (name.empty()) return;
    const bool is_web = !citation.url.is_empty();
    const auto text = texts_.empty() ? 0 : texts_.size() - 1;
    citations_.push_back({std::string(citation.url.escaped),
                          is_web ? std::string(citation.title.escaped) : std::move(name),
                          is_web ? std::string() : std::string(citation.cited_text.escaped),
                          citation.start, citation.end, text});
}

void CandidateWriter::add_logprobs(canonical::Json content) {
    if (!content.empty()) logprobs_.add(content);
}

void CandidateWriter::write_rest(wire::JsonWriter& out, bool must_write) {
    if (held_.empty() && !must_write) return;
    out.begin_object().text("text", "");
    write_held(out);
    out.end_object();
}

void CandidateWriter::write_ending(wire::JsonWriter& out, canonical::Ending ending) {
    const bool is_cut = ending.reason == Finish::length || ending.reason == Finish::context_window;
    if (!malformed_.empty() && !is_cut) {
        ending = {.reason = Finish::failed, .detail = "MALFORMED_FUNCTION_CALL"};
    } else if (has_refused_ && ending.reason == Finish::stop) {
        ending.reason = Finish::refusal;
    }
    const auto word = finish_reason_for(ending);
    out.text("finishReason", word);
    if (!malformed_.empty()) {
        out.text("finishMessage", malformed_);
    } else if (!ending.explanation.is_empty()) {
        out.escaped("finishMessage", ending.explanation.escaped);
    } else if (!ending.detail.empty() && ending.detail != word) {
        out.text("finishMessage", ending.detail);
    }
    write_grounding(out, citations_, texts_);
    logprobs_.write(out);
}

}  // namespace router::dialects::gemini
