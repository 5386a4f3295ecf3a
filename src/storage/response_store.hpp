#pragma once

#include <string>
#include <string_view>

#include "storage/recent_records.hpp"
#include "storage/signature_store.hpp"

namespace router::storage {

// A response of the Responses API that its caller asked to have stored: Record::owner is the name
// of the caller's key, input the JSON of its input items, body that of the response.
//
// For all threads; a look-up is one of memory alone.
class ResponseStore {
 public:
    static constexpr Limits limits{
        .count = 20'000, .bytes = std::size_t{96} << 20, .record_bytes = std::size_t{16} << 20};
    // As long as OpenAI keeps them.
    // https://platform.openai.com/docs/guides/your-data (read 2026-11-22)
    static constexpr std::int64_t lifetime_seconds = 30 * 86'400;

    ResponseStore(Now now, Write write, Remove remove)
        : now_(std::move(now)),
          write_(std::move(write)),
          remove_(std::move(remove)),
          recent_(limits) {}

    // False: it is too large to be kept.
    bool put(std::string_view id, std::string_view owner, std::string input, std::string response);

    // Null: there is none of this id, or it is another's.
    RecordPointer get(std::string_view id, std::string_view owner);

    // False as above.
    bool remove(std::string_view id, std::string_view owner);

    void restore(Record record);  // one that was read from the disk

 private:
    Now now_;
    Write write_;
    Remove remove_;
    RecentRecords recent_;
};

}  // namespace router::storage
