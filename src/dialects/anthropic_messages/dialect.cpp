#include "dialects/anthropic_messages/dialect.hpp"

#include "dialects/anthropic_messages/answer.hpp"
#include "dialects/anthropic_messages/decode_request.hpp"
#include "dialects/anthropic_messages/encode_request.hpp"
#include "dialects/anthropic_messages/error.hpp"
#include "dialects/anthropic_messages/stream_decoder.hpp"
#include "dialects/anthropic_messages/stream_encoder.hpp"
#include "dialects/anthropic_messages/stream_relay.hpp"

namespace router::dialects::anthropic_messages {

namespace {

class Messages : public Dialect {
 public:
    canonical::DialectId id() const override { return canonical::DialectId::anthropic_messages; }

    Result<canonical::Request> decode_request(std::string_view body,
                                              const RequestContext& context) const override {
        return anthropic_messages::decode_request(body, context);
    }
    Result<EncodedRequest> encode_request(const canonical::Request& request, std::string_view model,
                                          const Variant& variant) const override {
        return anthropic_messages::encode_request(request, model, variant);
    }
    Result<canonical::Answer> decode_answer(std::string_view body) const override {
        return anthropic_messages::decode_answer(body);
    }
    std::string encode_answer(const canonical::Answer& answer,
                              const AnswerContext& context) const override {
        return anthropic_messages::encode_answer(answer, context);
    }
    std::unique_ptr<StreamDecoder> stream_decoder() const override {
        return std::make_unique<MessagesDecoder>();
    }
    std::unique_ptr<StreamEncoder> stream_encoder(const AnswerContext& context) const override {
        return std::make_unique<MessagesEncoder>(context);
    }
    PeekedAnswer peek_answer(std::string_view body) const override {
        return anthropic_messages::peek_answer(body);
    }
    std::unique_ptr<StreamRelay> stream_relay(const AnswerContext& context) const override {
        return std::make_unique<MessagesRelay>(context);
    }
    std::string encode_error(const Error& error) const override {
        return anthropic_messages::encode_error(error);
    }
    int error_status(const Error& error) const override {
        return anthropic_messages::error_status(error);
    }
    std::string_view early_heartbeat() const override { return ": ping\n\n"; }
};

}  // namespace

const Dialect& dialect() {
    static const Messages messages;
    return messages;
}

}  // namespace router::dialects::anthropic_messages
