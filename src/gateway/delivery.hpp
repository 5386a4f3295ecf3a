#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "accounting/call_record.hpp"
#include "dialects/dialect.hpp"
#include "gateway/endpoint.hpp"
#include "gateway/receive.hpp"
#include "gateway/send.hpp"
#include "gateway/services.hpp"
#include "http/exchange.hpp"

namespace router::gateway {

// An answer, and all that it takes to bring it to its client.
struct Delivery {
    Sent& sent;
    std::unique_ptr<Incoming>& incoming;  // let go when a stream begins
    const Endpoint& endpoint;
    const Configuration& config;
    Services& services;
    http::Exchange& client;
    accounting::CallRecord& record;

    const dialects::Dialect& dialect() const;  // the client's
    bool is_written_here() const { return sent.is_mock() || sent.conversion != nullptr; }
    dialects::CostOf cost_of() const;  // by the target's prices; must not outlive the call
    const config::DeadlineSettings& deadlines() const { return config.snapshot->deadlines; }
};

// What the client asked, for whoever writes its answer.
dialects::AnswerContext context_of(const Delivery& delivery);

// The header lines of an answer that is read.
//
//   as_stream  in events; in the pieces of one array, for a client of Gemini that asked for that
std::string headers_of(const Delivery& delivery, bool as_stream);

// Sends what lies here whole: in one piece, or, heartbeats having begun it perhaps, as the stream
// that `body` holds in its first piece. False: the client has left.
http::awaitable<bool> send_whole(http::Exchange& client, std::string_view headers,
                                 std::span<const std::string_view> body, bool as_stream);

}  // namespace router::gateway
