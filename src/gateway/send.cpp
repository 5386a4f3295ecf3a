#include "gateway/send.hpp"

#include <algorithm>

#include "dialects/openai_chat/error.hpp"
#include "http/bytes.hpp"

namespace router::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t error_body_limit = 256 << 10;

// Streams are accepted as what they are; other answers in any form that the client itself accepts.
std::string_view accepted(const Incoming& incoming, const Endpoint& endpoint) {
    if (incoming.is_streaming) return "text/event-stream, application/json";
    return endpoint.relay == Relay::read ? "application/json" : "*/*";
}

http::Waits waits_for(const config::Target& target, const config::DeadlineSettings& deadlines,
                      bool is_streaming, http::SteadyTime ends_by) {
    const auto now = steady_clock::now();
    const auto first_byte =
        is_streaming && target.stream_timeout ? *target.stream_timeout : deadlines.first_byte;
    return {.connected_by = std::min(now + deadlines.connect, ends_by),
            .first_byte_by = std::min(now + first_byte, ends_by)};
}

dialects::Changes changes_for(const routing::Attempt& attempt, const Endpoint& endpoint) {
    const auto& target = attempt.backend->upstream.target();
    dialects::Changes changes{.model = attempt.model};
    if (endpoint.relay != Relay::read) return changes;
    changes.defaults = target.defaults;
    changes.replacements = target.extra_body;
    changes.dropped = target.dropped_params;
    changes.asks_for_usage = endpoint.reports_usage && target.provider.takes_stream_options;
    return changes;
}

// The error that an upstream answered with, without what is nobody's business.
http::awaitable<Error> read_refusal(http::Answer& answer, const providers::Upstream& upstream,
                                    milliseconds idle, http::SteadyTime until) {
    http::Bytes body;
    const auto status = answer.head().status;
    const std::string retry_after(answer.head().header("retry-after"));
    const auto read = co_await answer.read_whole(body, error_body_limit, idle, until);
    if (!read && read.error().kind == ErrorKind::client_left) co_return read.error();
    auto error =
        dialects::openai_chat::decode_error(status, body.view(), upstream.target().provider.prefix);
    upstream.take_secrets_out(error);
    error.retry_after = retry_after;
    co_return error;
}

http::awaitable<Result<Sent>> attempt_one(const routing::Attempt& attempt,
                                          http::SteadyTime call_ends_by, const Incoming& incoming,
                                          const Endpoint& endpoint, const Configuration& config,
                                          Services& services, http::Exchange& client) {
    const auto& upstream = attempt.backend->upstream;
    const auto& target = upstream.target();
    const auto& deadlines = config.snapshot->deadlines;
    const auto ends_by = target.timeout
                             ? std::min(call_ends_by, steady_clock::now() + *target.timeout)
                             : call_ends_by;

    dialects::OutgoingBody body;
    const auto changes = changes_for(attempt, endpoint);
    write_for(incoming, changes, body);
    const auto head = upstream.request_head(endpoint.path, incoming.content_type, body.size(),
                                            accepted(incoming, endpoint));
    const auto waits = waits_for(target, deadlines, incoming.is_streaming, ends_by);
    auto answer = co_await services.upstreams.send(upstream.origin(), head, body.view(), waits,
                                                   client.left());
    if (!answer) co_return std::unexpected(answer.error());

    if ((*answer)->head().status / 100 != 2) {
        auto refusal = co_await read_refusal(**answer, upstream, deadlines.idle, ends_by);
        co_return std::unexpected(std::move(refusal));
    }
    co_return Sent{.backend = attempt.backend, .answer = std::move(*answer), .ends_by = ends_by};
}

}  // namespace

http::awaitable<Result<Sent>> send(const routing::Plan& plan, const Incoming& incoming,
                                   const Endpoint& endpoint, const Configuration& config,
                                   Services& services, http::Exchange& client,
                                   accounting::CallRecord& record) {
    Error last{.kind = ErrorKind::unavailable, .message = "No target serves this model."};
    const auto call_ends_by = steady_clock::now() + config.snapshot->deadlines.total;
    for (const auto& attempt : plan.attempts) {
        const auto& target = attempt.backend->upstream.target();
        record.provider = target.provider.prefix;
        record.target = target.provider.prefix + "/" + attempt.model;
        record.asked_upstream();
        if (target.mock_response)
            co_return Sent{.backend = attempt.backend, .answer = nullptr, .ends_by = {}};
        auto sent = co_await attempt_one(attempt, call_ends_by, incoming, endpoint, config,
                                         services, client);
        if (sent) {
            attempt.backend->succeeded();
            record.first_byte();
            co_return sent;
        }
        last = std::move(sent.error());
        attempt.backend->failed(last, steady_clock::now());
        if (!routing::may_another_do_better(last)) break;
    }
    record.upstream_ended();
    const bool is_ours =
        last.kind != ErrorKind::upstream_refused && last.kind != ErrorKind::client_left;
    if (is_ours && !record.target.empty()) last.message = record.target + ": " + last.message;
    co_return std::unexpected(last);
}

}  // namespace router::gateway
