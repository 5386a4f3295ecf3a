#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace router {

// Why a call, or a part of one, did not succeed. http_status() gives each its status.
enum class ErrorKind : std::uint8_t {
    bad_request,           // what the client sent cannot be understood or served
    unauthorized,          // no key, or not one of ours
    forbidden,             // a good key, but not for this
    not_found,             // no such URL or model
    method_not_allowed,    // the URL exists, not with this method
    request_timeout,       // the client was too slow to send its request
    too_large,             // the body is longer than the limit
    uri_too_long,          // the request line is longer than the limit
    head_too_large,        // the headers are more or longer than the limit
    expectation_failed,    // an Expect header other than 100-continue
    client_left,           // nobody is left to answer
    unavailable,           // we are draining, or have no healthy target
    upstream_refused,      // the upstream answered with an error; its status is in Error::status
    upstream_unreachable,  // no connection: DNS, TCP, TLS or the proxy
    upstream_timeout,      // connected, but silent for too long
    upstream_broken,       // the upstream's bytes make no sense, or end too early
    not_implemented,       // known, but not served
    internal,              // we are wrong
};

int http_status(ErrorKind kind);

// What the error is called in the `type` field of OpenAI's error object.
const char* openai_type(ErrorKind kind);

struct Error {
    ErrorKind kind = ErrorKind::internal;
    std::string message;        // for the client: no secrets, no hosts of upstreams
    std::string detail{};       // for the log
    std::string param{};        // the request's field at fault, if one is
    std::string code{};         // a word that programs match on, "model_not_found"
    std::string type{};         // the upstream's own word; empty: openai_type(kind)
    std::string quota{};        // Google's QuotaFailure, as JSON: which of its limits was met
    int status = 0;             // the upstream's own status; 0: http_status(kind)
    std::string retry_after{};  // the Retry-After header, as the upstream wrote it

    int http_status() const { return status != 0 ? status : router::http_status(kind); }
};

// A value or an error: std::expected, but for the error, which is kept elsewhere. Results lie in
// the frames of every coroutine that waits, thousands at a time, and an Error of their own in each
// would be most of what a stream costs.
template <class T = void>
class Result : private std::expected<T, std::unique_ptr<Error>> {
    using Base = std::expected<T, std::unique_ptr<Error>>;

 public:
    using Base::Base;
    using Base::has_value;
    using Base::operator bool;
    using Base::operator*;

    Result(std::unexpected<Error> failed)
        : Base(std::unexpect, std::make_unique<Error>(std::move(failed).error())) {}

    auto operator->()
        requires(!std::is_void_v<T>)
    {
        return Base::operator->();
    }
    auto operator->() const
        requires(!std::is_void_v<T>)
    {
        return Base::operator->();
    }
    Error& error() { return *Base::error(); }
    const Error& error() const { return *Base::error(); }
};

inline std::unexpected<Error> fail(ErrorKind kind, std::string message, std::string param = {},
                                   std::string code = {}) {
    return std::unexpected(Error{.kind = kind,
                                 .message = std::move(message),
                                 .param = std::move(param),
                                 .code = std::move(code)});
}

}  // namespace router
