#include "gateway/chat_call.hpp"

#include "accounting/call_record.hpp"
#include "dialects/registry.hpp"
#include "gateway/answer_headers.hpp"
#include "gateway/count_tokens.hpp"
#include "gateway/end_user.hpp"
#include "gateway/receive.hpp"
#include "gateway/refuse.hpp"
#include "gateway/relay.hpp"
#include "gateway/send.hpp"
#include "gateway/task.hpp"
#include "gateway/wishes.hpp"

namespace router::gateway {
namespace {

constexpr std::size_t id_limit = 128;  // of a header that is kept

constexpr std::string_view stream_headers =
    "content-type: text/event-stream; charset=utf-8\r\ncache-control: "
    "no-cache\r\nx-accel-buffering: no\r\n";

// Whether heartbeats may begin the answer: they promise a stream of events.
bool may_be_kept_waiting(const Incoming& incoming, const Endpoint& endpoint) {
    return incoming.is_streaming && endpoint.relay == Relay::read && !incoming.is_json_array;
}

// As long as nothing of an answer has left, and the request lies here still.
bool may_be_asked_again(const http::Exchange& client, const std::unique_ptr<Incoming>& incoming) {
    return !client.has_told() && incoming != nullptr;
}

// Whose key it is, and on whose behalf the call is made. Notes both.
Result<> identify(const http::RequestHead& request, const Configuration& config,
                  accounting::CallRecord& record) {
    const auto caller = config.keys.identify(api_key_of(request));
    if (!caller) return std::unexpected(caller.error());
    record.caller = caller->name;
    const auto& settings = config.snapshot->users;
    auto user = auth::identify_user(user_headers_of(request, settings), settings,
                                    std::chrono::system_clock::now());
    if (!user) return std::unexpected(user.error());
    record.user = std::move(user->id);
    record.user_email = std::move(user->email);
    record.chat = request.header("x-openwebui-chat-id").substr(0, id_limit);
    return {};
}

// The model that answers: a program's own tasks may have one of their own.
std::string_view model_for(Incoming& incoming, const config::TaskSettings& tasks,
                           const accounting::CallRecord& record) {
    incoming.is_small_task = !record.task.empty() && !tasks.model.empty();
    return incoming.is_small_task ? tasks.model : incoming.model;
}

// The journey of a call, in the order in which it happens. Each step takes what the step above
// gave.
http::awaitable<Result<>> run(http::Exchange& client, Services& services,
                              const Configuration& config, const Endpoint& endpoint,
                              const InUrl& in_url, accounting::CallRecord& record) {
    const auto caller =
        identify(client.request(), config, record);  // before a byte of the body is read
    if (!caller) co_return std::unexpected(caller.error());

    auto incoming =
        co_await receive(client, config.snapshot->server, endpoint, in_url, record.caller,
                         services.responses);  // body -> what routing must know; bytes kept
    if (!incoming) co_return std::unexpected(incoming.error());
    record.model = (*incoming)->model;
    record.is_streaming = (*incoming)->is_streaming;
    record.task = task_of(client.request(), **incoming, endpoint);
    if (record.user.empty()) record.user = user_in_body(**incoming);

    auto wishes = wishes_of(client.request(), **incoming);
    if (!wishes) co_return std::unexpected(wishes.error());
    const auto model = model_for(**incoming, config.snapshot->tasks, record);
    auto plan = config.table.plan(model, client.loop().now());  // model name -> targets, in order
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
    const auto ends_by = client.loop().now() + config.snapshot->deadlines.total;
    routing::Route route(config.table, model, std::move(*plan), std::move(*wishes));
    while (true) {
        auto sent = co_await send(route, ends_by, **incoming, endpoint, config, services, client,
                                  record);  // convert, send, fail over
        if (!sent) co_return std::unexpected(sent.error());

        auto relayed = co_await relay(*sent, *incoming, endpoint, config, services, client,
                                      record);  // bring it back, counting as it passes
        if (relayed && !record.has_failed()) sent->backend->succeeded(sent->took);
        if (relayed || !may_be_asked_again(client, *incoming)) co_return relayed;
        note_failure(relayed.error(), route, record);  // it was no answer
    }
}

}  // namespace

http::awaitable<void> serve_call(http::Exchange& client, Services& services,
                                 const Endpoint& endpoint, InUrl in_url) {
    const auto config = services.configuration;  // one snapshot for the whole call
    accounting::CallRecord record(client.id(),
                                  endpoint.path);  // written when it leaves scope, come what may
    client.common_headers += call_headers(record);
    auto outcome = co_await run(client, services, *config, endpoint, in_url, record);
    const bool has_left = !outcome && outcome.error().kind == ErrorKind::client_left;
    if (!outcome && !has_left) name_target(outcome.error(), record.target, endpoint.dialect);
    if (!outcome) record.failed(outcome.error());
    if (!outcome && !has_left) {
        co_await refuse(client, outcome.error(), {}, endpoint.dialect);
    }
    record.status = has_left ? 499 : client.status();
    record.bytes_in = client.bytes_in();
    record.bytes_out = client.bytes_out();
}

}  // namespace router::gateway
