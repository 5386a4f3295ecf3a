#include <string>

#include "dialects/gemini/members.hpp"
#include "dialects/gemini/response_reader.hpp"
#include "dialects/gemini/streams.hpp"
#include "wire/utf8.hpp"

namespace router::dialects::gemini {
namespace {

// Gemini's streams have no last event: the body ends, and what was the end is known only then.
class Decoder : public StreamDecoder {
 public:
    Result<> decode(const wire::SseEvent& event, canonical::EventSink& sink) override {
        if (!event.has_data || event.data.empty() || event.data == "[DONE]") return {};
        if (!wire::is_utf8(event.data)) {
            repaired_ = padded_copy(wire::repaired_utf8(event.data));
            return take(repaired_, sink);
        }
        return take(event.data, sink);
    }

    Result<> finish(canonical::EventSink& sink) override { return reader_.finish(false, sink); }
    bool is_done() const override { return false; }
    int dropped() const override { return dropped_; }

 private:
    Result<> take(std::string_view data, canonical::EventSink& sink) {
        const auto is_json = reader_.read(data, sink);
        if (!is_json) return std::unexpected(is_json.error());
        if (!*is_json) ++dropped_;
        return {};
    }

    ResponseReader reader_;
    std::string repaired_;
    int dropped_ = 0;
};

}  // namespace

std::unique_ptr<StreamDecoder> stream_decoder() { return std::make_unique<Decoder>(); }

}  // namespace router::dialects::gemini
