#include "dialects/openai_responses/block_order.hpp"

#include <string>
#include <utility>
#include <variant>

namespace router::dialects::openai_responses {
namespace {

using namespace canonical;

// Makes the views of an event outlive the call that handed it over.
class Keeper {
 public:
    explicit Keeper(Arena& arena) : arena_(arena) {}

    void operator()(BlockStarted& one) {
        for (auto* text : {&one.call_id, &one.name, &one.name_space, &one.phase}) keep(*text);
    }
    void operator()(BlockDelta& one) {
        keep(one.text.escaped);
        keep(one.logprobs);
    }
    void operator()(BlockSigned& one) { keep(one.signature.value.escaped); }
    void operator()(Cited& one) {
        auto& citation = one.citation;
        for (auto* text : {&citation.url.escaped, &citation.title.escaped,
                           &citation.cited_text.escaped, &citation.original})
            keep(*text);
    }
    void operator()(WholeBlock& one) {
        if (auto* media = std::get_if<MediaBlock>(&one.content)) {
            keep(media->data.escaped);
            keep(media->name.escaped);
        } else if (auto* opaque = std::get_if<OpaqueBlock>(&one.content)) {
            keep(opaque->json);
            keep(opaque->as_text.escaped);
        } else if (auto* text = std::get_if<TextBlock>(&one.content)) {
            keep(text->text.escaped);
        }
    }
    void operator()(auto&) {}  // says nothing, or is never held

 private:
    void keep(std::string_view& text) {
        if (!text.empty()) text = arena_.keep(std::string(text));
    }

    Arena& arena_;
};

std::optional<int> block_of(const Event& event) {
    return std::visit(
        [](const auto& one) -> std::optional<int> {
            if constexpr (requires { one.block; }) {
                return one.block;
            } else {
                return std::nullopt;
            }
        },
        event);
}

}  // namespace

bool BlockOrder::has_turn(const Event& event) const {
    const auto block = block_of(event);
    return !block || !open_ || block == open_;
}

void BlockOrder::note(const Event& event) {
    if (const auto* started = std::get_if<BlockStarted>(&event)) open_ = started->block;
    if (std::holds_alternative<BlockEnded>(event)) open_.reset();
}

void BlockOrder::hold(const Event& event) { std::visit(Keeper(texts_), held_.emplace_back(event)); }

}  // namespace router::dialects::openai_responses
