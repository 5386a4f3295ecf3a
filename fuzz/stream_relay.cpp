#include "dialects/openai_chat/stream_relay.hpp"

#include <string>

#include "input.hpp"
#include "wire/json.hpp"
#include "wire/sse.hpp"

namespace {

using namespace router::dialects::openai_chat;
using router::wire::SseEvent;
using router::wire::SseReader;
namespace json = router::wire::json;

// What is passed on of an event is one event, and JSON again when it was.
void check(std::string_view out, const SseEvent& event, bool was_valid) {
    if (out.empty()) return;
    fuzz::require(out.ends_with("\n\n"));
    if (out.starts_with("event: ")) {
        fuzz::require(!event.name.empty());
        out.remove_prefix(out.find('\n') + 1);
    }
    fuzz::require(out.starts_with("data: "));
    out = out.substr(6, out.size() - 8);
    fuzz::require(out.find('\n') == std::string_view::npos);
    if (was_valid) fuzz::require(json::is_valid(out));
}

// Ids that the relay makes for calls without one are new each time.
std::string without_made_ids(std::string text) {
    constexpr std::string_view mark = "\"call_";
    constexpr std::size_t length = 32;
    for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + 1)) {
        const auto id = std::string_view(text).substr(at + mark.size(), length);
        if (id.find_first_not_of("0123456789abcdef") == id.npos)
            text.replace(at + mark.size(), id.size(), id.size(), 'x');
    }
    return text;
}

std::string relayed(std::string_view text, std::size_t cut, bool wants_usage) {
    SseReader reader(1 << 20);
    StreamRelay relay("public", wants_usage);
    std::string all;
    const auto passes = [&](const SseEvent& event) {
        std::string out;
        const bool was_valid = !event.data.empty() && json::is_valid(event.data);
        const auto passed = relay.pass(event, out, "acme");
        check(out, event, was_valid);
        all += out;
        if (!passed) all += encode_stream_error(passed.error());
        return passed.has_value();
    };
    for (const auto piece : {text.substr(0, cut), text.substr(cut)}) {
        const fuzz::Copy copy(piece, json::padding);
        reader.feed(copy.view());
        while (const auto event = reader.next()) {
            if (!passes(*event)) return without_made_ids(all);
        }
    }
    if (const auto event = reader.rest(); event && !passes(*event)) return without_made_ids(all);
    relay.finish(all);
    return without_made_ids(all);
}

}  // namespace

// Any bytes as a stream of chunks: cut at any place, the client sees the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Input input(bytes, size);
    const bool wants_usage = (input.byte() & 1) != 0;
    const auto at = input.below(1 << 16);
    const auto text = input.rest();
    if (text.empty()) return 0;
    fuzz::require(relayed(text, 0, wants_usage) == relayed(text, at % text.size(), wants_usage));
    return 0;
}
