#include <string>
#include <vector>

#include "dialects/client_body.hpp"
#include "dialects/openai_chat/answer.hpp"
#include "dialects/openai_words.hpp"
#include "dialects/upstream_error.hpp"
#include "input.hpp"
#include "wire/json.hpp"

namespace {

using namespace router::dialects;
namespace json = router::wire::json;

std::string written(const ClientBody& request, const Changes& changes) {
    OutgoingBody out;
    request.write(changes, out);
    std::string text;
    for (const auto piece : out.view()) text += piece;
    fuzz::require(text.size() == out.size());
    return text;
}

// What is written is JSON again when the input was, says the model's new name and is written the
// same once more.
void check(const ClientBody& request, const Changes& changes, bool was_valid) {
    const auto text = written(request, changes);
    if (!was_valid) return;
    fuzz::require(json::is_valid(text));
    const fuzz::Copy copy(text, json::padding);
    const auto again = ClientBody::read(copy.view(), {});
    fuzz::require(again && again->model() == changes.model &&
                  again->is_streaming() == request.is_streaming());
    if (changes.asks_for_usage && request.is_streaming()) fuzz::require(again->wants_usage());
    fuzz::require(written(*again, changes).size() <= text.size());
}

}  // namespace

// Any bytes as the body of a request, of an answer and of an error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Input input(bytes, size);
    const auto choice = input.byte();
    const fuzz::Copy copy(input.rest(), json::padding);

    if (const auto request = ClientBody::read(copy.view(), {})) {
        const bool was_valid = json::is_valid(copy.view());
        const std::vector<JsonMember> defaults{{"temperature", "0.5"}, {"stop", "[\"a\"]"}};
        const std::vector<JsonMember> replacements{{"top_p", "1"}, {"think", "{\"budget\":1}"}};
        const std::vector<std::string> dropped{"user", "a"};
        Changes changes{.model = "a\"b"};
        changes.asks_for_usage = (choice & 1) != 0;
        check(*request, changes, was_valid);
        if (choice & 2) changes.defaults = defaults;
        if (choice & 4) changes.replacements = replacements;
        if (choice & 8) changes.dropped = dropped;
        check(*request, changes, was_valid);
    }
    const auto answer = openai_chat::read_answer(copy.view());
    if (!answer.model.empty()) {
        const auto whole = copy.view();
        fuzz::require(answer.model.data() > whole.data() &&
                      answer.model.data() + answer.model.size() < whole.data() + whole.size());
    }
    const auto error = decode_upstream_error(choice < 128 ? 200 : 500, input.rest(), "acme");
    fuzz::require(!error.message.empty() && error.http_status() >= 400 &&
                  error.http_status() < 600);
    fuzz::require(json::is_valid(openai_error(error)));
    return 0;
}
