#include <string>

#include "dialects/openai_responses/dialect.hpp"
#include "dialects/openai_responses/stored.hpp"
#include "input.hpp"
#include "wire/json.hpp"

namespace {

namespace responses = router::dialects::openai_responses;
namespace json = router::wire::json;

}  // namespace

// Any bytes as an answer, and as an error: what is made of one that is JSON is JSON.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Input input(bytes, size);
    const auto text = input.rest();
    const fuzz::Copy body(text, json::padding);
    const auto& dialect = responses::dialect();
    (void)dialect.peek_answer(body.view());
    (void)responses::output_items(body.view());
    const auto error = dialect.decode_error(200, body.view(), "acme");
    fuzz::require(!error.message.empty());
    fuzz::require(json::is_valid(dialect.encode_error(error)));
    const auto answer = dialect.decode_answer(body.view());
    if (!answer || !json::is_valid(text)) return 0;
    fuzz::require(json::is_valid(dialect.encode_answer(*answer, {.model = "m", .id = "x"})));
    return 0;
}
