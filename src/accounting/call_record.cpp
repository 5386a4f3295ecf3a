#include "accounting/call_record.hpp"

#include "telemetry/log.hpp"

namespace router::accounting {
namespace {

constexpr std::size_t word_limit = 64;  // of what an upstream makes us write

double milliseconds_between(CallRecord::Clock::time_point from, CallRecord::Clock::time_point to) {
    return std::chrono::duration<double, std::milli>(to - from).count();
}

}  // namespace

double CallRecord::total_ms() const { return milliseconds_between(began_, Clock::now()); }

double CallRecord::upstream_ms() const {
    if (upstream_began_ == Clock::time_point()) return 0;
    const auto end = upstream_ended_ == Clock::time_point() ? Clock::now() : upstream_ended_;
    return milliseconds_between(upstream_began_, end);
}

void CallRecord::attempt_failed(const Error& error) {
    if (failures_.size() > 8 * word_limit) return;
    if (!failures_.empty()) failures_ += ", ";
    failures_ += target.substr(0, 2 * word_limit) + ' ' + std::to_string(error.http_status());
}

void CallRecord::failed(const Error& error) {
    if (status == 0) status = error.http_status();
    if (error.kind == ErrorKind::upstream_refused) {  // its words may quote the prompt: they are
                                                      // for the client alone
        error_ = "the provider refused: status " + std::to_string(error.http_status());
        if (!error.code.empty()) error_ += ", code " + error.code.substr(0, word_limit);
        return;
    }
    error_ = error.detail.empty() ? error.message : error.message + " (" + error.detail + ")";
}

CallRecord::~CallRecord() {
    telemetry::Line line(error_.empty() ? telemetry::Level::info : telemetry::Level::warning,
                         "call");
    line.text("id", id_)
        .text("caller", caller)
        .text("user", user)
        .text("user_email", user_email)
        .text("chat", chat)
        .text("task", task)
        .text("method", "POST")
        .text("path", path)
        .text("model", model);
    line.text("target", target)
        .text("provider", provider)
        .number("status", status)
        .flag("stream", is_streaming);
    if (usage.is_known) {
        line.number("prompt_tokens", static_cast<std::int64_t>(usage.prompt));
        line.number("completion_tokens", static_cast<std::int64_t>(usage.completion));
        line.number("total_tokens", static_cast<std::int64_t>(usage.total));
        if (usage.cached > 0) line.number("cached_tokens", static_cast<std::int64_t>(usage.cached));
        if (usage.reasoning > 0)
            line.number("reasoning_tokens", static_cast<std::int64_t>(usage.reasoning));
        const auto cost = usage.cost || !prices ? usage.cost : cost_of(usage, *prices);
        if (cost) line.dollars("cost", *cost);
    }
    if (first_byte_ != Clock::time_point())
        line.milliseconds("ttfb_ms", milliseconds_between(began_, first_byte_));
    const auto total = total_ms();
    const auto upstream = upstream_ms();
    line.milliseconds("upstream_ms", upstream)
        .milliseconds("total_ms", total)
        .milliseconds("overhead_ms", total - upstream);
    line.number("bytes_in", static_cast<std::int64_t>(bytes_in))
        .number("bytes_out", static_cast<std::int64_t>(bytes_out));
    line.text("finish", std::string_view(finish_reason).substr(0, word_limit))
        .number("attempts", attempts);
    if (attempts > 1) line.text("failed_attempts", failures_);
    line.text("losses", std::string_view(losses).substr(0, 8 * word_limit));
    if (dropped_events > 0) line.number("dropped_events", dropped_events);
    line.text("error", error_).finish();
}

}  // namespace router::accounting
