#include "telemetry/log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <ctime>

#include "wire/json_text.hpp"

namespace router::telemetry {
namespace {

constexpr std::size_t gathered_limit = 64 << 10;

struct Log {
    std::atomic<int> descriptor{STDERR_FILENO};
    std::atomic<Level> least{Level::info};
    std::atomic<Format> format{Format::human};
};

Log& the_log() {
    static Log log;
    return log;
}

std::string with_room() {
    std::string lines;
    lines.reserve(gathered_limit + 4096);
    return lines;
}

struct Gathered {
    std::string lines = with_room();
    std::function<void()> told;
    ~Gathered() { write_out(); }
    void write_out() {
        std::string_view left = lines;
        while (!left.empty()) {
            const auto written = ::write(the_log().descriptor.load(), left.data(), left.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) break;  // a full disk costs log lines, never calls
            left.remove_prefix(static_cast<std::size_t>(written));
        }
        lines.clear();
    }
};

Gathered& gathered() {
    thread_local Gathered lines;
    return lines;
}

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};

// 2026-11-22T20:36:01.123Z; the part up to the second is made once a second.
void append_time(std::string& out) {
    thread_local std::time_t made_for = 0;
    thread_local std::array<char, 24> text{};
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (now.tv_sec != made_for) {
        std::tm parts{};
        gmtime_r(&now.tv_sec, &parts);
        std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
        made_for = now.tv_sec;
    }
    const auto thousandth = static_cast<int>(now.tv_nsec / 1'000'000);
    out.append(text.data(), 19);
    const std::array<char, 5> fraction{'.', static_cast<char>('0' + thousandth / 100),
                                       static_cast<char>('0' + thousandth / 10 % 10),
                                       static_cast<char>('0' + thousandth % 10), 'Z'};
    out.append(fraction.data(), fraction.size());
}

bool is_json() { return the_log().format.load(std::memory_order_relaxed) == Format::json; }

void append_integer(std::string& out, std::int64_t value) {
    std::array<char, 24> digits{};
    const auto* end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

}  // namespace

Result<> open_log(const std::string& path, Level least, Format format) {
    auto& log = the_log();
    log.least = least;
    log.format = format;
    int descriptor = STDERR_FILENO;
    if (!path.empty()) {
        descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
        if (descriptor < 0)
            return fail(ErrorKind::bad_request,
                        "log_file: cannot write " + path + ": " + std::strerror(errno));
    }
    const int before = log.descriptor.load();
    if (before != STDERR_FILENO && descriptor != STDERR_FILENO) {
        ::dup3(descriptor, before,
               O_CLOEXEC);  // other threads may be writing to it: the number stays
        ::close(descriptor);
    } else {
        log.descriptor = descriptor;
    }
    return {};
}

std::optional<Level> level_named(std::string_view name) {
    const auto found = std::ranges::find(level_names, name);
    if (found == level_names.end()) return std::nullopt;
    return static_cast<Level>(found - level_names.begin());
}

Line::Line(Level level, std::string_view message)
    : wanted_(level >= the_log().least.load(std::memory_order_relaxed)), out_(gathered().lines) {
    if (!wanted_) return;
    was_empty_ = out_.empty();
    json_ = is_json();
    const auto name = level_names[static_cast<std::size_t>(level)];
    if (json_) {
        out_ += "{\"time\":\"";
        append_time(out_);
        out_ += "\",\"level\":\"";
        out_ += name;
        out_ += "\",\"msg\":";
        wire::append_quoted(out_, message);
    } else {
        append_time(out_);
        out_ += ' ';
        out_ += name;
        out_ += ' ';
        out_ += message;
    }
}

void Line::begin_field(std::string_view name) {
    std::array<char, 40> text;  // NOLINT: filled as far as it is used
    auto* end = text.data();
    if (json_) {
        *end++ = ',';
        *end++ = '"';
        end += name.copy(end, 32);
        *end++ = '"';
        *end++ = ':';
    } else {
        *end++ = ' ';
        end += name.copy(end, 32);
        *end++ = '=';
    }
    out_.append(text.data(), static_cast<std::size_t>(end - text.data()));
}

Line& Line::text(std::string_view name, std::string_view value) {
    if (!wanted_ || value.empty()) return *this;
    begin_field(name);
    const bool is_plain = !json_ && std::ranges::all_of(value, [](char c) {
        return c > ' ' && c != '"' && c != 0x7f;
    });
    if (is_plain) {
        out_ += value;
    } else {
        wire::append_quoted(out_, value);
    }
    return *this;
}

Line& Line::number(std::string_view name, std::int64_t value) {
    if (!wanted_) return *this;
    begin_field(name);
    append_integer(out_, value);
    return *this;
}

Line& Line::milliseconds(std::string_view name, double value) {
    if (!wanted_) return *this;
    begin_field(name);
    const auto thousandths = static_cast<std::int64_t>(std::max(value, 0.0) * 1000 + 0.5);
    append_integer(out_, thousandths / 1000);
    const auto fraction = static_cast<int>(thousandths % 1000);
    const std::array<char, 4> text{'.', static_cast<char>('0' + fraction / 100),
                                   static_cast<char>('0' + fraction / 10 % 10),
                                   static_cast<char>('0' + fraction % 10)};
    out_.append(text.data(), text.size());
    return *this;
}

Line& Line::dollars(std::string_view name, double value) {
    if (!wanted_) return *this;
    begin_field(name);
    std::array<char, 400> digits{};  // a double's longest
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                   std::chars_format::fixed);
    out_.append(digits.data(), end.ptr);
    return *this;
}

Line& Line::flag(std::string_view name, bool value) {
    if (!wanted_) return *this;
    begin_field(name);
    out_ += value ? "true" : "false";
    return *this;
}

void Line::finish() {
    if (!wanted_) return;
    out_ += json_ ? "}\n" : "\n";
    if (out_.size() >= gathered_limit) {
        flush();
    } else if (was_empty_ && gathered().told) {
        gathered().told();
    }
}

void log(Level level, std::string_view message, Fields fields) {
    Line line(level, message);
    for (const auto& [name, value] : fields) line.text(name, value);
    line.finish();
}

void flush() { gathered().write_out(); }

void on_first_gathered(std::function<void()> told) { gathered().told = std::move(told); }

}  // namespace router::telemetry
