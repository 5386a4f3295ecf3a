#include "gateway/forward.hpp"

#include <algorithm>
#include <chrono>

#include "gateway/answer_headers.hpp"

namespace router::gateway {

http::awaitable<Result<>> wait_for_more(const Sent& sent, const config::DeadlineSettings& deadlines,
                                        http::SteadyTime at_latest) {
    const auto until = std::chrono::steady_clock::now() + deadlines.idle;
    return sent.answer->wait(std::min({until, sent.ends_by, at_latest}));
}

http::awaitable<Result<>> forward_rest(Sent& sent, const config::DeadlineSettings& deadlines,
                                       http::Exchange& client) {
    auto& answer = *sent.answer;
    while (true) {
        while (true) {
            const auto piece = answer.take();
            if (!piece) co_return std::unexpected(piece.error());
            const bool is_last = answer.is_complete();
            if (piece->empty() && !is_last) break;
            if (!client.write(*piece, is_last)) {
                answer.hold();
                if (!co_await client.flush())
                    co_return fail(ErrorKind::client_left, "The client has left.");
            }
            if (is_last) co_return Result<>();
        }
        const auto waited = co_await wait_for_more(sent, deadlines);
        if (!waited) co_return std::unexpected(waited.error());
    }
}

http::awaitable<Result<>> forward(Delivery delivery) {
    auto& client = delivery.client;
    const auto& head = delivery.sent.answer->head();
    const auto headers =
        answer_headers(head.header("content-type"), delivery.sent, &head, delivery.record);
    client.stop_heartbeats();
    if (head.framing == http::Framing::length || head.framing == http::Framing::none) {
        client.begin_with_length(head.status, headers, head.content_length);
    } else {
        client.begin(head.status, headers);
    }
    delivery.incoming.reset();  // an upload need not lie there while its answer is read
    client.release_request();
    auto forwarded = co_await forward_rest(delivery.sent, delivery.deadlines(), client);
    delivery.record.upstream_ended();
    co_return forwarded;
}

}  // namespace router::gateway
