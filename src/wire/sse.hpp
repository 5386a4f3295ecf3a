#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace router::wire {

struct SseEvent {
    std::string_view name;  // the `event:` field; empty: none
    std::string_view
        data;  // the `data:` lines, joined by line feeds; followed by json::padding readable bytes
    bool has_data = false;  // false: comments or other fields alone
};

// Cuts a byte stream into server-sent events. Sans-I/O: feed() the bytes as they arrive, in pieces
// of any size, then take events from next() until there are none; each comes out once, whole and in
// order.
//
//   limit   the largest event held, in bytes; a longer one makes the reader spent: is_overfull()
//   views   an event's views, and the fed bytes, hold until the next call of feed(), next() or
//           rest()
//   lines   end with LF or CRLF; a byte order mark at the start of the stream is skipped
//   errors  some servers write them as JSON without a field: an event that begins so is all data
//   source  https://html.spec.whatwg.org/multipage/server-sent-events.html (read 2026-11-22)
class SseReader {
 public:
    explicit SseReader(std::size_t limit) : limit_(limit) {}

    void feed(std::string_view bytes);
    std::optional<SseEvent> next();

    // After the last feed(): the event that no blank line ended, if there is one. The standard
    // drops it; we are liberal, for some servers end their body right after the last line.
    std::optional<SseEvent> rest();

    bool is_overfull() const { return overfull_; }

 private:
    SseEvent parse(std::string_view block);
    void search_from(std::size_t at) { line_ = searched_ = at; }
    std::size_t find_end(std::string_view text);

    std::size_t limit_;
    std::string held_;          // the start of an event whose end has not come
    std::string joined_;        // data of several lines
    std::string_view input_;    // what is left of the fed bytes, or of held_
    std::size_t line_ = 0;      // where the last line of input_ begins, whose end has not come
    std::size_t searched_ = 0;  // so much of input_ holds no end of it
    bool from_held_ = false;
    bool begun_ = false;
    bool overfull_ = false;
};

}  // namespace router::wire
