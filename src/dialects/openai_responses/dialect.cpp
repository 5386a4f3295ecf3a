#include "dialects/openai_responses/dialect.hpp"

#include "dialects/openai_responses/answer.hpp"
#include "dialects/openai_responses/request.hpp"
#include "dialects/openai_responses/stream.hpp"
#include "dialects/openai_words.hpp"

namespace router::dialects::openai_responses {
namespace {

class Responses final : public Dialect {
 public:
    canonical::DialectId id() const override { return canonical::DialectId::openai_responses; }
    Result<canonical::Request> decode_request(std::string_view body,
                                              const RequestContext& context) const override {
        return openai_responses::decode_request(body, context);
    }
    Result<EncodedRequest> encode_request(const canonical::Request& request, std::string_view model,
                                          const Variant& variant) const override {
        return openai_responses::encode_request(request, model, variant);
    }
    Result<canonical::Answer> decode_answer(std::string_view body) const override {
        return openai_responses::decode_answer(body);
    }
    std::string encode_answer(const canonical::Answer& answer,
                              const AnswerContext& context) const override {
        return openai_responses::encode_answer(answer, context);
    }
    std::unique_ptr<StreamDecoder> stream_decoder() const override { return make_stream_decoder(); }
    std::unique_ptr<StreamEncoder> stream_encoder(const AnswerContext& context) const override {
        return make_stream_encoder(context);
    }
    PeekedAnswer peek_answer(std::string_view body) const override {
        return openai_responses::peek_answer(body);
    }
    std::unique_ptr<StreamRelay> stream_relay(const AnswerContext& context) const override {
        return make_stream_relay(context);
    }
    std::string encode_error(const Error& error) const override { return openai_error(error); }
    int error_status(const Error& error) const override { return openai_status_of(error); }
    std::string_view early_heartbeat() const override { return ": wait\n\n"; }
};

}  // namespace

const Dialect& dialect() {
    static const Responses responses;
    return responses;
}

}  // namespace router::dialects::openai_responses
