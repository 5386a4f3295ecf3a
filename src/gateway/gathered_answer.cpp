#include "gateway/gathered_answer.hpp"

#include <map>
#include <string>
#include <utility>
#include <variant>

#include "providers/event_reader.hpp"
#include "wire/json_text.hpp"

namespace router::gateway {
namespace {

using namespace canonical;

template <class... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};

Block begun(const BlockStarted& started) {
    switch (started.kind) {
        case BlockKind::text:
            return TextBlock{.text = {}, .phase = std::string(started.phase)};
        case BlockKind::thinking:
            return ThinkingBlock{.is_redacted = started.is_redacted};
        case BlockKind::refusal:
            return RefusalBlock{};
        case BlockKind::tool_call:
            break;
    }
    return ToolCallBlock{.id = std::string(started.call_id),
                         .name = std::string(started.name),
                         .name_space = std::string(started.name_space),
                         .kind = started.tool_kind};
}

// The elements of an array, as they stand between its brackets.
std::string_view elements(Json array) {
    const auto begin = array.find('[');
    const auto end = array.rfind(']');
    if (begin == Json::npos || end == Json::npos) return {};
    return array.substr(begin + 1, end - begin - 1);
}

// Takes a stream's events, and keeps what they say longer than they last.
class GatheredAnswer : public EventSink {
 public:
    void take(const Event& event) override;

    // After the last event.
    Answer whole() &&;

 private:
    struct Told {
        Block block;
        std::string text{};  // of its deltas
    };
    struct Gathered {
        std::map<int, Told> blocks{};
        std::string logprobs{};  // the elements of the deltas' arrays
        Ending ending{};
    };

    void take(const Started& started);
    void take(const BlockStarted& started);
    void take(const BlockDelta& delta);
    void take(const BlockSigned& proof);
    void take(const Cited& cited);
    void take(const BlockEnded&) {}
    void take(const WholeBlock& whole);
    void take(const Ended& ended);
    void take(const Used& used);

    Told& told(int choice, int block) { return choices_[choice].blocks[block]; }
    std::string_view keep(std::string_view text) { return answer_.arena->keep(std::string(text)); }
    Text keep(Text text) { return {keep(text.escaped)}; }
    Choice finished(Gathered& choice);

    Answer answer_;
    std::map<int, Gathered> choices_;  // by an index that is the upstream's to choose
};

void GatheredAnswer::take(const Event& event) {
    std::visit([this](const auto& one) { take(one); }, event);
}

void GatheredAnswer::take(const Started& started) {
    answer_.id = started.id;
    answer_.model = started.model;
    answer_.created = started.created;
    answer_.service_tier = started.service_tier;
}

void GatheredAnswer::take(const BlockStarted& started) {
    told(started.choice, started.block).block = begun(started);
}

void GatheredAnswer::take(const BlockDelta& delta) {
    told(delta.choice, delta.block).text += delta.text.escaped;
    const auto tokens = elements(delta.logprobs);
    if (tokens.empty()) return;
    auto& logprobs = choices_[delta.choice].logprobs;
    if (!logprobs.empty()) logprobs += ',';
    logprobs += tokens;
}

void GatheredAnswer::take(const BlockSigned& proof) {
    auto signature = proof.signature;
    signature.value = keep(signature.value);
    std::visit(
        [&](auto& block) {
            if constexpr (requires { block.signature; }) block.signature = std::move(signature);
        },
        told(proof.choice, proof.block).block);
}

void GatheredAnswer::take(const Cited& cited) {
    auto* text = std::get_if<TextBlock>(&told(cited.choice, cited.block).block);
    if (text == nullptr) return;
    auto citation = cited.citation;
    for (auto* part : {&citation.url, &citation.title, &citation.cited_text}) *part = keep(*part);
    citation.original = keep(citation.original);
    text->citations.push_back(std::move(citation));
}

void GatheredAnswer::take(const WholeBlock& whole) {
    auto content = whole.content;
    std::visit(Overloaded{[this](MediaBlock& media) {
                              media.data = keep(media.data);
                              media.name = keep(media.name);
                          },
                          [this](OpaqueBlock& opaque) {
                              opaque.json = keep(opaque.json);
                              opaque.as_text = keep(opaque.as_text);
                          },
                          [](auto&) {}},
               content);
    told(whole.choice, whole.block).block = std::move(content);
}

void GatheredAnswer::take(const Ended& ended) {
    auto& ending = choices_[ended.choice].ending;
    ending = ended.ending;
    ending.explanation = keep(ending.explanation);
}

void GatheredAnswer::take(const Used& used) { answer_.usage = used.usage; }

Choice GatheredAnswer::finished(Gathered& choice) {
    Choice out{.blocks = {}, .ending = std::move(choice.ending)};
    for (auto& [index, told] : choice.blocks) {
        auto& [block, text] = told;
        std::visit(Overloaded{[&](ToolCallBlock& call) {
                                  const bool is_json = call.kind != ToolKind::custom;
                                  call.arguments = keep(is_json ? wire::unescaped(text) : text);
                              },
                              [&](auto& said) {
                                  if constexpr (requires { said.text; }) said.text = {keep(text)};
                              }},
                   block);
        out.blocks.push_back(std::move(block));
    }
    if (!choice.logprobs.empty())
        out.logprobs = keep("{\"content\":[" + choice.logprobs + "],\"refusal\":null}");
    return out;
}

Answer GatheredAnswer::whole() && {
    for (auto& [index, choice] : choices_) answer_.choices.push_back(finished(choice));
    return std::move(answer_);
}

}  // namespace

Result<Answer> gather(std::string_view stream, const dialects::Dialect& from,
                      providers::Framing framing) {
    GatheredAnswer answer;
    const auto decoder = from.stream_decoder();
    providers::EventReader events(framing, stream.size());
    events.feed(stream);
    auto event = events.next();
    for (; event && !decoder->is_done(); event = events.next()) {
        if (auto read = decoder->decode(*event, answer); !read)
            return std::unexpected(read.error());
    }
    const auto last = decoder->is_done() ? std::nullopt : events.rest();
    auto read = last ? decoder->decode(*last, answer) : Result<>();
    if (read) read = decoder->finish(answer);
    if (!read) return std::unexpected(read.error());
    return std::move(answer).whole();
}

}  // namespace router::gateway
