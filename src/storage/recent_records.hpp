#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "storage/record.hpp"

namespace router::storage {

// The records used last, as many as the limits allow. For several threads; no call waits for more
// than another's look-up.
class RecentRecords {
 public:
    explicit RecentRecords(Limits limits) : limits_(limits) {}

    // False: it is larger than one may be.
    bool put(RecordPointer record);
    RecordPointer get(std::string_view id, std::int64_t now);  // nothing when it has expired
    void remove(std::string_view id);
    std::size_t count() const;

 private:
    using Order = std::list<RecordPointer>;  // the one used last in front

    void forget(Order::iterator record);

    const Limits limits_;
    mutable std::mutex mutex_;
    Order order_;
    std::unordered_map<std::string_view, Order::iterator> by_id_;  // keys stand in the records
    std::size_t bytes_ = 0;
};

}  // namespace router::storage
