#include "storage/sqlite.hpp"

#include <sqlite3.h>

namespace router::storage {
namespace {

SqliteFailure failure_of(int code, sqlite3* database) {
    const int kind = code & 0xff;
    return {.text = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code),
            .is_damage = kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB || kind == SQLITE_FORMAT};
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement& Statement::bind(std::string_view text) {
    // Bytes that are no UTF-8 are kept as they are; the text need not outlive the call.
    const int code = sqlite3_bind_text64(statement_.get(), ++bound_, text.data(), text.size(),
                                         SQLITE_TRANSIENT, SQLITE_UTF8);
    if (code != SQLITE_OK) failure_ = code;
    return *this;
}

Statement& Statement::bind(std::int64_t number) {
    const int code = sqlite3_bind_int64(statement_.get(), ++bound_, number);
    if (code != SQLITE_OK) failure_ = code;
    return *this;
}

Outcome Statement::run() {
    return each([](Statement&) {});
}

Outcome Statement::each(const std::function<void(Statement&)>& take) {
    auto* database = sqlite3_db_handle(statement_.get());
    int code = failure_ != 0 ? failure_ : SQLITE_ROW;
    while (code == SQLITE_ROW) {
        code = sqlite3_step(statement_.get());
        if (code == SQLITE_ROW) take(*this);
    }
    Outcome outcome;
    if (code != SQLITE_DONE) outcome = std::unexpected(failure_of(code, database));
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    bound_ = failure_ = 0;
    return outcome;
}

std::string Statement::text(int column) const {
    const auto* bytes = sqlite3_column_blob(statement_.get(), column);
    const auto size = sqlite3_column_bytes(statement_.get(), column);
    if (bytes == nullptr) return {};
    return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

std::int64_t Statement::number(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

void Sqlite::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

std::expected<std::unique_ptr<Sqlite>, SqliteFailure> Sqlite::open(const std::string& path) {
    constexpr int patience_milliseconds = 5000;
    sqlite3* opened = nullptr;
    const int code =
        sqlite3_open_v2(path.c_str(), &opened,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    std::unique_ptr<Sqlite> out(new Sqlite(opened));
    if (code != SQLITE_OK) return std::unexpected(failure_of(code, opened));
    sqlite3_extended_result_codes(opened, 1);
    sqlite3_busy_timeout(opened, patience_milliseconds);
    return out;
}

Outcome Sqlite::run(const char* sql) {
    const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr);
    if (code == SQLITE_OK) return {};
    return std::unexpected(failure_of(code, database_.get()));
}

std::expected<Statement, SqliteFailure> Sqlite::prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(database_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT,
                                        &statement, nullptr);
    if (code != SQLITE_OK) return std::unexpected(failure_of(code, database_.get()));
    return Statement(statement);
}

}  // namespace router::storage
