#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"

// Structured log lines, JSON or human, to standard error or a file. A line is written whole; lines
// of a thread are gathered and leave together: when 64 KB are reached, and at flush(). What must
// never be in a line: a key, a prompt, an answer.
namespace router::telemetry {

enum class Level : std::uint8_t { debug, info, warning, error };
enum class Format : std::uint8_t { human, json };

// Before the first line, or again when the log is to be reopened. An empty path is standard error.
Result<> open_log(const std::string& path, Level least, Format format);

std::optional<Level> level_named(std::string_view name);

// Builds one line. Numbers and words are appended in the order given; finish() hands the line over.
class Line {
 public:
    Line(Level level, std::string_view message);

    Line& text(std::string_view name, std::string_view value);  // left out when empty
    Line& number(std::string_view name, std::int64_t value);
    Line& milliseconds(std::string_view name, double value);  // with a fraction of three digits
    Line& dollars(std::string_view name, double value);  // as few digits as tell it exactly
    Line& flag(std::string_view name, bool value);
    void finish();

 private:
    void begin_field(std::string_view name);
    bool wanted_;
    bool was_empty_ = false;
    bool json_ = false;
    std::string& out_;
};

using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;
void log(Level level, std::string_view message, Fields fields = {});

// Hands this thread's gathered lines to the kernel.
void flush();

// Called on this thread whenever a line is the first to be gathered: time to see to it that flush()
// is called soon.
void on_first_gathered(std::function<void()> told);

}  // namespace router::telemetry
