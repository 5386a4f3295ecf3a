#include "gateway/send.hpp"

#include <algorithm>
#include <cctype>
#include <ctime>

#include "dialects/registry.hpp"
#include "gateway/prepare.hpp"
#include "gateway/retry_after.hpp"
#include "gateway/wishes.hpp"
#include "http/bytes.hpp"
#include "http/pause.hpp"

namespace router::gateway {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t error_body_limit = 256 << 10;
constexpr milliseconds longest_write_stall{60'000};
constexpr std::size_t longest_field = 64, most_of_losses = 1000;

http::Waits waits_for(const config::Target& target, const config::DeadlineSettings& deadlines,
                      bool is_streaming, http::SteadyTime now, http::SteadyTime ends_by) {
    const auto first_byte =
        is_streaming && target.stream_timeout ? *target.stream_timeout : deadlines.first_byte;
    return {.connected_by = std::min(now + deadlines.connect, ends_by),
            .first_byte_by = std::min(now + first_byte, ends_by),
            .ends_by = ends_by,
            .write_stall = std::min(first_byte, longest_write_stall)};
}

// Amazon names an error in the answer's head alone: "ThrottlingException:http://internal...".
std::string error_in_head(const http::ResponseHead& head) {
    const auto name = head.header("x-amzn-errortype");
    return std::string(name.substr(0, name.find(':')));
}

// The error that an upstream answered with, without what is nobody's business.
http::awaitable<Error> read_refusal(http::Answer& answer, const providers::Upstream& upstream,
                                    canonical::DialectId dialect, milliseconds idle,
                                    http::SteadyTime until) {
    http::Bytes body;
    const auto status = answer.head().status;
    const auto wait = retry_after(answer.head(), std::time(nullptr));
    const auto read = co_await answer.read_whole(body, error_body_limit, idle, until);
    if (!read && read.error().kind == ErrorKind::client_left) co_return read.error();
    const bool is_readable = answer.head().header("content-encoding").empty();
    auto error = dialects::dialect(dialect).decode_error(
        status, is_readable ? body.view() : std::string_view(), upstream.target().provider.prefix);
    if (error.type.empty()) error.type = error_in_head(answer.head());
    upstream.take_secrets_out(error);
    if (!wait.empty()) error.retry_after = wait;
    co_return error;
}

// A field's name may be the client's own words, and goes into a header.
std::string shown(std::string_view field) {
    std::string out(field.substr(0, longest_field));
    std::erase_if(out, [](char c) {
        return !std::isalnum(static_cast<unsigned char>(c)) &&
               !std::string_view("_.[]-").contains(c);
    });
    return out.empty() ? "?" : out;  // of other letters altogether
}

void note_losses(const Prepared& prepared, accounting::CallRecord& record) {
    if (prepared.conversion == nullptr) return;
    for (const auto& loss : prepared.conversion->losses) {
        if (is_for_us(loss.field)) continue;
        if (record.losses.size() > most_of_losses) return;
        if (!record.losses.empty()) record.losses += ", ";
        record.losses += shown(loss.field);
    }
}

// Nobody asks for an answer that is compressed, and who reads it could not.
Result<> refuse_compressed(const http::ResponseHead& head, const Endpoint& endpoint) {
    const auto coding = head.header("content-encoding");
    if (coding.empty() || endpoint.relay == Relay::forward ||
        http::is_same_name(coding, "identity"))
        return {};
    return fail(ErrorKind::upstream_broken, "The provider's answer is compressed (" +
                                                shown(coding) + "), which nobody asked for.");
}

// Waits for its turn at a target that takes no more than so many calls at a time.
http::awaitable<Result<http::Places::Place>> take_place(http::Places& places,
                                                        http::SteadyTime until,
                                                        http::Exchange& client) {
    if (co_await places.take(client.loop(), until, client.left()))
        co_return http::Places::Place(&places);
    if (client.left().is_requested())
        co_return fail(ErrorKind::client_left, "The client has left.");
    co_return fail(ErrorKind::unavailable,
                   "The model has as many calls under way as it may have "
                   "(max_parallel_requests), and none has ended in time.");
}

http::awaitable<Result<Sent>> attempt_one(const routing::Attempt& attempt,
                                          http::SteadyTime call_ends_by, Incoming& incoming,
                                          const Endpoint& endpoint, const Configuration& config,
                                          Services& services, http::Exchange& client,
                                          accounting::CallRecord& record) {
    const auto& upstream = attempt.backend->upstream;
    const auto& target = upstream.target();
    const auto& deadlines = config.snapshot->deadlines;
    http::Places::Place place;
    if (auto* places = attempt.backend->places()) {
        const auto until = std::min(call_ends_by, client.loop().now() + deadlines.first_byte);
        auto taken = co_await take_place(*places, until, client);
        if (!taken) co_return std::unexpected(taken.error());
        place = std::move(*taken);
    }
    routing::Backend::Call call(*attempt.backend, std::move(place));
    const auto began = client.loop().now();
    const auto ends_by =
        target.timeout ? std::min(call_ends_by, began + *target.timeout) : call_ends_by;
    const auto waits = waits_for(target, deadlines, incoming.is_streaming, began, ends_by);

    Prepared prepared;
    if (const auto made =
            prepare(attempt, incoming, endpoint, client.request(), config, services, prepared);
        !made) {
        co_return std::unexpected(made.error());
    }
    note_losses(prepared, record);
    std::string token;
    if (upstream.needs_token()) {
        auto got = co_await services.tokens.token_for(upstream, waits, client.left());
        if (!got) co_return std::unexpected(got.error());
        token = std::move(*got);
    }
    prepared.ask.token = token;
    prepared.ask.now = std::chrono::system_clock::now();
    const auto head = upstream.head(prepared.ask);
    if (!head) co_return std::unexpected(head.error());
    auto answer = co_await services.upstreams.send(upstream.origin(), *head, prepared.body.view(),
                                                   waits, client.left());
    if (!answer) co_return std::unexpected(answer.error());

    if ((*answer)->head().status / 100 != 2) {
        auto refusal = co_await read_refusal(**answer, upstream, prepared.ask.dialect,
                                             deadlines.idle, ends_by);
        co_return std::unexpected(std::move(refusal));
    }
    if (auto readable = refuse_compressed((*answer)->head(), endpoint); !readable)
        co_return std::unexpected(std::move(readable.error()));
    co_return Sent{
        .backend = attempt.backend,
        .answer = std::move(*answer),
        .conversion = std::move(prepared.conversion),
        .framing = upstream.manner(attempt.model).framing,
        .ends_by = ends_by,
        .call = std::move(call),
        .first_byte_by = waits.first_byte_by,
        .took = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - began)};
}

}  // namespace

http::awaitable<Result<Sent>> send(routing::Route& route, http::SteadyTime ends_by,
                                   Incoming& incoming, const Endpoint& endpoint,
                                   const Configuration& config, Services& services,
                                   http::Exchange& client, accounting::CallRecord& record) {
    while (const auto step = route.next(client.loop().now())) {
        if (step->wait > milliseconds::zero()) {
            const auto until = client.loop().now() + step->wait;
            if (until >= ends_by) break;
            if (!co_await http::Pause(client.loop(), until, client.left()))
                co_return fail(ErrorKind::client_left, "The client has left.");
        }
        const auto& attempt = *step->attempt;
        const auto& target = attempt.backend->upstream.target();
        record.provider = target.provider.prefix;
        record.prices = &target.prices;
        record.target = target.provider.prefix + "/" + attempt.model;
        record.asked_upstream();
        record.losses.clear();
        if (target.mock_response)
            co_return Sent{
                .backend = attempt.backend, .answer = {}, .conversion = {}, .ends_by = {}};
        auto sent = co_await attempt_one(attempt, ends_by, incoming, endpoint, config, services,
                                         client, record);
        if (sent) {
            record.first_byte();
            co_return sent;
        }
        note_failure(sent.error(), route, record);
    }
    record.upstream_ended();
    co_return std::unexpected(route.last_error());
}

void note_failure(const Error& error, routing::Route& route, accounting::CallRecord& record) {
    record.attempt_failed(error);
    route.failed(error, steady_clock::now());
}

}  // namespace router::gateway
