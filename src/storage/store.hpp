#pragma once

#include <functional>
#include <memory>
#include <string>

#include "config/settings.hpp"
#include "storage/response_store.hpp"
#include "storage/signature_store.hpp"

namespace router::storage {

class StateFile;

// What outlives a call: notes of thoughts, stored responses. They live in memory; a thread of its
// own writes them to a file (SQLite, for its owner alone to read) soon after, and the newest are
// read from it when the program starts. The file is never waited for.
//
//   settings  an empty path: memory alone
//   warn      told in a sentence what is wrong with the file; from any thread. A file that cannot
//             be used is no error: one that is damaged is moved aside, and without any the stores
//             are as good as memory
class Store {
 public:
    using Warn = std::function<void(const std::string& sentence)>;

    Store(const config::StorageSettings& settings, Warn warn, Now now);
    ~Store();  // writes what is not written yet
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    SignatureStore& signatures() { return signatures_; }
    ResponseStore& responses() { return responses_; }

    void flush();  // waits until all is written that was put before

 private:
    std::unique_ptr<StateFile> file_;  // null: none
    SignatureStore signatures_;
    ResponseStore responses_;
};

}  // namespace router::storage
