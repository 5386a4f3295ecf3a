#include "dialects/gemini/answer_builder.hpp"

#include <functional>
#include <utility>
#include <variant>

#include "wire/json_text.hpp"

namespace router::dialects::gemini {
namespace {

using canonical::BlockKind;

bool is_inside(std::string_view text, std::string_view body) {
    const std::less_equal<const char*> is_before;
    return is_before(body.data(), text.data()) &&
           is_before(text.data() + text.size(), body.data() + body.size());
}

}  // namespace

void AnswerBuilder::Growing::append(std::string_view text, std::string_view body) {
    if (text.empty()) return;
    if (!is_copied && first.empty() && is_inside(text, body)) {
        first = text;
        return;
    }
    if (!is_copied) all = first;
    is_copied = true;
    all += text;
}

std::string_view AnswerBuilder::keep(std::string_view text) {
    if (text.empty()) return {};
    return is_inside(text, body_) ? text : answer_.arena->keep(std::string(text));
}

void AnswerBuilder::take(const canonical::Event& event) {
    std::visit([this](const auto& one) { take_one(one); }, event);
}

void AnswerBuilder::take_one(const canonical::Started& started) {
    answer_.id = started.id;
    answer_.model = started.model;
    answer_.created = started.created;
    answer_.service_tier = started.service_tier;
}

void AnswerBuilder::take_one(const canonical::BlockStarted& started) {
    auto& open = blocks_[{started.choice, started.block}];
    open.head = started;
    open.id = started.call_id;
    open.name = started.name;
}

void AnswerBuilder::take_one(const canonical::BlockDelta& delta) {
    blocks_[{delta.choice, delta.block}].text.append(delta.text.escaped, body_);
    if (delta.logprobs.size() < 2) return;
    auto& all = logprobs_[delta.choice];
    if (!all.empty()) all += ',';
    all += delta.logprobs.substr(1, delta.logprobs.size() - 2);
}

void AnswerBuilder::take_one(const canonical::BlockSigned& proof) {
    auto& open = blocks_[{proof.choice, proof.block}];
    open.signature = proof.signature;
    open.signature.value = keep(proof.signature.value);
}

void AnswerBuilder::take_one(const canonical::Cited& cited) {
    auto citation = cited.citation;
    citation.url = keep(citation.url);
    citation.title = keep(citation.title);
    citation.cited_text = keep(citation.cited_text);
    citation.original = keep(citation.original);
    blocks_[{cited.choice, cited.block}].citations.push_back(citation);
}

void AnswerBuilder::take_one(const canonical::WholeBlock& whole) {
    auto& open = blocks_[{whole.choice, whole.block}];
    open.is_whole = true;
    open.whole = whole.content;
    if (auto* media = std::get_if<canonical::MediaBlock>(&open.whole)) {
        media->data = keep(media->data);
        media->name = keep(media->name);
    } else if (auto* opaque = std::get_if<canonical::OpaqueBlock>(&open.whole)) {
        opaque->json = keep(opaque->json);
        opaque->as_text = keep(opaque->as_text);
    }
}

void AnswerBuilder::take_one(const canonical::Ended& ended) {
    auto& ending = endings_[ended.choice] = ended.ending;
    ending.explanation = keep(ending.explanation);
}

void AnswerBuilder::take_one(const canonical::Used& used) { answer_.usage = used.usage; }

canonical::Block AnswerBuilder::block_of(Open& open) {
    if (open.is_whole) return std::move(open.whole);
    const auto text =
        open.text.is_copied ? answer_.arena->keep(std::move(open.text.all)) : open.text.first;
    switch (open.head.kind) {
        case BlockKind::thinking: {
            canonical::ThinkingBlock thinking{.text = {text}};
            thinking.signature = std::move(open.signature);
            return thinking;
        }
        case BlockKind::tool_call: {
            canonical::ToolCallBlock call{.id = std::move(open.id), .name = std::move(open.name)};
            call.arguments = answer_.arena->keep(wire::unescaped(text));
            call.signature = std::move(open.signature);
            return call;
        }
        case BlockKind::refusal:
            return canonical::RefusalBlock{.text = {text}};
        default: {
            canonical::TextBlock said{.text = {text}};
            said.citations = std::move(open.citations);
            said.signature = std::move(open.signature);
            return said;
        }
    }
}

canonical::Answer AnswerBuilder::finish() {
    std::map<int, canonical::Choice> choices;
    for (auto& [choice, ending] : endings_) choices[choice].ending = std::move(ending);
    for (auto& [place, open] : blocks_) choices[place.first].blocks.push_back(block_of(open));
    for (auto& [choice, list] : logprobs_) {
        choices[choice].logprobs =
            answer_.arena->keep("{\"content\":[" + list + "],\"refusal\":null}");
    }
    for (auto& [index, choice] : choices) answer_.choices.push_back(std::move(choice));
    return std::move(answer_);
}

}  // namespace router::dialects::gemini
