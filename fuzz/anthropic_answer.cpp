#include "anthropic_messages.hpp"
#include "dialects/anthropic_messages/dialect.hpp"

// Any bytes as an answer: what is understood can be said again; an error always says something.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const auto& dialect = router::dialects::anthropic_messages::dialect();
    fuzz::Input input(bytes, size);
    const fuzz::Copy copy(input.rest(), router::wire::json::padding);
    const auto peeked = dialect.peek_answer(copy.view());
    fuzz::require(peeked.model.empty() || (peeked.model.data() >= copy.view().data() &&
                                           peeked.model.data() + peeked.model.size() <=
                                               copy.view().data() + copy.view().size()));
    router::dialects::AnswerContext context;
    context.model = "public";
    const auto error = dialect.decode_error(400, copy.view(), "acme");
    fuzz::require(!error.message.empty());
    fuzz::require_json(dialect.encode_error(error));
    if (const auto answer = dialect.decode_answer(copy.view())) {
        fuzz::require_json(dialect.encode_answer(*answer, context));
    }
    return 0;
}
