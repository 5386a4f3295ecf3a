#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "http/awaitable.hpp"
#include "http/deadline.hpp"

namespace router::http {

// A connection's small buffer: what a pending read writes into. Followed by padding_bytes, which a
// JSON reader may touch.
struct Block {
    std::unique_ptr<char[]> bytes;
    std::uint32_t capacity = 0;
    explicit operator bool() const { return bytes != nullptr; }
};
inline constexpr std::uint32_t block_bytes = 2048;
// Of a stream that waits for its next event: most fit; and of its client, which says nothing
// meanwhile.
inline constexpr std::uint32_t event_block_bytes = 512;
inline constexpr std::uint32_t quiet_block_bytes = 128;
inline constexpr std::size_t padding_bytes = 64;

// What a thread that serves connections shares among them: its executor, its deadlines, and warm
// memory. Nothing of it is touched by another thread.
class Loop {
 public:
    Loop() : deadlines(context) {}

    void run();                                       // until stop()
    void stop();                                      // from any thread
    void post(std::move_only_function<void()> task);  // from any thread; carried out on the loop's

    static Block new_block(std::uint32_t capacity) {
        return {.bytes = std::unique_ptr<char[]>(new char[capacity + padding_bytes]),
                .capacity = capacity};
    }
    Block take_block() {
        if (spare_.empty()) return new_block(block_bytes);
        auto block = std::move(spare_.back());
        spare_.pop_back();
        return block;
    }
    void give_back(Block block) {
        if (block && block.capacity == block_bytes && spare_.size() < 64)
            spare_.push_back(std::move(block));
    }

    // A large area for what is read and used up before anything is awaited; followed by
    // padding_bytes.
    std::span<char> scratch() {
        if (!scratch_) scratch_.reset(new char[scratch_bytes + padding_bytes]);
        return {scratch_.get(), scratch_bytes};
    }

    // Text that is written and used up before anything is awaited.
    std::string outbox;

    // One thread touches the sockets, so the reactor needs no locks; the queue keeps its own, for
    // post().
    asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
    Deadlines deadlines;

 private:
    static constexpr std::size_t scratch_bytes = 256 << 10;
    std::vector<Block> spare_;
    std::unique_ptr<char[]> scratch_;
};

}  // namespace router::http
