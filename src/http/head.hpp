#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/error.hpp"

// The first part of an HTTP/1.1 message: its start line and its headers. Sans-I/O; every view
// points into the bytes given.
//   source  RFC 9112 (HTTP/1.1), RFC 9110 (semantics), read 2026-11-22
namespace router::http {

struct Header {
    std::string_view name;  // as sent; compare with is_named()
    std::string_view value;
};

bool is_same_name(std::string_view a,
                  std::string_view b);  // ASCII letters of any case are the same

// The value of the first header of that name; empty when there is none.
std::string_view value_of(const std::vector<Header>& headers, std::string_view name);

// How the end of a body is known.
enum class Framing : std::uint8_t { none, length, chunked, until_close };

struct RequestHead {
    std::string_view method;
    std::string_view target;  // as sent
    std::string_view path;    // of the target, without scheme, host and query
    std::string_view query;
    std::vector<Header> headers;
    Framing framing = Framing::none;
    std::uint64_t content_length = 0;
    bool is_http_1_0 = false;
    bool keeps_alive = true;
    bool expects_continue = false;
    std::size_t size = 0;  // bytes that the head took

    std::string_view header(std::string_view name) const { return value_of(headers, name); }
};

struct ResponseHead {
    int status = 0;
    std::vector<Header> headers;
    Framing framing = Framing::until_close;
    std::uint64_t content_length = 0;
    bool keeps_alive = true;
    std::size_t size = 0;

    std::string_view header(std::string_view name) const { return value_of(headers, name); }
};

struct HeadLimits {
    std::size_t line_bytes = 8 << 10;  // of a request line
    std::size_t head_bytes = 32 << 10;
    std::size_t headers = 100;
};

// The size of the head at the front of `bytes`, with its empty line; 0 when its end has not come.
std::size_t whole_head_size(std::string_view bytes);

// Reads the request's head at the front of `bytes`, which hold it whole or not at all (nothing is
// returned then).
//
//   strict  what could be read in two ways is refused: bare CR or LF, folded lines, space before a
//           colon, more than one Content-Length or Host, Content-Length beside Transfer-Encoding,
//           any coding but `chunked`, control characters
//   errors  bad_request, uri_too_long, head_too_large, expectation_failed, not_implemented (status
//           505: another version)
Result<std::optional<RequestHead>> read_request_head(std::string_view bytes,
                                                     const HeadLimits& limits);

// The same for an answer, and liberal: LF alone ends a line, Transfer-Encoding stands above
// Content-Length.
//   errors  upstream_broken
Result<std::optional<ResponseHead>> read_response_head(std::string_view bytes,
                                                       const HeadLimits& limits);

}  // namespace router::http
