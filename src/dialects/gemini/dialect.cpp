#include "dialects/gemini/dialect.hpp"

#include "dialects/gemini/answer.hpp"
#include "dialects/gemini/decode_request.hpp"
#include "dialects/gemini/encode_request.hpp"
#include "dialects/gemini/error.hpp"
#include "dialects/gemini/streams.hpp"

namespace router::dialects::gemini {
namespace {

class Gemini : public Dialect {
 public:
    canonical::DialectId id() const override { return canonical::DialectId::gemini; }

    Result<canonical::Request> decode_request(std::string_view body,
                                              const RequestContext& context) const override {
        return gemini::decode_request(body, context);
    }
    // The model stands in the URL.
    Result<EncodedRequest> encode_request(const canonical::Request& request, std::string_view,
                                          const Variant& variant) const override {
        return gemini::encode_request(request, variant);
    }

    Result<canonical::Answer> decode_answer(std::string_view body) const override {
        return gemini::decode_answer(body);
    }
    std::string encode_answer(const canonical::Answer& answer,
                              const AnswerContext& context) const override {
        return gemini::encode_answer(answer, context);
    }

    std::unique_ptr<StreamDecoder> stream_decoder() const override {
        return gemini::stream_decoder();
    }
    std::unique_ptr<StreamEncoder> stream_encoder(const AnswerContext& context) const override {
        return gemini::stream_encoder(context);
    }

    PeekedAnswer peek_answer(std::string_view body) const override {
        return gemini::peek_answer(body);
    }
    std::unique_ptr<StreamRelay> stream_relay(const AnswerContext& context) const override {
        return gemini::stream_relay(context);
    }

    Error decode_error(int status, std::string_view body,
                       std::string_view provider) const override {
        return gemini::decode_error(status, body, provider);
    }
    std::string encode_error(const Error& error) const override {
        return gemini::encode_error(error);
    }
    int error_status(const Error& error) const override { return gemini::error_status(error); }

    std::string_view early_heartbeat() const override { return "\n"; }
};

}  // namespace

const Dialect& dialect() {
    static const Gemini gemini;
    return gemini;
}

}  // namespace router::dialects::gemini
