#include <string>

#include "dialects/openai_chat/dialect.hpp"
#include "input.hpp"
#include "wire/json.hpp"
#include "wire/sse.hpp"

namespace {

namespace json = router::wire::json;
namespace wire = router::wire;
using namespace router::dialects;
using namespace router::canonical;

// Hands events on to an encoder, and holds them to their order.
class Checked : public EventSink {
 public:
    explicit Checked(StreamEncoder& encoder, std::string& out) : encoder_(encoder), out_(out) {}

    void take(const Event& event) override {
        fuzz::require(has_started_ != std::holds_alternative<Started>(event));
        if (std::holds_alternative<Started>(event)) has_started_ = true;
        encoder_.encode(event, out_);
    }

 private:
    StreamEncoder& encoder_;
    std::string& out_;
    bool has_started_ = false;
};

void check(std::string_view out, bool was_valid) {
    while (!out.empty()) {
        const auto end = out.find("\n\n");
        fuzz::require(end != std::string_view::npos);
        const auto event = out.substr(0, end);
        out.remove_prefix(end + 2);
        fuzz::require(event.starts_with("data: ") && event.find('\n') == std::string_view::npos);
        if (was_valid && event != "data: [DONE]") fuzz::require(json::is_valid(event.substr(6)));
    }
}

// The same stream through a decoder and an encoder, however it is cut.
std::string converted(std::string_view text, std::size_t cut) {
    const auto& chat = openai_chat::dialect();
    wire::SseReader reader(1 << 20);
    const auto decoder = chat.stream_decoder();
    const AnswerContext context{.model = "public", .created = 7, .id = "abc"};
    const auto encoder = chat.stream_encoder(context);
    std::string out;
    Checked sink(*encoder, out);
    bool was_valid = true;
    const auto decodes = [&](const wire::SseEvent& event) {
        was_valid = was_valid && json::is_valid(event.data);
        const auto decoded = decoder->decode(event, sink);
        if (!decoded) encoder->fail(decoded.error(), out);
        return decoded.has_value();
    };
    for (const auto piece : {text.substr(0, cut), text.substr(cut)}) {
        const fuzz::Copy copy(piece, json::padding);
        reader.feed(copy.view());
        while (const auto event = reader.next()) {
            if (!decodes(*event)) return out;
        }
    }
    if (const auto event = reader.rest(); event && !decodes(*event)) return out;
    if (const auto ended = decoder->finish(sink); !ended) {
        encoder->fail(ended.error(), out);
    } else {
        encoder->finish(out);
    }
    check(out, was_valid);
    return out;
}

}  // namespace

// Any bytes as a stream: cut at any place, it says the same, in one event a line.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Input input(bytes, size);
    const auto at = input.below(1 << 16);
    const auto text = input.rest();
    if (text.empty()) return 0;
    fuzz::require(converted(text, 0) == converted(text, at % text.size()));
    return 0;
}
