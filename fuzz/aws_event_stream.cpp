#include <string>

#include "input.hpp"
#include "providers/event_reader.hpp"
#include "wire/json.hpp"

namespace {

using router::providers::EventReader;
using router::providers::Framing;

// What the reader says of the bytes, cut in two somewhere.
std::string said(std::string_view text, std::size_t cut) {
    EventReader reader(Framing::aws_event_stream, 1 << 16);
    std::string out;
    for (const auto piece : {text.substr(0, cut), text.substr(cut)}) {
        const fuzz::Copy copy(piece, 0);
        reader.feed(copy.view());
        while (const auto event = reader.next()) {
            if (event->name == "error") fuzz::require(router::wire::json::is_valid(event->data));
            out += std::string(event->name) + '|' + std::string(event->data) + '\n';
        }
    }
    return out + (reader.is_overfull() ? "broken" : "");
}

// The same headers and payload with checksums that are right, so that what stands behind them is
// reached, too.
std::string message(fuzz::Input& input) {
    const auto name = std::string(1 + input.below(40), 'e');
    const bool is_error = (input.byte() & 1) != 0;
    const bool is_chunk = (input.byte() & 1) != 0;
    std::string out;
    router::wire::append_aws_event(
        out,
        {{is_error ? ":exception-type" : ":event-type", is_chunk ? "chunk" : name},
         {":message-type", is_error ? "exception" : "event"}},
        input.rest());
    return out;
}

}  // namespace

// Any bytes as Amazon's event stream: cut at any place, the same comes out.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Input input(bytes, size);
    const bool is_whole_message = (input.byte() & 1) != 0;
    const auto at = input.below(1 << 16);
    const auto text = is_whole_message ? message(input) : std::string(input.rest());
    if (text.empty()) return 0;
    fuzz::require(said(text, 0) == said(text, at % text.size()));
    return 0;
}
