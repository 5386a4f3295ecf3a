#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.hpp"
#include "canonical/request.hpp"
#include "wire/url.hpp"

namespace router::providers {

using SystemTime = std::chrono::system_clock::time_point;

enum class Operation : std::uint8_t {
    complete,      // a call of a model, its answer whole
    stream,        // the same, its answer as events
    count_tokens,  // of the prompt that the body holds
    other,         // whatever `endpoint` names
};

// One request to an upstream, as far as its head must know it.
struct Ask {
    Operation operation = Operation::complete;
    canonical::DialectId dialect = canonical::DialectId::openai_chat;  // that the body is in
    std::string_view model{};                                          // Manner::model
    std::string_view method = "POST";
    std::string_view
        endpoint{};  // of Operation::other: the path behind the base URL, "/embeddings"
    std::string_view content_type = "application/json";  // empty: there is no body
    std::string_view accept = "application/json";
    std::span<const std::string_view> body{};  // in pieces; measured, and read where it is signed
    std::span<const std::string> headers{};    // lines without their end: "anthropic-beta: a,b"
    std::string_view anthropic_version{};      // the client's own; empty: 2023-06-01
    std::string_view token{};                  // of token_ask(), where needs_token()
    SystemTime now{};                          // where the request is signed
};

// How the events of a stream are told from one another.
enum class Framing : std::uint8_t {
    sse,
    aws_event_stream,  // wire/aws_event_stream.hpp
};

// How a model is asked for at an upstream.
struct Manner {
    // What to convert to where the client's own is not spoken.
    canonical::DialectId dialect = canonical::DialectId::openai_chat;
    bool speaks_responses = false;  // OpenAI's Responses besides Chat
    bool counts_tokens = false;     // Operation::count_tokens, in `dialect`
    Framing framing = Framing::sse;
    std::string_view model{};  // the upstream's name of it: a route such as "responses/" is taken
                               // off; a view into what was asked

    bool speaks(canonical::DialectId asked) const {
        return asked == dialect ||
               (speaks_responses && asked == canonical::DialectId::openai_responses);
    }
};

// Some upstreams want a body that differs from what their dialect says: Claude on Vertex AI and on
// Bedrock has the model in the URL and its version in the body. Whoever converts tells the encoder
// by dialects::Variant; whoever passes a client's body on makes these edits.
struct BodyEdits {
    std::vector<std::string> removed{};                        // members at the top level
    std::vector<std::pair<std::string, std::string>> added{};  // name and JSON; stand instead of
                                                               // the client's
    bool is_empty() const { return removed.empty() && added.empty(); }
};

// A request for a token, whole: to be sent to `origin` as it stands.
struct TokenAsk {
    wire::Origin origin{};
    std::string head{};
    std::string body{};
};

struct Token {
    Secret text{};
    SystemTime expires{};  // a new one is to be asked for some time before
};

}  // namespace router::providers
