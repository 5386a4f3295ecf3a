#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "canonical/text.hpp"

namespace router::dialects::gemini {

// Turns places in a growing text from bytes of UTF-8, as Gemini counts them, into characters, as
// everybody else does, and back. Of ASCII nothing is kept.
class TextPositions {
 public:
    void append(canonical::Text text);
    std::int64_t bytes() const { return bytes_; }

    std::int64_t characters_at(std::int64_t byte) const;
    std::int64_t bytes_at(std::int64_t character) const;

 private:
    struct Wide {             // a character of more than one byte
        std::int64_t behind;  // the byte behind it
        std::int64_t extra;   // how many bytes more than characters there are up to there
    };
    void append_plain(std::string_view text);
    std::vector<Wide> wide_;
    std::int64_t bytes_ = 0;
    std::int64_t extra_ = 0;
};

}  // namespace router::dialects::gemini
