#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "accounting/price.hpp"
#include "base/error.hpp"
#include "canonical/usage.hpp"

namespace router::accounting {

// What is kept of a call. It is written when it leaves scope, come what may: one structured log
// line, without a key, a prompt or an answer.
class CallRecord {
 public:
    using Clock = std::chrono::steady_clock;

    CallRecord(std::string id, std::string_view path) : path(path), id_(std::move(id)) {}
    ~CallRecord();
    CallRecord(const CallRecord&) = delete;
    CallRecord& operator=(const CallRecord&) = delete;

    const std::string& id() const { return id_; }

    void asked_upstream() {
        if (upstream_began_ == Clock::time_point()) upstream_began_ = Clock::now();
        ++attempts;
    }
    void first_byte() {
        if (first_byte_ == Clock::time_point()) first_byte_ = Clock::now();
    }
    void upstream_ended() { upstream_ended_ = Clock::now(); }
    void attempt_failed(const Error& error);  // that of `target`; another one may follow
    void failed(const Error& error);
    bool has_failed() const { return !error_.empty(); }

    double total_ms() const;
    double upstream_ms()
        const;  // from the first attempt's beginning to the last byte from an upstream

    std::string_view path;  // must outlive the record, as caller and provider must
    std::string_view caller;
    std::string user;  // the person behind the caller, as far as it is told
    std::string user_email;
    std::string chat;    // Open WebUI's id of the chat
    std::string task;    // what the program asks for its own ends; empty: a person asks
    std::string model;   // as the client asked
    std::string target;  // provider/model
    std::string_view provider;
    int status = 0;
    bool is_streaming = false;
    canonical::Usage usage;
    const Prices* prices = nullptr;  // of the target; must outlive the record
    std::string finish_reason;
    std::string losses;  // fields of the request that the target's dialect cannot say
    int attempts = 0;
    int dropped_events = 0;
    std::uint64_t bytes_in = 0, bytes_out = 0;

 private:
    std::string id_;
    Clock::time_point began_ = Clock::now();
    Clock::time_point upstream_began_{}, first_byte_{}, upstream_ended_{};
    std::string error_;
    std::string failures_;  // "groq/llama 503, groq/llama 429"
};

}  // namespace router::accounting
