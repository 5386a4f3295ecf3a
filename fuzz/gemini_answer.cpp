#include "dialects/gemini/dialect.hpp"
#include "input.hpp"
#include "wire/json.hpp"

// Any bytes as a provider's answer or error: what comes of it is valid JSON when the body was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    using namespace router;
    fuzz::Input input(bytes, size);
    const auto flags = input.byte();
    if (input.rest().empty()) return 0;
    const fuzz::Copy body(input.rest(), wire::json::padding);
    const auto& dialect = dialects::gemini::dialect();
    const auto error = dialect.decode_error(flags, body.view(), "p");
    fuzz::require(!error.message.empty() && wire::json::is_valid(dialect.encode_error(error)));
    const auto peeked = dialect.peek_answer(body.view());
    fuzz::require(peeked.model.empty() || peeked.model.data() >= body.view().data());
    const auto answer = dialect.decode_answer(body.view());
    if (!answer || !wire::json::is_valid(body.view())) return 0;
    const dialects::AnswerContext context{
        .model = "m", .wants_thinking = (flags & 1) != 0, .id = "x"};
    fuzz::require(wire::json::is_valid(dialect.encode_answer(*answer, context)));
    return 0;
}
