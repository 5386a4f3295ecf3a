#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "storage/recent_records.hpp"

namespace router::storage {

// What becomes of a record, or of the id of one that was removed, behind memory.
using Write = std::function<void(RecordPointer)>;
using Remove = std::function<void(std::string)>;

// Seconds since 1970.
using Now = std::function<std::int64_t()>;

// What a model thought before it called a tool, kept by the call's id for clients that send calls
// back without. For all threads; a look-up is one of memory alone.
class SignatureStore {
 public:
    static constexpr Limits limits{
        .count = 100'000, .bytes = std::size_t{48} << 20, .record_bytes = std::size_t{1} << 20};
    static constexpr std::int64_t lifetime_seconds = 7 * 86'400;

    SignatureStore(Now now, Write write)
        : now_(std::move(now)), write_(std::move(write)), recent_(limits) {}

    void put(std::string_view call_id, std::string note);
    std::optional<std::string> get(std::string_view call_id);

    void restore(Record record);  // one that was read from the disk

 private:
    Now now_;
    Write write_;
    RecentRecords recent_;
};

}  // namespace router::storage
