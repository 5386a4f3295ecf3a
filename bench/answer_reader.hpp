#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace router::bench {

// What a right answer holds. An answer that does not is an error, so that a broken proxy cannot
// look fast.
struct Expectation {
    bool stream = false;       // ends in "data: [DONE]"
    std::size_t bytes = 0;     // of the body, at least
    std::uint64_t events = 0;  // of a stream, "[DONE]" included, exactly; 0 for any number
    std::string head;          // within the body's first 2 KB
    std::string tail;          // within the body's last 2 KB
};

// Reads one HTTP/1.1 answer, counts the events of a stream, and judges it. Sans-I/O.
class AnswerReader {
 public:
    // Takes the next bytes; true once the answer is over. Bytes after its end make it wrong: no
    // call was pipelined.
    bool feed(std::string_view bytes);
    // The connection ended: true where that is how the answer's body ends.
    bool ends_with_connection() const { return framing_ == Framing::until_close; }

    std::string complaint(const Expectation& expected) const;  // empty: as expected
    std::uint64_t events() const { return events_; }
    bool has_body() const { return body_bytes_ > 0; }
    bool keeps_connection() const { return keeps_connection_ && framing_ != Framing::until_close; }
    void start_over();

 private:
    enum class Framing { head, length, chunk_size, chunk, chunk_end, trailer, until_close, over };

    void read_head();
    void read_header(std::string_view line);
    bool take_line(std::string_view& bytes);
    void take_body(std::string_view bytes);
    void count_events(std::string_view bytes);
    void read_chunk_size();

    Framing framing_ = Framing::head;
    int status_ = 0;
    bool chunked_ = false;
    bool has_length_ = false;
    bool keeps_connection_ = true;
    bool broken_ = false;
    std::size_t left_ = 0;  // of the body or the chunk
    std::string line_;      // the head, or a chunk's size, not whole yet
    std::size_t body_bytes_ = 0;
    std::string first_;  // of the body
    std::string last_;
    std::uint64_t events_ = 0;
    std::size_t matched_ = 0;  // of "data:" at the start of the line
};

}  // namespace router::bench
