#include "http/body.hpp"

#include <algorithm>

namespace router::http {
namespace {

constexpr std::uint32_t skipped_limit = 16 << 10;

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

BodyReader::BodyReader(Framing framing, std::uint64_t content_length, ErrorKind malformed)
    : framing_(framing), malformed_(malformed) {
    if (framing == Framing::chunked) state_ = State::size;
    if (framing == Framing::until_close) state_ = State::data;
    if (framing == Framing::length && content_length > 0) {
        state_ = State::data;
        remaining_ = content_length;
    }
}

Result<std::string_view> BodyReader::next(std::string_view& input) {
    while (!input.empty() && state_ != State::complete) {
        if (state_ != State::data) {
            const char c = input.front();
            input.remove_prefix(1);
            if (const auto stepped = step(c); !stepped) return std::unexpected(stepped.error());
            continue;
        }
        if (framing_ == Framing::until_close) {
            const auto piece = input;
            input = {};
            return piece;
        }
        const auto piece = input.substr(0, std::min<std::uint64_t>(remaining_, input.size()));
        input.remove_prefix(piece.size());
        remaining_ -= piece.size();
        if (remaining_ == 0)
            state_ = framing_ == Framing::chunked ? State::data_return : State::complete;
        return piece;
    }
    return std::string_view();
}

Result<> BodyReader::step(char c) {
    switch (state_) {
        case State::size:
            if (const int digit = hex_value(c); digit >= 0) {
                if (++digits_ > 15) return malformed();
                remaining_ = remaining_ * 16 + static_cast<std::uint64_t>(digit);
                return {};
            }
            if (digits_ == 0) return malformed();
            if (c == ';' ||
                (c == ' ' &&
                 malformed_ == ErrorKind::upstream_broken)) {  // old servers pad the size
                return state_ = State::extension, Result<>();
            }
            if (c == '\r') return state_ = State::size_feed, Result<>();
            return malformed();
        case State::extension:
            if (++skipped_ > skipped_limit || c == '\n' || c == '\0') return malformed();
            if (c == '\r') state_ = State::size_feed;
            return {};
        case State::size_feed:
            return c == '\n' ? begin_chunk() : malformed();
        case State::data_return:
            if (c != '\r') return malformed();
            state_ = State::data_feed;
            return {};
        case State::data_feed:
            if (c != '\n') return malformed();
            state_ = State::size;
            digits_ = 0;
            return {};
        case State::trailer:
            if (++skipped_ > skipped_limit || c == '\n' || c == '\0') return malformed();
            if (c == '\r') return state_ = State::trailer_feed, Result<>();
            ++trailer_line_;
            return {};
        case State::trailer_feed:
            if (c != '\n') return malformed();
            state_ = trailer_line_ == 0 ? State::complete : State::trailer;
            trailer_line_ = 0;
            return {};
        case State::data:
        case State::complete:
            break;
    }
    return {};
}

Result<> BodyReader::begin_chunk() {
    state_ = remaining_ == 0 ? State::trailer : State::data;
    skipped_ = 0;
    return {};
}

std::unexpected<Error> BodyReader::malformed() const {
    Error error{.kind = malformed_, .message = "The body's chunked encoding is malformed."};
    if (malformed_ == ErrorKind::bad_request) error.code = "malformed_request";
    return std::unexpected(error);
}

}  // namespace router::http
