#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "storage/record.hpp"
#include "storage/sqlite.hpp"

namespace router::storage {

enum class Table : std::uint8_t { signatures, responses };

struct Change {
    Table table = Table::signatures;
    RecordPointer record{};  // to be written
    std::string removed{};   // else the id of one to be removed
};

// The file that records outlive the program in, and the thread that writes it. Reading is for the
// start alone; later nothing waits for it.
class StateFile {
 public:
    using Warn = std::function<void(const std::string& sentence)>;

    // A file that is damaged is moved aside and begun anew; one that cannot be opened is done
    // without.
    StateFile(std::string path, Warn warn);
    ~StateFile();  // writes what waits
    StateFile(const StateFile&) = delete;
    StateFile& operator=(const StateFile&) = delete;

    // The newest records that have not expired, the oldest of them first. Before start().
    std::vector<Record> newest(Table table, const Limits& limits, std::int64_t now);
    // What the file may hold of a table. Before start().
    void bound(Table table, const Limits& limits);

    void start();
    void write(Change change);  // from any thread; returns at once
    void flush();

 private:
    void open();
    void run();
    void apply(const std::vector<Change>& changes);
    Outcome write_all(const std::vector<Change>& changes);
    Outcome trim();
    void begin_anew(const std::string& why);
    void tell(const std::string& sentence);

    const std::string path_;
    Warn warn_;
    std::unique_ptr<Sqlite> database_;  // null: there is none to be had
    Limits bounds_[2];
    int writes_since_trim_ = 0;
    bool is_in_trouble_ = false;  // and has said so

    std::mutex mutex_;
    std::condition_variable changed_;
    std::condition_variable written_;
    std::vector<Change> waiting_;
    std::size_t waiting_bytes_ = 0;
    bool is_writing_ = false;
    bool is_flushing_ = false;
    bool is_stopping_ = false;
    std::thread thread_;
};

}  // namespace router::storage
