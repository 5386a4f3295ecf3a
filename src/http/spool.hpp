#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "base/error.hpp"

namespace router::http {

// Bytes on disk in memory's stead: a file without a name, of which nothing is left when the spool
// is gone, however the process ends. It lies in TMPDIR, else in /var/tmp, which is a disk where
// /tmp may be memory.
//
//   waits    for the page cache alone
//   errors   unavailable: no such place, or no room in it; where is for the log
class Spool {
 public:
    static Result<std::unique_ptr<Spool>> open();
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    Result<> append(std::string_view bytes);
    std::size_t size() const { return size_; }

    // All of it, followed by padding_bytes that may be read, for as long as the spool lives.
    // Nothing is appended afterwards.
    Result<std::string_view> view();

 private:
    explicit Spool(int descriptor) : descriptor_(descriptor) {}

    int descriptor_;
    std::size_t size_ = 0;
    const char* mapped_ = nullptr;
};

}  // namespace router::http
