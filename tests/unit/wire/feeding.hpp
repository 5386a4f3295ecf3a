#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/json.hpp"

namespace router {

// A copy of `text` on the heap, with the padding that JSON readers may look at and not a byte more.
class Padded {
 public:
    explicit Padded(std::string_view text)
        : bytes_(new char[text.size() + wire::json::padding]), size_(text.size()) {
        text.copy(bytes_.get(), text.size());
        for (std::size_t i = 0; i < wire::json::padding; ++i) bytes_[size_ + i] = '~';
    }
    operator std::string_view() const { return {bytes_.get(), size_}; }

 private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_;
};

using Pieces = std::vector<std::string_view>;

// Calls `feed` with the text whole, byte by byte, and cut in two at every place. The name says
// which it was.
inline void feed_in_every_way(
    std::string_view text,
    const std::function<void(const Pieces&, const std::string& name)>& feed) {
    feed({text}, "whole");
    Pieces bytes;
    for (std::size_t i = 0; i < text.size(); ++i) bytes.push_back(text.substr(i, 1));
    feed(bytes, "byte by byte");
    for (std::size_t at = 1; at < text.size(); ++at) {
        feed({text.substr(0, at), text.substr(at)}, "cut at " + std::to_string(at));
    }
}

}  // namespace router
