#include "gateway/conversion.hpp"

#include <utility>
#include <variant>

#include "dialects/failure_words.hpp"
#include "dialects/openai_chat/finish.hpp"

namespace router::gateway {
namespace {

using namespace canonical;

class Teller {
 public:
    Teller(EventSink& sink, int choice) : sink_(sink), choice_(choice) {}

    void operator()(const TextBlock& block) {
        tell_text(BlockKind::text, block.text, block.signature);
        for (const auto& citation : block.citations)
            sink_.take(Cited{.choice = choice_, .block = block_, .citation = citation});
        end();
    }
    void operator()(const RefusalBlock& block) {
        tell_text(BlockKind::refusal, block.text, {});
        end();
    }
    void operator()(const ThinkingBlock& block) {
        sink_.take(BlockStarted{.choice = choice_,
                                .block = block_,
                                .kind = BlockKind::thinking,
                                .is_redacted = block.is_redacted});
        tell_delta(block.text);
        tell_proof(block.signature);
        end();
    }
    void operator()(const ToolCallBlock& block) {
        sink_.take(BlockStarted{.choice = choice_,
                                .block = block_,
                                .kind = BlockKind::tool_call,
                                .tool_kind = block.kind,
                                .call_id = block.id,
                                .name = block.name,
                                .name_space = block.name_space});
        const auto inside = block.kind == ToolKind::custom ? std::string(block.arguments)
                                                           : wire::escaped(block.arguments);
        tell_delta({inside});
        tell_proof(block.signature);
        end();
    }
    template <class Other>  // media, results of the provider's own tools, what is opaque
    void operator()(const Other& block) {
        sink_.take(WholeBlock{.choice = choice_, .block = block_++, .content = block});
    }

 private:
    void tell_text(BlockKind kind, Text text, const Signature& proof) {
        sink_.take(BlockStarted{.choice = choice_, .block = block_, .kind = kind});
        tell_delta(text);
        tell_proof(proof);
    }
    void tell_delta(Text text) {
        if (!text.is_empty())
            sink_.take(BlockDelta{.choice = choice_, .block = block_, .text = text});
    }
    void tell_proof(const Signature& proof) {
        if (proof.is_present())
            sink_.take(BlockSigned{.choice = choice_, .block = block_, .signature = proof});
    }
    void end() { sink_.take(BlockEnded{.choice = choice_, .block = block_++}); }

    EventSink& sink_;
    int choice_;
    int block_ = 0;
};

// A whole answer told as a stream.
void tell(const Answer& answer, EventSink& sink) {
    sink.take(Started{.id = answer.id,
                      .model = answer.model,
                      .created = answer.created,
                      .service_tier = answer.service_tier});
    int choice = 0;
    for (const auto& one : answer.choices) {
        Teller teller(sink, choice);
        for (const auto& block : one.blocks) std::visit(teller, block);
        sink.take(Ended{.choice = choice++, .ending = one.ending});
    }
    sink.take(Used{.usage = answer.usage});
}

// What some dialects call a finish, and is none: nothing came of the call.
const Ending* failure_of(const Answer& answer) {
    if (answer.choices.size() != 1 || !answer.choices.front().blocks.empty()) return nullptr;
    const auto& ending = answer.choices.front().ending;
    return ending.reason == Finish::failed ? &ending : nullptr;
}

Error broken(const Ending& failure) {
    return {.kind = ErrorKind::upstream_broken, .message = dialects::failure_words(failure)};
}

// In Chat's words, for the log; none where nothing was said, and of its own where the call failed.
std::string_view logged_finish(Finish finish) {
    if (finish == Finish::none) return "";
    return finish == Finish::failed ? "error" : dialects::openai_chat::finish_word(finish);
}

// Whose account signed a proof goes with it.
void name_issuer(Block& block, const std::string& issuer) {
    const auto name = [&](Signature& signature) {
        if (signature.is_present() && signature.issuer.empty()) signature.issuer = issuer;
    };
    if (auto* thinking = std::get_if<ThinkingBlock>(&block)) name(thinking->signature);
    if (auto* call = std::get_if<ToolCallBlock>(&block)) name(call->signature);
    if (auto* text = std::get_if<TextBlock>(&block)) name(text->signature);
}

}  // namespace

ConvertedStream::ConvertedStream(const dialects::Dialect& to,
                                 const dialects::AnswerContext& context, Conversion conversion,
                                 storage::SignatureStore* store)
    : conversion_(std::move(conversion)),
      notes_(store, conversion_.caller, conversion_.issuer),
      decoder_(conversion_.from->stream_decoder()),
      encoder_(to.stream_encoder(context)),
      restored_(conversion_.names, *this),
      encoded_(*encoder_),
      merged_(encoded_) {}

Result<> ConvertedStream::pass(const wire::SseEvent& event, std::string& out) {
    encoded_.out = &out;
    auto decoded = decoder_->decode(event, restored_);
    hold_back(out);
    return decoded ? std::exchange(outcome_, {}) : std::move(decoded);
}

void ConvertedStream::hold_back(std::string& out) {
    if (!has_said_something_) {
        held_ += std::exchange(out, {});
    } else if (!held_.empty()) {
        out.insert(0, std::exchange(held_, {}));
    }
}

Result<> ConvertedStream::finish(std::string& out) {
    encoded_.out = &out;
    auto ended = decoder_->finish(restored_);
    hold_back(out);
    if (ended) ended = std::exchange(outcome_, {});
    if (!ended) return ended;
    encoder_->finish(out);
    out.insert(0, std::exchange(held_, {}));
    return {};
}

void ConvertedStream::fail(const Error& error, std::string& out) {
    out += std::exchange(held_, {});
    encoder_->fail(error, out);
}

void ConvertedStream::heartbeat(std::string& out) { encoder_->heartbeat(out); }

bool ConvertedStream::is_nothing_but_failed(const Event& event) const {
    const auto* ended = std::get_if<Ended>(&event);
    return ended != nullptr && ended->ending.reason == Finish::failed && !has_said_something_;
}

void ConvertedStream::take(const Event& event) {
    if (is_nothing_but_failed(event)) {
        outcome_ = std::unexpected(broken(std::get<Ended>(event).ending));
        return;
    }
    if (const auto* used = std::get_if<Used>(&event)) usage_ = used->usage;
    has_said_something_ = has_said_something_ || !(std::holds_alternative<Started>(event) ||
                                                   std::holds_alternative<Used>(event));
    if (const auto* ended = std::get_if<Ended>(&event))
        finish_reason_ = logged_finish(ended->ending.reason);
    notes_.take(event);
    auto& next = conversion_.merges_thinking ? static_cast<EventSink&>(merged_) : encoded_;
    const auto* proof = std::get_if<BlockSigned>(&event);
    if (proof == nullptr || !proof->signature.issuer.empty()) return next.take(event);
    auto told = *proof;  // whose account signed it goes with it
    told.signature.issuer = conversion_.issuer;
    next.take(told);
}

Result<ConvertedAnswer> convert_answer(Answer answer, const dialects::Dialect& to,
                                       const dialects::AnswerContext& context,
                                       const Conversion& conversion, bool as_stream,
                                       storage::SignatureStore* store) {
    if (const auto* failure = failure_of(answer)) return std::unexpected(broken(*failure));
    conversion.names.restore(answer);
    ThinkingNotes notes(store, conversion.caller, conversion.issuer);
    notes.take(answer);
    for (auto& choice : answer.choices) {
        for (auto& block : choice.blocks) name_issuer(block, conversion.issuer);
    }
    if (conversion.merges_thinking) merge_thinking(answer);
    ConvertedAnswer converted{.body = written(answer, to, context, as_stream),
                              .usage = answer.usage,
                              .finish_reason = {}};
    if (!answer.choices.empty())
        converted.finish_reason = logged_finish(answer.choices.front().ending.reason);
    return converted;
}

std::string written(const Answer& answer, const dialects::Dialect& to,
                    const dialects::AnswerContext& context, bool as_stream) {
    if (!as_stream) return to.encode_answer(answer, context);
    std::string out;
    const auto encoder = to.stream_encoder(context);
    EncodedEvents events(*encoder);
    events.out = &out;
    tell(answer, events);
    encoder->finish(out);
    return out;
}

}  // namespace router::gateway
