// bench_load: makes calls of a proxy, verifies every answer, and prints what it saw as one line of
// JSON.
//
//   --mode calls    --connections C --calls N [--rate R]    closed loop; with R calls a second an
//   open loop, whose latency
//                                                           counts from the moment a call was meant
//                                                           to be sent
//   --mode streams  --connections N [--at-once M]           opens N streams; prints {"open":N} once
//   all of them are
//   --mode start    --runs N --cpu K -- command...          time from the start of a program to its
//   first answer
//
//   all: --port P --request FILE (head and body, as they are to be sent) --limit-s S
//        --expect-stream 1 --expect-bytes N --expect-events N --expect-head TEXT --expect-tail TEXT
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <memory>

#include "first_answer.hpp"
#include "generator.hpp"
#include "options.hpp"

namespace router::bench {
namespace {

std::string contents(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string quoted(const std::string& text) {
    std::string json = "\"";
    for (const char c : text.substr(0, 600)) {
        if (c == '"' || c == '\\') json += '\\';
        json += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return json + '"';
}

double microseconds_at(const std::vector<std::chrono::nanoseconds>& sorted, double part) {
    if (sorted.empty()) return 0;
    const auto index = static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1));
    return std::chrono::duration<double, std::micro>(sorted[index]).count();
}

Load load_from(const Options& options) {
    const bool is_streams = options.text("mode", "calls") == "streams";
    Load load;
    load.port = static_cast<std::uint16_t>(options.number("port", 0));
    load.connections = options.number("connections", 1);
    load.request = contents(options.text("request", ""));
    load.expected = {.stream = options.number("expect-stream", 0) != 0,
                     .bytes = options.number("expect-bytes", 0),
                     .events = options.number("expect-events", 0),
                     .head = options.text("expect-head", ""),
                     .tail = options.text("expect-tail", "")};
    load.schedule.calls = is_streams ? load.connections : options.number("calls", 1);
    load.schedule.rate = static_cast<double>(options.number("rate", 0));
    load.schedule.at_once_max = options.number("at-once", is_streams ? 64 : UINT64_MAX);
    load.limit = std::chrono::seconds(options.number("limit-s", 60));
    load.announces_open = is_streams;
    return load;
}

void print(Outcome& outcome) {
    std::ranges::sort(outcome.latencies);
    std::printf(
        "{\"calls\":%lu,\"errors\":%lu,\"events\":%lu,\"events_at_open\":%lu,\"most_open\":%zu,"
        "\"seconds\":%.4f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"first_error\":%s}\n",
        outcome.calls, outcome.errors, outcome.events, outcome.events_at_open, outcome.most_open,
        outcome.took.count(), microseconds_at(outcome.latencies, 0.5),
        microseconds_at(outcome.latencies, 0.99), quoted(outcome.first_error).c_str());
}

void print_first_answers(const Options& options) {
    const std::string request = contents(options.text("request", ""));
    const auto runs = options.number("runs", 10);
    std::printf("{\"start_ms\":[");
    for (std::uint64_t run = 0; run < runs; ++run) {
        const auto took =
            time_first_answer(options.command(), static_cast<int>(options.number("cpu", 0)),
                              static_cast<std::uint16_t>(options.number("port", 0)), request);
        std::printf("%s%.3f", run == 0 ? "" : ",",
                    std::chrono::duration<double, std::milli>(took).count());
    }
    std::printf("]}\n");
}

}  // namespace
}  // namespace router::bench

int main(int argc, char** argv) {
    using namespace router::bench;
    signal(SIGPIPE, SIG_IGN);
    const Options options(
        argc, argv,
        {"mode", "port", "connections", "calls", "rate", "at-once", "request", "limit-s", "runs",
         "cpu", "expect-stream", "expect-bytes", "expect-events", "expect-head", "expect-tail"});
    try {
        if (options.text("mode", "calls") == "start") {
            print_first_answers(options);
            return 0;
        }
        const auto generator = std::make_unique<Generator>(load_from(options));
        Outcome outcome = generator->run();
        print(outcome);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_load: %s\n", error.what());
        return 1;
    }
}
