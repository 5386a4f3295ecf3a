#include "http/spool.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "http/loop.hpp"

namespace router::http {
namespace {

std::string folder() {
    const char* named = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): nobody sets it
    if (named != nullptr && *named != '\0') return named;
    return ::access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp";
}

std::unexpected<Error> no_room(int why) {
    Error error{.kind = ErrorKind::unavailable,
                .message = std::string("The router cannot keep a request of this length: ") +
                           std::strerror(why) + "."};
    error.detail = "in " + folder() + ", see TMPDIR";
    return std::unexpected(std::move(error));
}

// Not every file system knows files without a name.
int open_unnamed(const std::string& where) {
    const int unnamed = ::open(where.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    if (unnamed >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return unnamed;
    auto name = where + "/llm-router-XXXXXX";
    const int named = ::mkostemp(name.data(), O_CLOEXEC);
    if (named >= 0) ::unlink(name.c_str());
    return named;
}

}  // namespace

Result<std::unique_ptr<Spool>> Spool::open() {
    const int descriptor = open_unnamed(folder());
    if (descriptor < 0) return no_room(errno);
    return std::unique_ptr<Spool>(new Spool(descriptor));
}

Spool::~Spool() {
    if (mapped_ != nullptr) ::munmap(const_cast<char*>(mapped_), size_ + padding_bytes);
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<> Spool::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return no_room(errno);
        size_ += static_cast<std::size_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<std::string_view> Spool::view() {
    if (mapped_ == nullptr) {
        const auto length = size_ + padding_bytes;
        if (::ftruncate(descriptor_, static_cast<off_t>(length)) != 0) return no_room(errno);
        void* mapped = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, descriptor_, 0);
        if (mapped == MAP_FAILED) return no_room(errno);
        ::madvise(mapped, length, MADV_SEQUENTIAL);
        mapped_ = static_cast<const char*>(mapped);
        ::close(std::exchange(descriptor_, -1));  // the mapping keeps the file
    }
    return std::string_view(mapped_, size_);
}

}  // namespace router::http
