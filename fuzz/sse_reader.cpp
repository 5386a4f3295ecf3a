#include "wire/sse.hpp"

#include <string>
#include <vector>

#include "input.hpp"
#include "wire/json.hpp"

namespace {

using namespace router::wire;

constexpr std::size_t limit =
    1 << 20;  // more than the fuzzer sends: one that is met depends on how the bytes come

struct Event {
    std::string name, data;
    bool has_data = false;
    bool operator==(const Event&) const = default;
};

class Reading {
 public:
    void feed(std::string_view piece) {
        const fuzz::Copy copy(piece, json::padding);
        reader_.feed(copy.view());
        while (const auto event = reader_.next()) keep(*event);
    }
    std::vector<Event> end() {
        if (const auto event = reader_.rest()) keep(*event);
        fuzz::require(!reader_.is_overfull());
        return std::move(events_);
    }

 private:
    void keep(const SseEvent& event) {
        fuzz::require(event.has_data || event.data.empty());
        if (event.has_data) {  // it must be readable with its padding
            auto document = json::read(event.data);
            json::object object;
            if (document.get_object().get(object) == simdjson::SUCCESS) {
                for (auto member : object) {
                    if (member.error() != simdjson::SUCCESS) break;
                }
            }
        }
        events_.push_back({std::string(event.name), std::string(event.data), event.has_data});
    }
    SseReader reader_{limit};
    std::vector<Event> events_;
};

}  // namespace

// Any bytes as a stream of events: cut at any place, or into bytes, they are the same events.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    fuzz::Input input(bytes, size);
    const auto at = input.below(1 << 16);
    const auto text = input.rest();
    if (text.empty()) return 0;

    Reading whole, in_two, in_bytes;
    whole.feed(text);
    in_two.feed(text.substr(0, at % text.size()));
    in_two.feed(text.substr(at % text.size()));
    for (std::size_t i = 0; i < text.size(); ++i) in_bytes.feed(text.substr(i, 1));
    const auto events = whole.end();
    fuzz::require(events == in_two.end() && events == in_bytes.end());
    return 0;
}
