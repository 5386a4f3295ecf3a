#include "wire/aws_event_stream.hpp"

#include <array>

#include "wire/digest.hpp"
#include "wire/json.hpp"

namespace router::wire {
namespace {

constexpr std::size_t prelude_size = 12;  // two lengths and their checksum
constexpr std::size_t checksum_size = 4;
constexpr std::uint8_t string_type = 7;

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint32_t out = 0;
    for (const char c : bytes.substr(at, size)) out = (out << 8) | static_cast<unsigned char>(c);
    return out;
}

void append_number(std::string& out, std::size_t number, int bytes) {
    for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>((number >> (8 * i)) & 0xff);
}

// The bytes that a value of this type takes; of texts and byte arrays the length stands before
// them.
std::optional<std::size_t> fixed_size(std::uint32_t type) {
    constexpr std::array<std::size_t, 10> sizes{0, 0, 1, 2, 4, 8, 0, 0, 8, 16};
    if (type >= sizes.size()) return std::nullopt;
    return sizes[type];
}

// Takes the headers off one after the other.
class Headers {
 public:
    explicit Headers(std::string_view bytes) : rest_(bytes) {}

    // False at the end, and when they make no sense.
    bool next() {
        if (rest_.empty()) return false;
        is_sound_ = false;
        const auto name_size = number_at(rest_, 0, 1);
        if (rest_.size() < 2 + name_size) return false;
        name = rest_.substr(1, name_size);
        const auto type = number_at(rest_, 1 + name_size, 1);
        rest_.remove_prefix(2 + name_size);
        auto size = fixed_size(type);
        if (!size) return false;
        if (type == string_type || type == string_type - 1) {
            if (rest_.size() < 2) return false;
            size = number_at(rest_, 0, 2);
            rest_.remove_prefix(2);
        }
        if (rest_.size() < *size) return false;
        value = type == string_type ? rest_.substr(0, *size) : std::string_view();
        rest_.remove_prefix(*size);
        is_sound_ = true;
        return true;
    }
    bool is_sound() const { return is_sound_; }

    std::string_view name;
    std::string_view value;  // of a string; else empty

 private:
    std::string_view rest_;
    bool is_sound_ = true;
};

}  // namespace

void AwsEventReader::feed(std::string_view bytes) {
    if (is_broken_) return;
    held_.erase(0, at_);
    at_ = 0;
    held_ += bytes;
}

std::optional<AwsEvent> AwsEventReader::next() {
    const auto rest = std::string_view(held_).substr(at_);
    if (is_broken_ || rest.size() < prelude_size) return std::nullopt;
    const std::size_t size = number_at(rest, 0, 4);
    const std::size_t headers_size = number_at(rest, 4, 4);
    if (crc32(rest.substr(0, 8)) != number_at(rest, 8, 4)) return refuse();
    if (size > limit_ || size < prelude_size + checksum_size ||
        headers_size > size - prelude_size - checksum_size) {
        return refuse();
    }
    if (rest.size() < size) return std::nullopt;
    const auto checksum_at = size - checksum_size;
    if (crc32(rest.substr(0, checksum_at)) != number_at(rest, checksum_at, 4)) return refuse();

    AwsEvent event;
    Headers headers(rest.substr(prelude_size, headers_size));
    while (headers.next()) {
        if (headers.name == ":message-type") event.message_type = headers.value;
        if (headers.name == ":event-type" || headers.name == ":exception-type" ||
            headers.name == ":error-code") {
            event.name = headers.value;
        }
        if (headers.name == ":error-message") event.message = headers.value;
    }
    if (!headers.is_sound()) return refuse();
    const auto payload_at = prelude_size + headers_size;
    payload_.assign(rest.substr(payload_at, checksum_at - payload_at));
    payload_.append(json::padding, '\0');
    event.payload = std::string_view(payload_).substr(0, checksum_at - payload_at);
    at_ += size;
    return event;
}

std::optional<AwsEvent> AwsEventReader::refuse() {
    is_broken_ = true;
    return std::nullopt;
}

void append_aws_event(std::string& out, std::initializer_list<AwsHeader> headers,
                      std::string_view payload) {
    std::string head;
    for (const auto& [name, value] : headers) {
        append_number(head, name.size(), 1);
        head += name;
        head += static_cast<char>(string_type);
        append_number(head, value.size(), 2);
        head += value;
    }
    std::string message;
    append_number(message, prelude_size + head.size() + payload.size() + checksum_size, 4);
    append_number(message, head.size(), 4);
    append_number(message, crc32(message), 4);
    message += head;
    message += payload;
    append_number(message, crc32(message), 4);
    out += message;
}

}  // namespace router::wire
