#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace router::storage {

// What is kept under one id. Times are seconds since 1970.
struct Record {
    std::string id{};
    std::string owner{};  // whose it is; empty: nobody's in particular
    std::string input{};  // of a stored response: its input items
    std::string body{};
    std::int64_t written = 0;
    std::int64_t expires = 0;
};

using RecordPointer = std::shared_ptr<const Record>;

// How much is kept: what is older or more goes first.
struct Limits {
    std::size_t count = 0;
    std::size_t bytes = 0;         // of all records
    std::size_t record_bytes = 0;  // of one; a larger one is not kept
};

std::size_t size_of(const Record& record);

}  // namespace router::storage
