#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "canonical/answer.hpp"
#include "canonical/request.hpp"
#include "dialects/upstream_error.hpp"
#include "wire/json_writer.hpp"
#include "wire/sse.hpp"

namespace router::dialects {

// What stands outside the body and belongs to the call: Gemini names the model and the streaming in
// the URL, Anthropic its version and betas in headers.
struct RequestContext {
    std::string_view model{};   // from the URL; empty: the body says it
    bool is_streaming = false;  // from the URL
};

// What an upstream of a dialect wants otherwise than the dialect itself says: a row of
// config/providers.yml, with what the model table knows of the model.
struct Variant {
    bool takes_developer_role = true;                             // else it becomes system
    std::string_view max_tokens_field = "max_completion_tokens";  // Chat; or "max_tokens"
    bool takes_stream_options = true;                             // Chat
    std::string_view reasoning_field{};   // Chat: how thoughts go back: "" not at all,
                                          // "reasoning_content", "reasoning", "reasoning_details"
    bool takes_top_k = false;             // Chat
    std::string_view cache_mark_field{};  // Chat: how a part says that the prompt may be kept up
                                          // to it: "" not at all, "cache_control",
                                          // "prompt_cache_breakpoint"
    std::string_view required_choice = "required";  // Chat: Mistral says "any"
    std::string_view seed_field = "seed";           // Chat: Mistral says "random_seed"
    bool takes_images_in_tool_results = false;      // Chat; Gemini 3: in functionResponse.parts
    bool takes_json_schema_tools = true;  // Gemini: parametersJsonSchema; else the OpenAPI subset
    bool takes_call_ids = true;           // Gemini: functionCall.id; false: Vertex
    bool wants_call_signatures = false;   // Gemini 3: a call without one is refused, and gets
                                          // Google's word for a signature that is lost
    std::uint64_t max_output_tokens =
        0;  // of the model; 0: not known. Anthropic must be told a limit
    std::string_view anthropic_version{};  // put into the body (Vertex, Bedrock); empty: not there
};

struct EncodedRequest {
    std::string body;
    wire::LeftOut left_out{};               // of the body: long texts of the request
    std::vector<canonical::Loss> losses{};  // what the dialect could not say
    std::vector<std::string> headers{};     // lines the call needs besides: "anthropic-beta: ..."
};

// What a call costs, US dollars, by the prices of its target; nothing where they do not tell.
using CostOf = std::function<std::optional<double>(const canonical::Usage&)>;

// What a client is to see that no upstream knows.
struct AnswerContext {
    std::string model{};         // as the client asked
    bool wants_usage = true;     // Chat: stream_options.include_usage
    bool wants_thinking = true;  // Gemini: includeThoughts
    std::int64_t created = 0;    // now, seconds since 1970
    std::string id{};            // ours: letters and digits, used for every id that must be made
    bool is_json_array = false;  // Gemini without alt=sse
    CostOf cost_of{};            // empty: no price is known
    // Responses echo the request's settings. Read while the encoder is made, not later.
    const canonical::Request* request = nullptr;
};

// Reads one upstream's stream. An object for each stream.
class StreamDecoder {
 public:
    virtual ~StreamDecoder() = default;

    // Tells `sink` what one event says. Unknown events, fields and values are passed over; data
    // that is no JSON is counted in dropped().
    //   errors  the one that the upstream sent in its stream
    virtual Result<> decode(const wire::SseEvent& event, canonical::EventSink& sink) = 0;

    // The stream's body is over. Ends what is open, tells what was held back.
    //   errors  upstream_broken when the stream ended before its answer was finished
    virtual Result<> finish(canonical::EventSink& sink) = 0;

    virtual bool is_done() const = 0;  // the dialect's own end came; nothing may follow
    virtual int dropped() const = 0;
};

// Writes one client's stream, framing and all. An object for each stream. Events are written as
// they come wherever the dialect's grammar allows; what it wants later is held back.
class StreamEncoder {
 public:
    virtual ~StreamEncoder() = default;
    virtual void encode(const canonical::Event& event, std::string& out) = 0;
    virtual void finish(std::string& out) = 0;  // the proper end: usage, last events, [DONE]
    // An error event in the dialect's form, and nothing behind it. Works before Started, too.
    virtual void fail(const Error& error, std::string& out) = 0;
    // Something that the dialect's SDKs bear, to show that we are alive.
    virtual void heartbeat(std::string& out) = 0;
};

// A stream between a client and an upstream of the same dialect: bytes go on as they came but for
// the model's name and what would mislead a client, and are read in passing.
class StreamRelay {
 public:
    virtual ~StreamRelay() = default;
    // Appends to `out` what the client is to see. Errors: the one that the upstream sent.
    virtual Result<> pass(const wire::SseEvent& event, std::string& out) = 0;
    // The upstream's body is over. Errors: upstream_broken when the answer was not finished.
    virtual Result<> finish(std::string& out) = 0;
    virtual void fail(const Error& error, std::string& out) = 0;
    virtual void heartbeat(std::string& out) = 0;
    virtual bool is_done() const = 0;
    virtual const canonical::Usage& usage() const = 0;
    virtual std::string_view finish_reason() const = 0;  // in the dialect's word
    virtual int dropped() const = 0;
};

// A whole answer looked at, not taken apart: for the same dialect on both sides.
struct PeekedAnswer {
    bool is_object = false;       // false: not JSON, or none that could be read
    bool is_error = false;        // it holds an error, whatever its status said
    std::string_view model{};     // the value with its quotes in the body's own bytes; empty: none
    std::string finish_reason{};  // in the dialect's word
    canonical::Usage usage{};
    std::string_view usage_json{};  // Chat: where a cost may stand, in the body's own bytes
    // The body with what a client's SDK would stumble over put right; views point into it then.
    // Empty: the body is good as it came.
    std::string mended{};
};

// One wire format, to and from canonical. Immutable, shared by all threads; what a stream must
// remember lives in its decoder or encoder. Bodies handed in are followed by json::padding readable
// bytes. What is decoded points into the body.
class Dialect {
 public:
    virtual ~Dialect() = default;
    virtual canonical::DialectId id() const = 0;

    // errors  bad_request, naming the field (`param`) and what would be right
    virtual Result<canonical::Request> decode_request(std::string_view body,
                                                      const RequestContext& context) const = 0;
    // Writes what the request says; canonical::Request was fitted to the model before (fit.hpp).
    //   model   as the upstream calls it
    //   errors  bad_request where the call would mean something else without what cannot be said
    virtual Result<EncodedRequest> encode_request(const canonical::Request& request,
                                                  std::string_view model,
                                                  const Variant& variant) const = 0;

    // errors  upstream_broken when the body makes no sense; upstream_refused when it is an error
    virtual Result<canonical::Answer> decode_answer(std::string_view body) const = 0;
    virtual std::string encode_answer(const canonical::Answer& answer,
                                      const AnswerContext& context) const = 0;

    virtual std::unique_ptr<StreamDecoder> stream_decoder() const = 0;
    virtual std::unique_ptr<StreamEncoder> stream_encoder(const AnswerContext& context) const = 0;

    // The same dialect on both sides.
    virtual PeekedAnswer peek_answer(std::string_view body) const = 0;
    virtual std::unique_ptr<StreamRelay> stream_relay(const AnswerContext& context) const = 0;

    // An upstream's error, read alike whatever dialect the upstream speaks. A Retry-After header
    // goes before the time that is found here.
    virtual Error decode_error(int status, std::string_view body, std::string_view provider) const {
        return decode_upstream_error(status, body, provider);
    }
    // The body of an error for a client; its status is error_status().
    virtual std::string encode_error(const Error& error) const = 0;
    virtual int error_status(const Error& error) const = 0;

    // Before a stream has begun, while the upstream is silent: something that clients pass over.
    virtual std::string_view early_heartbeat() const = 0;
};

}  // namespace router::dialects
