#include "base/ids.hpp"

#include <cstdint>
#include <random>

namespace router {
namespace {

// xoshiro256++ (Blackman and Vigna, 2019), seeded from the system once a thread: a call needs an
// id, not a secret.
class Generator {
 public:
    Generator() {
        std::random_device system;
        for (auto& word : state_) word = (std::uint64_t{system()} << 32) | system();
    }
    std::uint64_t next() {
        const auto rotate = [](std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); };
        const auto result = rotate(state_[0] + state_[3], 23) + state_[0];
        const auto shifted = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= shifted;
        state_[3] = rotate(state_[3], 45);
        return result;
    }

 private:
    std::uint64_t state_[4]{};
};

}  // namespace

std::string new_id() {
    thread_local Generator generator;
    constexpr char hex[] = "0123456789abcdef";
    std::string id(32, '0');
    for (int half = 0; half < 2; ++half) {
        auto word = generator.next();
        for (int i = 0; i < 16; ++i, word >>= 4)
            id[static_cast<std::size_t>(half * 16 + i)] = hex[word & 15];
    }
    return id;
}

}  // namespace router
