#include "gateway/relay.hpp"

#include "gateway/forward.hpp"
#include "gateway/mock.hpp"
#include "gateway/stream.hpp"
#include "gateway/whole_answer.hpp"

namespace router::gateway {
namespace {

bool is_stream(const Sent& sent) {
    const auto type = sent.answer->head().header("content-type");
    const auto expected = sent.framing == providers::Framing::sse
                              ? std::string_view("text/event-stream")
                              : std::string_view("application/vnd.amazon.eventstream");
    return http::is_same_name(type.substr(0, expected.size()), expected);
}

}  // namespace

http::awaitable<Result<>> relay(Sent& sent, std::unique_ptr<Incoming>& incoming,
                                const Endpoint& endpoint, const Configuration& config,
                                Services& services, http::Exchange& client,
                                accounting::CallRecord& record) {
    const Delivery delivery{sent, incoming, endpoint, config, services, client, record};
    if (sent.is_mock()) return relay_mock(delivery);
    if (endpoint.relay == Relay::forward) return forward(delivery);
    // One that nobody asked for is told in one piece.
    return is_stream(sent) && incoming->is_streaming ? relay_stream(delivery)
                                                     : relay_whole(delivery);
}

}  // namespace router::gateway
