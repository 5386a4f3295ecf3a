#include "anthropic_messages.hpp"
#include "dialects/anthropic_messages/dialect.hpp"

// Any bytes as a request: what is understood can be said again, and is understood again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    namespace anthropic = router::dialects::anthropic_messages;
    fuzz::Input input(bytes, size);
    const bool is_foreign = (input.byte() & 1) != 0;
    const fuzz::Copy copy(input.rest(), router::wire::json::padding);
    auto request = anthropic::dialect().decode_request(copy.view(), {});
    if (!request) {
        fuzz::require(!request.error().message.empty());
        return 0;
    }
    if (is_foreign) request->dialect = router::canonical::DialectId::openai_chat;
    const auto encoded = anthropic::dialect().encode_request(*request, "m", {});
    if (!encoded) return 0;
    fuzz::require_json(encoded->body);
    const fuzz::Copy again(encoded->body, router::wire::json::padding);
    fuzz::require(anthropic::dialect().decode_request(again.view(), {}).has_value());
    return 0;
}
