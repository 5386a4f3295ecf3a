#include "dialects/openai_chat/dialect.hpp"

#include "dialects/openai_chat/answer.hpp"
#include "dialects/openai_chat/decode_request.hpp"
#include "dialects/openai_chat/encode_request.hpp"
#include "dialects/openai_chat/stream_decoder.hpp"
#include "dialects/openai_chat/stream_encoder.hpp"
#include "dialects/openai_chat/stream_relay.hpp"
#include "dialects/openai_chat/whole_answer.hpp"
#include "dialects/openai_words.hpp"

namespace router::dialects::openai_chat {
namespace {

constexpr std::string_view heartbeat_comment = ": heartbeat\n\n";

class Relay : public dialects::StreamRelay {
 public:
    explicit Relay(const AnswerContext& context)
        : chunks_(context.model, context.wants_usage, context.id, context.created),
          cost_of_(context.cost_of) {}

    Result<> pass(const wire::SseEvent& event, std::string& out) override {
        return chunks_.pass(event, out, "The provider");
    }
    Result<> finish(std::string& out) override {
        if (!chunks_.has_finished()) {
            return router::fail(ErrorKind::upstream_broken,
                                "The provider's stream ended before its answer was finished.");
        }
        chunks_.finish(out, cost_of_ ? cost_of_(chunks_.usage()) : std::nullopt);
        return {};
    }
    void fail(const Error& error, std::string& out) override { out += encode_stream_error(error); }
    void heartbeat(std::string& out) override { out += heartbeat_comment; }
    bool is_done() const override { return chunks_.is_done(); }
    const canonical::Usage& usage() const override { return chunks_.usage(); }
    std::string_view finish_reason() const override { return chunks_.finish_reason(); }
    int dropped() const override { return chunks_.dropped(); }

 private:
    openai_chat::StreamRelay chunks_;
    CostOf cost_of_;
};

class ChatDialect : public Dialect {
 public:
    canonical::DialectId id() const override { return canonical::DialectId::openai_chat; }

    Result<canonical::Request> decode_request(std::string_view body,
                                              const RequestContext& context) const override {
        return openai_chat::decode_request(body, context);
    }
    Result<EncodedRequest> encode_request(const canonical::Request& request, std::string_view model,
                                          const Variant& variant) const override {
        return openai_chat::encode_request(request, model, variant);
    }
    Result<canonical::Answer> decode_answer(std::string_view body) const override {
        return openai_chat::decode_answer(body);
    }
    std::string encode_answer(const canonical::Answer& answer,
                              const AnswerContext& context) const override {
        return openai_chat::encode_answer(answer, context);
    }
    std::unique_ptr<StreamDecoder> stream_decoder() const override {
        return std::make_unique<ChunkDecoder>();
    }
    std::unique_ptr<StreamEncoder> stream_encoder(const AnswerContext& context) const override {
        return std::make_unique<ChunkEncoder>(context);
    }

    PeekedAnswer peek_answer(std::string_view body) const override {
        auto seen = read_answer(body);
        std::string mended;
        if (seen.is_odd) {
            mended = mended_answer(body);
            mended.reserve(mended.size() + wire::json::padding);
            if (!mended.empty()) seen = read_answer(mended);
        }
        return {.is_object = seen.is_object,
                .is_error = seen.is_error,
                .model = seen.model,
                .finish_reason = std::move(seen.finish_reason),
                .usage = seen.usage,
                .usage_json = seen.usage_json,
                .mended = std::move(mended)};
    }
    std::unique_ptr<dialects::StreamRelay> stream_relay(
        const AnswerContext& context) const override {
        return std::make_unique<Relay>(context);
    }

    std::string encode_error(const Error& error) const override { return openai_error(error); }
    int error_status(const Error& error) const override { return openai_status_of(error); }
    std::string_view early_heartbeat() const override { return heartbeat_comment; }
};

}  // namespace

const Dialect& dialect() {
    static const ChatDialect chat;
    return chat;
}

}  // namespace router::dialects::openai_chat
