#include <string>

#include "dialects/openai_chat/dialect.hpp"
#include "input.hpp"
#include "wire/json.hpp"

namespace json = router::wire::json;
using namespace router::dialects;

// Any bytes as an answer or an error: what is decoded and written again is JSON, and an answer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto& chat = openai_chat::dialect();
    const fuzz::Copy body(text, json::padding);
    const auto error = chat.decode_error(429, body.view(), "acme");
    fuzz::require(!error.message.empty());
    fuzz::require(json::is_valid(chat.encode_error(error)));
    const auto answer = chat.decode_answer(body.view());
    if (!answer || !json::is_valid(text)) return 0;
    const AnswerContext context{.model = "public", .created = 7, .id = "abc"};
    const auto written = chat.encode_answer(*answer, context);
    fuzz::require(json::is_valid(written));
    const fuzz::Copy again(written, json::padding);
    const auto read = chat.decode_answer(again.view());
    fuzz::require(read.has_value());
    fuzz::require(read->choices.size() == answer->choices.size());
    return 0;
}
