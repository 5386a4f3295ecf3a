#include <string>

#include "dialects/openai_responses/dialect.hpp"
#include "input.hpp"
#include "wire/json.hpp"
#include "wire/sse.hpp"

namespace {

using namespace router;
namespace json = wire::json;

const dialects::Dialect& dialect() { return dialects::openai_responses::dialect(); }

// Every event is one line of JSON under its name.
void check(std::string_view out) {
    while (!out.empty()) {
        const auto end = out.find("\n\n");
        fuzz::require(end != std::string_view::npos);
        auto event = out.substr(0, end);
        out.remove_prefix(end + 2);
        if (event.starts_with(':')) continue;
        if (event.starts_with("event: ")) event.remove_prefix(event.find('\n') + 1);
        fuzz::require(event.starts_with("data: "));
        event.remove_prefix(6);
        fuzz::require(event.find('\n') == std::string_view::npos);
        fuzz::require(json::is_valid(event));
    }
}

class Writer : public canonical::EventSink {
 public:
    void take(const canonical::Event& event) override { encoder->encode(event, out); }
    std::unique_ptr<dialects::StreamEncoder> encoder =
        dialect().stream_encoder({.model = "m", .id = "x"});
    std::string out;
};

// What a client of the same dialect sees, converted or relayed.
struct Streams {
    Writer writer;
    std::unique_ptr<dialects::StreamDecoder> decoder = dialect().stream_decoder();
    std::unique_ptr<dialects::StreamRelay> relay = dialect().stream_relay({.model = "m"});
    std::string relayed;
    bool is_valid = true;  // all that came
    bool has_failed = false;
    bool relay_failed = false;

    void take(const wire::SseEvent& event) {
        if (event.has_data && !event.data.empty() && event.data != "[DONE]")
            is_valid = is_valid && json::is_valid(event.data);
        if (!relay_failed) relay_failed = !relay->pass(event, relayed).has_value();
        if (has_failed) return;
        const auto outcome = decoder->decode(event, writer);
        if (outcome) return;
        has_failed = true;
        writer.encoder->fail(outcome.error(), writer.out);
    }
    void finish() {
        if (has_failed) return;
        const auto outcome = decoder->finish(writer);
        if (outcome) {
            writer.encoder->finish(writer.out);
        } else {
            writer.encoder->fail(outcome.error(), writer.out);
        }
    }
};

std::string streamed(std::string_view text, std::size_t cut) {
    wire::SseReader reader(1 << 20);
    Streams streams;
    for (const auto piece : {text.substr(0, cut), text.substr(cut)}) {
        const fuzz::Copy copy(piece, json::padding);
        reader.feed(copy.view());
        while (const auto event = reader.next()) streams.take(*event);
    }
    streams.finish();
    if (streams.is_valid) check(streams.writer.out);
    if (streams.is_valid) check(streams.relayed);
    return streams.writer.out + streams.relayed;
}

}  // namespace

// Any bytes as a stream: cut at any place the client sees the same, and events of JSON at that.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Input input(bytes, size);
    const auto at = input.below(1 << 16);
    const auto text = input.rest();
    if (text.empty()) return 0;
    fuzz::require(streamed(text, 0) == streamed(text, at % text.size()));
    return 0;
}
