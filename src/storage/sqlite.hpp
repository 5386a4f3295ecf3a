#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace router::storage {

struct SqliteFailure {
    std::string text;
    bool is_damage = false;  // what the file holds is no database, or a broken one
};
using Outcome = std::expected<void, SqliteFailure>;

// A statement that is made once and run often. Its values are bound from the left.
class Statement {
 public:
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

    Statement& bind(std::string_view text);
    Statement& bind(std::int64_t number);

    Outcome run();                                              // to its end, whatever it gives
    Outcome each(const std::function<void(Statement&)>& take);  // take() for each row

    std::string text(int column) const;
    std::int64_t number(int column) const;

 private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    int bound_ = 0;
    int failure_ = 0;
};

// An open database file.
class Sqlite {
 public:
    static std::expected<std::unique_ptr<Sqlite>, SqliteFailure> open(const std::string& path);

    Outcome run(const char* sql);
    std::expected<Statement, SqliteFailure> prepare(const char* sql);

 private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    explicit Sqlite(sqlite3* database) : database_(database) {}
    std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace router::storage
