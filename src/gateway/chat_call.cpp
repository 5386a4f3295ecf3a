#include "gateway/chat_call.hpp"

#include "accounting/call_record.hpp"
#include "dialects/registry.hpp"
#include "gateway/answer_headers.hpp"
#include "gateway/count_tokens.hpp"
#include "gateway/receive.hpp"
#include "gateway/refuse.hpp"
#include "gateway/relay.hpp"
#include "gateway/send.hpp"

namespace router::gateway {
namespace {

constexpr std::string_view stream_headers =
    "content-type: text/event-stream; charset=utf-8\r\ncache-control: "
    "no-cache\r\nx-accel-buffering: no\r\n";

// Whether heartbeats may begin the answer: they promise a stream of events.
bool may_be_kept_waiting(const Incoming& incoming, const Endpoint& endpoint) {
    return incoming.is_streaming && endpoint.relay == Relay::read && !incoming.is_json_array;
}

// The journey of a call, in the order in which it happens. Each step takes what the step above
// gave.
http::awaitable<Result<>> run(http::Exchange& client, Services& services,
                              const Configuration& config, const Endpoint& endpoint,
                              const InUrl& in_url, accounting::CallRecord& record) {
    const auto caller =
        config.keys.identify(api_key_of(client.request()));  // before a byte of the body is read
    if (!caller) co_return std::unexpected(caller.error());
    record.caller = caller->name;

    auto incoming =
        co_await receive(client, config.snapshot->server, endpoint, in_url, record.caller,
                         services.responses);  // body -> what routing must know; bytes kept
    if (!incoming) co_return std::unexpected(incoming.error());
    record.model = (*incoming)->model;
    record.is_streaming = (*incoming)->is_streaming;

    const auto plan = config.table.plan(
        (*incoming)->model, std::chrono::steady_clock::now());  // model name -> targets, in order
    if (!plan) co_return std::unexpected(plan.error());

    if (endpoint.operation == Operation::count_tokens) {
        co_return co_await count_tokens(*plan, **incoming, endpoint, config, services, client,
                                        record);
    }
    if (may_be_kept_waiting(**incoming,
                            endpoint)) {  // a silent upstream shall not cost us the client
        client.heartbeat(config.snapshot->deadlines.heartbeat, std::string(stream_headers),
                         dialects::dialect(endpoint.dialect).early_heartbeat());
    }
    auto sent = co_await send(*plan, **incoming, endpoint, config, services, client,
                              record);  // convert, send, fail over
    if (!sent) co_return std::unexpected(sent.error());

    co_return co_await relay(*sent, **incoming, endpoint, config, services, client,
                             record);  // bring it back, counting as it passes
}

}  // namespace

http::awaitable<void> serve_call(http::Exchange& client, Services& services,
                                 const Endpoint& endpoint, InUrl in_url) {
    const auto config = services.configuration;  // one snapshot for the whole call
    accounting::CallRecord record(client.id(),
                                  endpoint.path);  // written when it leaves scope, come what may
    client.common_headers += call_headers(record);
    const auto outcome = co_await run(client, services, *config, endpoint, in_url, record);
    const bool has_left = !outcome && outcome.error().kind == ErrorKind::client_left;
    if (!outcome) record.failed(outcome.error());
    if (!outcome && !has_left) {
        co_await refuse(client, outcome.error(), {}, endpoint.dialect);
    }
    record.status = has_left ? 499 : client.status();
    record.bytes_in = client.bytes_in();
    record.bytes_out = client.bytes_out();
}

}  // namespace router::gateway
