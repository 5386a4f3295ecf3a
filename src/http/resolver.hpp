#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "http/loop.hpp"

namespace router::http {

// An IPv4 or IPv6 address in network order.
struct Address {
    bool is_v6 = false;
    std::uint8_t bytes[16]{};
};

// Host names to addresses, asynchronously (c-ares: /etc/hosts and the name servers of
// /etc/resolv.conf). Answers are kept for their own time to live, at least 5 seconds and at most 5
// minutes; failures are not kept. One a thread.
class Resolver {
 public:
    explicit Resolver(Loop& loop);
    ~Resolver();

    // Never empty. Errors: upstream_unreachable. A host that is an address already is answered at
    // once.
    awaitable<Result<std::vector<Address>>> resolve(const std::string& host, SteadyTime until);

 private:
    struct Question;
    struct Lookups;
    struct Kept {
        std::vector<Address> addresses;
        SteadyTime until;
    };
    Loop& loop_;
    std::unique_ptr<Lookups> lookups_;
    std::unordered_map<std::string, Kept> kept_;
};

}  // namespace router::http
