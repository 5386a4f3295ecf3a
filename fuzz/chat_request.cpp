#include <string>

#include "dialects/openai_chat/dialect.hpp"
#include "input.hpp"
#include "wire/json.hpp"

namespace json = router::wire::json;
using namespace router::dialects;

// Any bytes as a request: what is decoded and written again is JSON, and reads the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto& chat = openai_chat::dialect();
    const fuzz::Copy body(text, json::padding);
    const auto request = chat.decode_request(body.view(), {});
    if (!request) {
        fuzz::require(!request.error().message.empty());
        return 0;
    }
    const bool was_valid = json::is_valid(text);
    for (const std::string_view field : {"", "reasoning_content", "reasoning_details"}) {
        const auto encoded = chat.encode_request(*request, "up", {.reasoning_field = field});
        if (!encoded) continue;
        if (was_valid) fuzz::require(json::is_valid(encoded->body));
        const fuzz::Copy again(encoded->body, json::padding);
        const auto read = chat.decode_request(again.view(), {});
        if (was_valid && read) fuzz::require(read->tools.size() <= request->tools.size());
    }
    return 0;
}
