#include <string>

#include "dialects/openai_responses/dialect.hpp"
#include "dialects/openai_responses/stored.hpp"
#include "input.hpp"
#include "wire/json.hpp"

namespace {

namespace responses = router::dialects::openai_responses;
namespace json = router::wire::json;

void check(std::string_view text) {
    const fuzz::Copy body(text, json::padding);
    const bool was_valid = json::is_valid(text);
    auto request = responses::dialect().decode_request(body.view(), {});
    (void)responses::read_store_options(body.view());
    const auto stored = responses::with_items(body.view(), responses::input_items(body.view()));
    if (was_valid && text.starts_with('{')) fuzz::require(json::is_valid(stored));
    if (!request || !was_valid) return;
    const auto encoded = responses::dialect().encode_request(*request, "m", {});
    if (encoded) fuzz::require(json::is_valid(encoded->body));
    request->dialect = router::canonical::DialectId::openai_chat;
    const auto converted = responses::dialect().encode_request(*request, "m", {});
    if (converted) fuzz::require(json::is_valid(converted->body));
    std::string out;
    responses::dialect().stream_encoder({.model = "m", .request = &*request})->finish(out);
    fuzz::require(out.ends_with("}\n\n"));
    out.resize(out.size() - 2);
    fuzz::require(json::is_valid(out.substr(out.rfind("\ndata: ") + 7)));
}

}  // namespace

// Any bytes as a request: what is made of one that is JSON is JSON, be it for an upstream or an
// echo in one line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Input input(bytes, size);
    check(input.rest());
    return 0;
}
