#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace router::wire {

// A message of application/vnd.amazon.eventstream, as far as services use it.
struct AwsEvent {
    std::string_view message_type{};  // ":message-type": "event", "exception" or "error"
    std::string_view name{};          // ":event-type" or ":exception-type"; of an error its code
    std::string_view message{};       // ":error-message"
    std::string_view payload{};       // followed by json::padding readable bytes
};

// Cuts a byte stream into the messages of Amazon's event streams. Sans-I/O: feed() the bytes as
// they arrive, in pieces of any size, then take events from next() until there are none.
//
//   limit   the largest message held, in bytes
//   views   an event's views hold until the next call of feed() or next()
//   broken  a checksum that is wrong, lengths that make no sense, or a message above the limit:
//           nothing comes out any more
//   source  https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html
//           #streaming-event-stream (read 2026-11-22)
class AwsEventReader {
 public:
    explicit AwsEventReader(std::size_t limit) : limit_(limit) {}

    void feed(std::string_view bytes);
    std::optional<AwsEvent> next();

    bool is_broken() const { return is_broken_; }
    bool is_between_messages() const { return at_ == held_.size(); }  // nothing has begun

 private:
    std::optional<AwsEvent> refuse();

    std::size_t limit_;
    std::string held_;
    std::size_t at_ = 0;  // where the next message begins
    std::string payload_;
    bool is_broken_ = false;
};

// A message of strings: for whoever plays the service.
struct AwsHeader {
    std::string_view name;
    std::string_view value;
};
void append_aws_event(std::string& out, std::initializer_list<AwsHeader> headers,
                      std::string_view payload);

}  // namespace router::wire
