#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "incoming.hpp"

namespace router::bench {

// The mock's lines in one dialect, written out once: an answer of any length, and the parts of its
// stream. Each is ready for the wire, head and chunk framing included.
class Script {
 public:
    explicit Script(Dialect dialect);

    // A whole answer whose body has `bytes` bytes, or a few more when that is too few for its
    // fields.
    std::string_view answer(std::size_t bytes);

    std::string_view stream_head() const {
        return stream_head_;
    }  // and its first event, which names the role
    // The event number `at`. The words change: a gateway may take endless repetition for a broken
    // model.
    std::string_view event(std::size_t at) const { return events_[at % events_.size()]; }
    std::string_view stream_end(bool usage) const { return usage ? end_with_usage_ : end_; }

 private:
    void write_openai_stream();
    void write_anthropic_stream();
    void write_gemini_stream();

    Dialect dialect_;
    std::unordered_map<std::size_t, std::string> answers_;
    std::string stream_head_;
    std::vector<std::string> events_;
    std::string end_;
    std::string end_with_usage_;
};

}  // namespace router::bench
