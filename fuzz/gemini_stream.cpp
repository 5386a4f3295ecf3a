#include <memory>
#include <string>

#include "dialects/gemini/dialect.hpp"
#include "input.hpp"
#include "wire/json.hpp"
#include "wire/sse.hpp"

namespace {

using namespace router;
namespace json = wire::json;

// Hands the events of a decoder to an encoder.
class Through : public canonical::EventSink {
 public:
    explicit Through(dialects::StreamEncoder& encoder) : encoder_(encoder) {}
    void take(const canonical::Event& event) override { encoder_.encode(event, out); }
    std::string out;

 private:
    dialects::StreamEncoder& encoder_;
};

// Calls take(event) for all of a stream that is cut at one place; it stops at false.
template <class Take>
bool each_event(std::string_view text, std::size_t cut, Take&& take) {
    wire::SseReader reader(1 << 20);
    for (const auto piece : {text.substr(0, cut), text.substr(cut)}) {
        const fuzz::Copy copy(piece, json::padding);
        reader.feed(copy.view());
        while (const auto event = reader.next()) {
            if (!take(*event)) return false;
        }
    }
    const auto event = reader.rest();
    return !event || take(*event);
}

bool is_valid(const wire::SseEvent& event) {
    return event.data.empty() || json::is_valid(event.data);
}

struct Outcome {
    std::string out;
    bool was_valid = true;
};

Outcome converted(std::string_view text, std::size_t cut, const dialects::AnswerContext& context) {
    const auto& dialect = dialects::gemini::dialect();
    const auto decoder = dialect.stream_decoder();
    const auto encoder = dialect.stream_encoder(context);
    Through sink(*encoder);
    Outcome outcome;
    Result<> result;
    const bool is_whole = each_event(text, cut, [&](const wire::SseEvent& event) {
        outcome.was_valid = outcome.was_valid && is_valid(event);
        result = decoder->decode(event, sink);
        return result.has_value();
    });
    if (is_whole) result = decoder->finish(sink);
    if (result) {
        encoder->finish(sink.out);
    } else {
        encoder->fail(result.error(), sink.out);
    }
    outcome.out = std::move(sink.out);
    return outcome;
}

Outcome relayed(std::string_view text, std::size_t cut, const dialects::AnswerContext& context) {
    const auto relay = dialects::gemini::dialect().stream_relay(context);
    Outcome outcome;
    Result<> result;
    const bool is_whole = each_event(text, cut, [&](const wire::SseEvent& event) {
        outcome.was_valid = outcome.was_valid && is_valid(event);
        result = relay->pass(event, outcome.out);
        return result.has_value();
    });
    if (is_whole) result = relay->finish(outcome.out);
    if (!result) relay->fail(result.error(), outcome.out);
    return outcome;
}

void check(const Outcome& outcome, bool is_array) {
    std::string_view out = outcome.out;
    if (is_array) {
        if (outcome.was_valid) fuzz::require(json::is_valid(out));
        return;
    }
    while (!out.empty()) {
        const auto end = out.find("\n\n");
        fuzz::require(out.starts_with("data: ") && end != std::string_view::npos);
        const auto data = out.substr(6, end - 6);
        fuzz::require(data.find('\n') == std::string_view::npos);
        if (outcome.was_valid) fuzz::require(json::is_valid(data));
        out.remove_prefix(end + 2);
    }
}

}  // namespace

// Any bytes as a stream: cut at any place the client sees the same, in the dialect's framing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Input input(bytes, size);
    const auto flags = input.byte();
    const auto at = input.below(1 << 16);
    const auto text = input.rest();
    if (text.empty()) return 0;
    const bool is_array = (flags & 1) != 0;
    const dialects::AnswerContext context{
        .model = "m", .wants_thinking = (flags & 2) != 0, .id = "x", .is_json_array = is_array};
    for (const auto run : {converted, relayed}) {
        const auto whole = run(text, 0, context);
        check(whole, is_array);
        // Calls without an id get a random one where the answer has none, either.
        if (whole.out.find("\"id\":\"call_") == std::string::npos)
            fuzz::require(whole.out == run(text, at % text.size(), context).out);
    }
    return 0;
}
