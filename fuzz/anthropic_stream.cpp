#include "anthropic_messages.hpp"
#include "dialects/anthropic_messages/dialect.hpp"
#include "wire/sse.hpp"

namespace {

using router::wire::SseReader;
namespace dialects = router::dialects;

const dialects::Dialect& anthropic() { return dialects::anthropic_messages::dialect(); }

dialects::AnswerContext context() {
    dialects::AnswerContext made;
    made.model = "public";
    made.id = "abc";
    return made;
}

// A stream decoded and written again as it comes.
class Converted : private router::canonical::EventSink {
 public:
    Converted()
        : decoder_(anthropic().stream_decoder()), encoder_(anthropic().stream_encoder(context())) {}

    bool pass(const router::wire::SseEvent& event) {
        const auto decoded = decoder_->decode(event, *this);
        if (!decoded) encoder_->fail(decoded.error(), out_);
        return decoded.has_value();
    }
    void finish() {
        if (const auto finished = decoder_->finish(*this); !finished) {
            encoder_->fail(finished.error(), out_);
        } else {
            encoder_->finish(out_);
        }
    }
    const std::string& out() const { return out_; }

 private:
    void take(const router::canonical::Event& event) override { encoder_->encode(event, out_); }

    std::unique_ptr<dialects::StreamDecoder> decoder_;
    std::unique_ptr<dialects::StreamEncoder> encoder_;
    std::string out_;
};

class Relayed {
 public:
    Relayed() : relay_(anthropic().stream_relay(context())) {}

    bool pass(const router::wire::SseEvent& event) {
        const auto passed = relay_->pass(event, out_);
        if (!passed) relay_->fail(passed.error(), out_);
        return passed.has_value();
    }
    void finish() {
        if (const auto finished = relay_->finish(out_); !finished) {
            relay_->fail(finished.error(), out_);
        }
    }
    const std::string& out() const { return out_; }

 private:
    std::unique_ptr<dialects::StreamRelay> relay_;
    std::string out_;
};

template <class Way>
std::string told(std::string_view text, std::size_t cut) {
    SseReader reader(1 << 20);
    Way way;
    for (const auto piece : {text.substr(0, cut), text.substr(cut)}) {
        const fuzz::Copy copy(piece, router::wire::json::padding);
        reader.feed(copy.view());
        while (const auto event = reader.next()) {
            if (!way.pass(*event)) return way.out();
        }
    }
    if (const auto event = reader.rest(); event && !way.pass(*event)) return way.out();
    way.finish();
    return way.out();
}

}  // namespace

// Any bytes as a stream: cut at any place, the client is told the same, in whole events.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Input input(bytes, size);
    const auto at = input.below(1 << 16);
    const auto text = input.rest();
    if (text.empty()) return 0;
    const auto converted = told<Converted>(text, 0);
    fuzz::require(converted == told<Converted>(text, at % text.size()));
    fuzz::require_events(converted);
    fuzz::require(told<Relayed>(text, 0) == told<Relayed>(text, at % text.size()));
    return 0;
}
