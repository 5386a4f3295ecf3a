#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "providers/ask.hpp"
#include "wire/aws_event_stream.hpp"
#include "wire/sse.hpp"

namespace router::providers {

// Cuts an upstream's stream into events, however it frames them, and hands them over as the
// server-sent events that the dialects read. It is used as wire::SseReader is.
//
// What Bedrock passes on of Claude, {"bytes": base64}, becomes the event that Anthropic would have
// sent; its exceptions become {"type":"error","error":{"type","message"}} under the name "error",
// with Anthropic's words for their types.
class EventReader {
 public:
    EventReader(Framing framing, std::size_t limit);

    void feed(std::string_view bytes);
    std::optional<wire::SseEvent> next();
    std::optional<wire::SseEvent> rest();
    bool is_overfull() const;  // too long an event, or bytes that are none

 private:
    std::optional<wire::SseEvent> translated(const wire::AwsEvent& event);

    std::variant<wire::SseReader, wire::AwsEventReader> reader_;
    std::string data_;
    std::string name_;
};

}  // namespace router::providers
