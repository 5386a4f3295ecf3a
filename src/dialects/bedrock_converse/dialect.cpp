#include "dialects/bedrock_converse/dialect.hpp"

#include <stdexcept>

#include "dialects/bedrock_converse/encode_request.hpp"
#include "dialects/bedrock_converse/reading.hpp"
#include "dialects/bedrock_converse/stream_decoder.hpp"

namespace router::dialects::bedrock_converse {
namespace {

// No client speaks it, so nobody may ask for what only a client's dialect needs.
[[noreturn]] void refuse() { throw std::logic_error("Converse is for upstreams alone"); }

class Converse : public Dialect {
 public:
    canonical::DialectId id() const override { return canonical::DialectId::bedrock_converse; }

    Result<canonical::Request> decode_request(std::string_view /*body*/,
                                              const RequestContext& /*context*/) const override {
        return fail(ErrorKind::not_implemented, "Converse is not served here.");
    }
    Result<EncodedRequest> encode_request(const canonical::Request& request,
                                          std::string_view /*model*/,
                                          const Variant& /*variant*/) const override {
        return bedrock_converse::encode_request(request);
    }
    Result<canonical::Answer> decode_answer(std::string_view body) const override {
        return bedrock_converse::decode_answer(body);
    }
    std::string encode_answer(const canonical::Answer& /*answer*/,
                              const AnswerContext& /*context*/) const override {
        refuse();
    }
    std::unique_ptr<StreamDecoder> stream_decoder() const override {
        return std::make_unique<ConverseDecoder>();
    }
    std::unique_ptr<StreamEncoder> stream_encoder(const AnswerContext& /*context*/) const override {
        refuse();
    }
    PeekedAnswer peek_answer(std::string_view /*body*/) const override { return {}; }
    std::unique_ptr<StreamRelay> stream_relay(const AnswerContext& /*context*/) const override {
        refuse();
    }
    std::string encode_error(const Error& /*error*/) const override { refuse(); }
    int error_status(const Error& error) const override { return error.http_status(); }
    std::string_view early_heartbeat() const override { return {}; }
};

}  // namespace

const Dialect& dialect() {
    static const Converse converse;
    return converse;
}

}  // namespace router::dialects::bedrock_converse
