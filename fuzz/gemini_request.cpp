#include "dialects/gemini/dialect.hpp"
#include "input.hpp"
#include "wire/json.hpp"

// Any bytes as a client's request: what is understood of it can be written, as valid JSON when the
// body was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace router;
    fuzz::Input input(bytes, size);
    const auto flags = input.byte();
    if (input.rest().empty()) return 0;
    const fuzz::Copy body(input.rest(), wire::json::padding);
    const auto& dialect = dialects::gemini::dialect();
    auto request = dialect.decode_request(body.view(), {.model = "m"});
    if (!request) return 0;
    if ((flags & 1) != 0) request->dialect = canonical::DialectId::openai_chat;
    dialects::Variant variant;
    variant.takes_json_schema_tools = (flags & 2) != 0;
    variant.takes_images_in_tool_results = (flags & 4) != 0;
    variant.wants_call_signatures = (flags & 8) != 0;
    const auto encoded = dialect.encode_request(*request, "m", variant);
    if (!encoded || !wire::json::is_valid(body.view())) return 0;
    fuzz::require(wire::json::is_valid(encoded->body));
    const fuzz::Copy again(encoded->body, wire::json::padding);
    fuzz::require(dialect.decode_request(again.view(), {.model = "m"}).has_value());
    return 0;
}
