#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace router::bench {

// What a call asks of the mock. Its text says so, since headers do not pass a gateway and most
// fields of a body do not pass some: "@bench bytes=1024", "@bench events=250 interval_us=20000".
struct Wish {
    std::size_t bytes = 1024;     // of a whole answer's body, at least
    std::size_t events = 100;     // content events of a stream
    std::size_t interval_us = 0;  // between them; 0 is as fast as the connection takes them
    bool stream = false;
    bool usage = false;  // a stream's usage chunk, "include_usage"
};

// The wire format that a call's URL asks for.
enum class Dialect { openai_chat, anthropic_messages, gemini };

struct Call {
    Wish wish;
    Dialect dialect = Dialect::openai_chat;
    std::size_t length = 0;  // head and body, in bytes
};

// Reads the first request in `bytes`: nothing while it is not whole. Content-Length and chunked
// bodies.
//
//   expected  set to the length of the whole request as soon as it is known, so that a long body is
//   not read twice
std::optional<Call> read_call(std::string_view bytes, const Wish& otherwise, std::size_t& expected);

}  // namespace router::bench
