#include "accounting/call_record.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "telemetry/log.hpp"
#include "wire/json.hpp"

namespace router::accounting {
namespace {

// The line of a call that went as `happened` says.
std::string line_of(const std::function<void(CallRecord&)>& happened) {
    const auto path = testing::TempDir() + "open_llm_router_call_record_test_" +
                      std::to_string(::getpid()) + ".log";
    std::remove(path.c_str());
    EXPECT_TRUE(telemetry::open_log(path, telemetry::Level::info, telemetry::Format::json));
    {
        CallRecord record("id-1", "/v1/chat/completions");
        happened(record);
    }
    telemetry::flush();
    EXPECT_TRUE(telemetry::open_log("", telemetry::Level::info, telemetry::Format::human));
    std::ifstream file(path, std::ios::binary);
    std::string line{std::istreambuf_iterator<char>(file), {}};
    EXPECT_TRUE(wire::json::is_valid(line)) << line;
    return line;
}

bool has(const std::string& line, std::string_view text) {
    return line.find(text) != std::string::npos;
}

TEST(CallRecord, IsWrittenAsOneLineWhenItEnds) {
    const auto line = line_of([](CallRecord& record) {
        record.caller = "master";
        record.model = "gpt";
        record.target = "openai/gpt-4o";
        record.provider = "openai";
        record.status = 200;
        record.is_streaming = true;
        record.usage = {.prompt = 3,
                        .completion = 4,
                        .total = 7,
                        .cached = 2,
                        .reasoning = 1,
                        .is_known = true};
        record.finish_reason = "stop";
        record.bytes_in = 10;
        record.bytes_out = 20;
        record.asked_upstream();
        record.first_byte();
        record.upstream_ended();
    });
    for (const auto* text : {"\"level\":\"info\"",
                             "\"msg\":\"call\"",
                             "\"id\":\"id-1\"",
                             "\"caller\":\"master\"",
                             "\"path\":\"/v1/chat/completions\"",
                             "\"model\":\"gpt\"",
                             "\"target\":\"openai/gpt-4o\"",
                             "\"provider\":\"openai\"",
                             "\"status\":200",
                             "\"stream\":true",
                             "\"prompt_tokens\":3",
                             "\"completion_tokens\":4",
                             "\"total_tokens\":7",
                             "\"cached_tokens\":2",
                             "\"reasoning_tokens\":1",
                             "\"ttfb_ms\":",
                             "\"upstream_ms\":",
                             "\"total_ms\":",
                             "\"overhead_ms\":",
                             "\"bytes_in\":10",
                             "\"bytes_out\":20",
                             "\"finish\":\"stop\"",
                             "\"attempts\":1"}) {
        EXPECT_TRUE(has(line, text)) << text << " in " << line;
    }
    EXPECT_FALSE(has(line, "\"error\""));
    EXPECT_FALSE(has(line, "dropped_events"));
    EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST(CallRecord, SaysNothingOfWhatIsNotKnown) {
    const auto line = line_of([](CallRecord&) {});
    for (const auto* text : {"tokens", "ttfb_ms", "caller", "target", "finish", "error"})
        EXPECT_FALSE(has(line, text)) << text;
    EXPECT_TRUE(has(line, "\"upstream_ms\":0.000"));
}

TEST(CallRecord, CountsAttempts) {
    const auto line = line_of([](CallRecord& record) {
        record.asked_upstream();
        record.asked_upstream();
        record.upstream_ended();
    });
    EXPECT_TRUE(has(line, "\"attempts\":2"));
}

TEST(CallRecord, TellsWhoFailedBeforeAnotherOneAnswered) {
    const auto line = line_of([](CallRecord& record) {
        record.asked_upstream();
        record.target = "openai/a";
        record.attempt_failed({.kind = ErrorKind::upstream_refused, .message = "", .status = 429});
        record.asked_upstream();
        record.target = "groq/b";
        record.attempt_failed({.kind = ErrorKind::upstream_timeout, .message = ""});
        record.asked_upstream();
        record.target = "xai/c";
    });
    EXPECT_TRUE(has(line, "\"failed_attempts\":\"openai/a 429, groq/b 504\""));
}

TEST(CallRecord, SaysNothingOfOneAttemptBesidesItsError) {
    const auto line = line_of([](CallRecord& record) {
        record.asked_upstream();
        record.attempt_failed({.kind = ErrorKind::upstream_timeout, .message = ""});
    });
    EXPECT_FALSE(has(line, "failed_attempts"));
}

TEST(CallRecord, TellsAFailureWithItsDetail) {
    const auto line = line_of([](CallRecord& record) {
        Error error{.kind = ErrorKind::upstream_unreachable, .message = "No connection."};
        error.detail = "connect: refused";
        record.failed(error);
    });
    EXPECT_TRUE(has(line, "\"level\":\"warning\""));
    EXPECT_TRUE(has(line, "\"status\":502"));
    EXPECT_TRUE(has(line, "\"error\":\"No connection. (connect: refused)\""));
}

TEST(CallRecord, KeepsTheWordsOfAnUpstreamOutOfTheLog) {
    const auto line = line_of([](CallRecord& record) {
        Error error{.kind = ErrorKind::upstream_refused,
                    .message = "Your prompt 'SECRET' is too long"};
        error.status = 400;
        error.code = "context_length_exceeded";
        record.failed(error);
    });
    EXPECT_FALSE(has(line, "SECRET"));
    EXPECT_TRUE(has(line, "the provider refused: status 400, code context_length_exceeded"));
}

TEST(CallRecord, KeepsTheStatusThatTheClientHasSeen) {
    const auto line = line_of([](CallRecord& record) {
        record.status = 200;
        record.dropped_events = 3;
        record.failed({.kind = ErrorKind::upstream_broken, .message = "cut"});
    });
    EXPECT_TRUE(has(line, "\"status\":200"));
    EXPECT_TRUE(has(line, "\"dropped_events\":3"));
}

}  // namespace
}  // namespace router::accounting
