#include <string>
#include <variant>

#include "dialects/bedrock_converse/dialect.hpp"
#include "input.hpp"
#include "wire/json.hpp"
#include "wire/json_text.hpp"

namespace {

using namespace router;
using namespace router::canonical;
namespace json = router::wire::json;

void require_text(Text text) {
    fuzz::require(json::is_valid("\"" + std::string(text.escaped) + "\""));
}

// Holds events to their order: blocks begin once, go on while they are open, and end.
class Check : public EventSink {
 public:
    void take(const Event& event) override {
        if (const auto* started = std::get_if<BlockStarted>(&event)) {
            fuzz::require(started->block == blocks_++ && !is_open_);
            is_open_ = true;
        } else if (const auto* delta = std::get_if<BlockDelta>(&event)) {
            fuzz::require(is_open_ && delta->block == blocks_ - 1);
            require_text(delta->text);
        } else if (const auto* proof = std::get_if<BlockSigned>(&event)) {
            fuzz::require(is_open_ && proof->block == blocks_ - 1);
            require_text(proof->signature.value);
        } else if (std::holds_alternative<BlockEnded>(event)) {
            fuzz::require(is_open_);
            is_open_ = false;
        } else if (std::holds_alternative<Ended>(event)) {
            fuzz::require(!is_open_ && !has_ended_);
            has_ended_ = true;
        }
    }
    bool is_open_ = false;
    bool has_ended_ = false;
    int blocks_ = 0;
};

void read_stream(std::string_view text) {
    constexpr std::string_view names[] = {"messageStart",
                                          "contentBlockStart",
                                          "contentBlockDelta",
                                          "contentBlockStop",
                                          "messageStop",
                                          "metadata",
                                          "error",
                                          "other"};
    const auto decoder = dialects::bedrock_converse::dialect().stream_decoder();
    Check check;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.empty()) continue;
        const fuzz::Copy data(line.substr(1), json::padding);
        const wire::SseEvent event{
            .name = names[line[0] & 7], .data = data.view(), .has_data = true};
        if (!decoder->decode(event, check)) return;
    }
    static_cast<void>(decoder->finish(check));
    fuzz::require(!check.is_open_);
}

void check_block(const Block& block) {
    if (const auto* text = std::get_if<TextBlock>(&block)) require_text(text->text);
    if (const auto* call = std::get_if<ToolCallBlock>(&block))
        fuzz::require(!call->arguments.empty() && json::is_valid(call->arguments));
    if (const auto* thinking = std::get_if<ThinkingBlock>(&block)) {
        require_text(thinking->text);
        require_text(thinking->signature.value);
    }
}

// The answer told as a turn of the next request.
void read_answer(std::string_view text) {
    const auto& dialect = dialects::bedrock_converse::dialect();
    const fuzz::Copy body(text, json::padding);
    auto answer = dialect.decode_answer(body.view());
    if (!answer) return;
    Request request;
    for (auto& choice : answer->choices) {
        for (const auto& block : choice.blocks) check_block(block);
        request.turns.push_back({.role = Role::assistant, .blocks = std::move(choice.blocks)});
    }
    const auto encoded = dialect.encode_request(request, "m", {});
    fuzz::require(!encoded || json::is_valid(encoded->body));
}

}  // namespace

// Any bytes as an answer, or as the events of a stream, a line each: what comes of them is sound.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Input input(bytes, size);
    const bool is_stream = (input.byte() & 1) != 0;
    const auto text = input.rest();
    if (is_stream) {
        read_stream(text);
    } else {
        read_answer(text);
    }
    static_cast<void>(dialects::bedrock_converse::dialect().decode_error(200, text, "b"));
    return 0;
}
