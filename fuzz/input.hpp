#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

// What the fuzz targets share.
namespace fuzz {

// A copy on the heap of just its size and the padding behind it, so that the sanitizer sees a read
// beyond.
class Copy {
 public:
    explicit Copy(std::string_view text, std::size_t padding = 0)
        : bytes_(new char[text.size() + padding]), size_(text.size()) {
        if (!text.empty()) std::memcpy(bytes_.get(), text.data(), text.size());
        if (padding > 0) std::memset(bytes_.get() + size_, 'x', padding);
    }
    std::string_view view() const { return {bytes_.get(), size_}; }

 private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_;
};

// Takes choices off the front of the input; what is left is the text.
class Input {
 public:
    Input(const std::uint8_t* bytes, std::size_t size)
        : left_(reinterpret_cast<const char*>(bytes), size) {}

    std::uint8_t byte() {
        if (left_.empty()) return 0;
        const auto taken = static_cast<std::uint8_t>(left_.front());
        left_.remove_prefix(1);
        return taken;
    }
    // Below `end`, which is not 0.
    std::size_t below(std::size_t end) {
        const std::size_t high = byte();
        return (high << 8 | byte()) % end;
    }
    std::string_view rest() const { return left_; }

 private:
    std::string_view left_;
};

inline void require(bool holds) {
    if (!holds) __builtin_trap();
}

}  // namespace fuzz
