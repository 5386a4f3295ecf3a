#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/head.hpp"

namespace router::http {

// Takes a body out of the bytes of its message. Sans-I/O: give next() the bytes as they arrive.
//
//   chunked   strict (RFC 9112, 7.1): sizes of at most 15 hexadecimal digits, CR LF, extensions and
//             trailers skipped and bounded
//   errors    upstream_broken for a response, bad_request for a request: the error given at
//             construction is returned
class BodyReader {
 public:
    BodyReader() = default;
    BodyReader(Framing framing, std::uint64_t content_length, ErrorKind malformed);

    // Takes the next piece of the body off the front of `input`; empty when `input` has none. The
    // view points into it. Bytes behind the body stay in `input`.
    Result<std::string_view> next(std::string_view& input);

    bool is_complete() const { return state_ == State::complete; }

    // The peer closed: whether that is the proper end of the body.
    bool may_end_here() const { return is_complete() || framing_ == Framing::until_close; }

    Framing framing() const { return framing_; }
    std::uint64_t remaining() const {
        return remaining_;
    }  // of a body with a length, or of the current chunk

 private:
    enum class State : std::uint8_t {
        data,
        size,
        extension,
        size_feed,
        data_return,
        data_feed,
        trailer,
        trailer_feed,
        complete
    };

    Result<> step(char c);
    Result<> begin_chunk();
    std::unexpected<Error> malformed() const;

    Framing framing_ = Framing::none;
    ErrorKind malformed_ = ErrorKind::bad_request;
    State state_ = State::complete;
    std::uint64_t remaining_ = 0;
    std::uint32_t digits_ = 0;        // of the chunk's size
    std::uint32_t skipped_ = 0;       // bytes of extensions and trailers
    std::uint32_t trailer_line_ = 0;  // bytes of the trailer line under the eye
};

}  // namespace router::http
