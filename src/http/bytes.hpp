#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "http/loop.hpp"

namespace router::http {

// Bytes that grow at their end, never zeroed, always followed by padding_bytes that may be read.
class Bytes {
 public:
    Bytes() = default;
    Bytes(Bytes&& other) noexcept { swap(other); }
    Bytes& operator=(Bytes&& other) noexcept {
        Bytes(std::move(other)).swap(*this);
        return *this;
    }

    std::string_view view() const { return {data_.get(), size_}; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

    void reserve(std::size_t capacity) {
        if (capacity <= capacity_ && data_) return;
        std::unique_ptr<char[]> larger(new char[capacity + padding_bytes]);
        if (size_ > 0) std::memcpy(larger.get(), data_.get(), size_);
        data_ = std::move(larger);
        capacity_ = capacity;
    }
    void append(std::string_view bytes) {
        if (bytes.empty()) return;
        make_room(bytes.size());
        std::memcpy(data_.get() + size_, bytes.data(), bytes.size());
        size_ += bytes.size();
    }
    void make_room(std::size_t bytes) {
        if (!data_ || size_ + bytes > capacity_) reserve(std::max(size_ + bytes, 2 * capacity_));
    }
    // The room behind the end, to be read into; grow() then takes in what was read.
    std::span<char> room() { return {data_.get() + size_, capacity_ - size_}; }
    void grow(std::size_t bytes) { size_ += bytes; }
    void clear() { *this = Bytes(); }

 private:
    void swap(Bytes& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

    std::unique_ptr<char[]> data_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace router::http
