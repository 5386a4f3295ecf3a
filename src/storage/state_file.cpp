#include "storage/state_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace router::storage {
namespace {

// The write-ahead log keeps what is committed whole through a killed program; NORMAL leaves at most
// the last moments to a machine that loses its power. https://www.sqlite.org/wal.html
// (read 2026-11-22)
constexpr const char* preparations =
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=NORMAL;"
    "PRAGMA auto_vacuum=INCREMENTAL;"
    "CREATE TABLE IF NOT EXISTS signatures (id TEXT PRIMARY KEY, owner TEXT NOT NULL, input TEXT "
    "NOT NULL, body TEXT NOT NULL, written INTEGER NOT NULL, expires INTEGER NOT NULL);"
    "CREATE INDEX IF NOT EXISTS signatures_written ON signatures (written);"
    "CREATE TABLE IF NOT EXISTS responses (id TEXT PRIMARY KEY, owner TEXT NOT NULL, input TEXT "
    "NOT NULL, body TEXT NOT NULL, written INTEGER NOT NULL, expires INTEGER NOT NULL);"
    "CREATE INDEX IF NOT EXISTS responses_written ON responses (written);";

struct TableSql {
    const char* select;
    const char* insert;
    const char* remove;
    const char* expire;
    const char* trim;
};

constexpr std::array<TableSql, 2> sql_of{{
    {"SELECT id, owner, input, body, written, expires FROM signatures WHERE expires > ? "
     "ORDER BY written DESC LIMIT ?",
     "INSERT OR REPLACE INTO signatures VALUES (?, ?, ?, ?, ?, ?)",
     "DELETE FROM signatures WHERE id = ?", "DELETE FROM signatures WHERE expires <= ?",
     "DELETE FROM signatures WHERE id IN (SELECT id FROM signatures ORDER BY written DESC LIMIT "
     "-1 OFFSET ?)"},
    {"SELECT id, owner, input, body, written, expires FROM responses WHERE expires > ? "
     "ORDER BY written DESC LIMIT ?",
     "INSERT OR REPLACE INTO responses VALUES (?, ?, ?, ?, ?, ?)",
     "DELETE FROM responses WHERE id = ?", "DELETE FROM responses WHERE expires <= ?",
     "DELETE FROM responses WHERE id IN (SELECT id FROM responses ORDER BY written DESC LIMIT -1 "
     "OFFSET ?)"},
}};

constexpr std::size_t most_waiting_bytes = std::size_t{64} << 20;
constexpr int writes_between_trims = 2000;
constexpr std::chrono::milliseconds linger{
    50};  // what comes so soon behind goes in one transaction

const TableSql& sql(Table table) { return sql_of[static_cast<std::size_t>(table)]; }

// The file holds what people said: nobody but its owner may read it. SQLite gives the files beside
// it the same mode.
std::string make_private_file(const std::string& path) {
    std::error_code failure;
    const auto folder = std::filesystem::path(path).parent_path();
    if (!folder.empty() && std::filesystem::create_directories(folder, failure)) {
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failure);
    }
    const int file =
        ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, S_IRUSR | S_IWUSR);
    if (file < 0) return std::generic_category().message(errno);
    const bool is_private = ::fchmod(file, S_IRUSR | S_IWUSR) == 0;
    const auto why = errno;
    ::close(file);
    return is_private ? std::string() : std::generic_category().message(why);
}

std::int64_t seconds_now() {
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace

StateFile::StateFile(std::string path, Warn warn) : path_(std::move(path)), warn_(std::move(warn)) {
    open();
}

StateFile::~StateFile() {
    {
        const std::scoped_lock lock(mutex_);
        is_stopping_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void StateFile::open() {
    if (const auto problem = make_private_file(path_); !problem.empty()) {
        return tell("the state file " + path_ + " cannot be opened (" + problem +
                    "); nothing outlives this run");
    }
    for (int attempt = 0; attempt < 2; ++attempt) {
        auto opened = Sqlite::open(path_);
        auto outcome =
            opened ? (*opened)->run(preparations) : Outcome(std::unexpected(opened.error()));
        if (outcome) {
            database_ = std::move(*opened);
            return;
        }
        if (opened) opened->reset();
        if (attempt > 0 || !outcome.error().is_damage) {
            return tell("the state file " + path_ + " cannot be used (" + outcome.error().text +
                        "); nothing outlives this run");
        }
        begin_anew(outcome.error().text);
    }
}

// Moves the damaged file, and what SQLite keeps beside it, out of the way.
void StateFile::begin_anew(const std::string& why) {
    database_.reset();
    const auto aside = path_ + ".damaged-" + std::to_string(seconds_now());
    for (const auto* end : {"", "-wal", "-shm"}) {
        std::error_code failure;
        std::filesystem::rename(path_ + end, aside + end, failure);
    }
    make_private_file(path_);
    tell("the state file " + path_ + " is damaged (" + why + "); it is " + aside +
         " now, and a new one is begun");
}

std::vector<Record> StateFile::newest(Table table, const Limits& limits, std::int64_t now) {
    std::vector<Record> out;
    if (!database_) return out;
    std::size_t bytes = 0;
    auto statement = database_->prepare(sql(table).select);
    Outcome outcome;
    if (!statement) outcome = std::unexpected(statement.error());
    if (statement) {
        statement->bind(now).bind(static_cast<std::int64_t>(limits.count));
        outcome = statement->each([&](Statement& row) {
            if (bytes > limits.bytes) return;
            out.push_back({.id = row.text(0),
                           .owner = row.text(1),
                           .input = row.text(2),
                           .body = row.text(3),
                           .written = row.number(4),
                           .expires = row.number(5)});
            bytes += size_of(out.back());
        });
    }
    if (!outcome) {
        statement = std::unexpected(outcome.error());  // before the database that it belongs to
        if (outcome.error().is_damage) {
            begin_anew(outcome.error().text);
            open();
        } else {
            tell("the state file " + path_ + " cannot be read (" + outcome.error().text + ")");
        }
    }
    std::ranges::reverse(out);
    return out;
}

void StateFile::bound(Table table, const Limits& limits) {
    bounds_[static_cast<std::size_t>(table)] = limits;
}

void StateFile::start() {
    if (database_) thread_ = std::thread([this] { run(); });
}

void StateFile::write(Change change) {
    if (!thread_.joinable()) return;
    const auto size = change.record ? size_of(*change.record) : change.removed.size();
    {
        const std::scoped_lock lock(mutex_);
        // A disk that cannot follow costs what comes now, not our memory. What is removed, though,
        // must not come back.
        if (change.record && waiting_bytes_ + size > most_waiting_bytes) return;
        waiting_bytes_ += size;
        waiting_.push_back(std::move(change));
    }
    changed_.notify_one();
}

void StateFile::flush() {
    if (!thread_.joinable()) return;
    std::unique_lock lock(mutex_);
    is_flushing_ = true;
    changed_.notify_all();
    written_.wait(lock, [this] { return waiting_.empty() && !is_writing_; });
    is_flushing_ = false;
}

void StateFile::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return is_stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        changed_.wait_for(lock, linger, [this] { return is_stopping_ || is_flushing_; });
        const auto changes = std::exchange(waiting_, {});
        waiting_bytes_ = 0;
        is_writing_ = true;
        lock.unlock();
        apply(changes);
        lock.lock();
        is_writing_ = false;
        written_.notify_all();
    }
}

void StateFile::apply(const std::vector<Change>& changes) {
    if (!database_) return;
    auto outcome = write_all(changes);
    if (!outcome && outcome.error().is_damage) {
        begin_anew(outcome.error().text);
        open();
        if (!database_) return;
        outcome = write_all(changes);
    }
    if (outcome) {
        is_in_trouble_ = false;
    } else if (!std::exchange(is_in_trouble_, true)) {
        tell("the state file " + path_ + " cannot be written (" + outcome.error().text + ")");
    }
}

Outcome StateFile::write_all(const std::vector<Change>& changes) {
    if (auto begun = database_->run("BEGIN IMMEDIATE"); !begun) return begun;
    const auto all = [&]() -> Outcome {
        for (const auto& change : changes) {
            auto statement = database_->prepare(change.record ? sql(change.table).insert
                                                              : sql(change.table).remove);
            if (!statement) return std::unexpected(statement.error());
            if (const auto* record = change.record.get()) {
                statement->bind(record->id).bind(record->owner).bind(record->input);
                statement->bind(record->body).bind(record->written).bind(record->expires);
            } else {
                statement->bind(change.removed);
            }
            if (auto outcome = statement->run(); !outcome) return outcome;
        }
        return trim();
    };
    auto outcome = all();
    if (outcome) outcome = database_->run("COMMIT");
    if (!outcome) static_cast<void>(database_->run("ROLLBACK"));
    writes_since_trim_ += static_cast<int>(changes.size());
    return outcome;
}

// What has expired, and what is more than the bounds allow, goes now and then; its room in the file
// is used again.
Outcome StateFile::trim() {
    if (writes_since_trim_ < writes_between_trims) return {};
    writes_since_trim_ = 0;
    for (const auto table : {Table::signatures, Table::responses}) {
        const auto most = bounds_[static_cast<std::size_t>(table)].count;
        const std::pair<const char*, std::int64_t> steps[] = {
            {sql(table).expire, seconds_now()},
            {sql(table).trim, static_cast<std::int64_t>(most)},
        };
        for (const auto& [text, value] : steps) {
            auto statement = database_->prepare(text);
            if (!statement) return std::unexpected(statement.error());
            if (auto outcome = statement->bind(value).run(); !outcome) return outcome;
        }
    }
    return {};
}

void StateFile::tell(const std::string& sentence) {
    if (warn_) warn_(sentence);
}

}  // namespace router::storage
