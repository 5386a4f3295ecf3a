#include "answer_reader.hpp"

#include <strings.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace router::bench {
namespace {

using std::string_view;

constexpr std::size_t kept = 2048;  // of a body's beginning and end
constexpr string_view event_start = "data:";
constexpr std::size_t not_an_event = event_start.size() + 1;

bool starts_as(string_view line, string_view name) {
    return line.size() >= name.size() && strncasecmp(line.data(), name.data(), name.size()) == 0;
}

string_view value_of(string_view line) {
    line.remove_prefix(line.find(':') + 1);
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    return line;
}

}  // namespace

void AnswerReader::start_over() {
    framing_ = Framing::head;
    status_ = 0;
    chunked_ = has_length_ = broken_ = false;
    keeps_connection_ = true;
    left_ = body_bytes_ = matched_ = 0;
    events_ = 0;
    line_.clear();
    first_.clear();
    last_.clear();
}

bool AnswerReader::feed(string_view bytes) {
    while (!bytes.empty() && framing_ != Framing::over) {
        switch (framing_) {
            case Framing::head: {
                const auto before = line_.size();
                line_ += bytes;
                const auto end = line_.find("\r\n\r\n", before > 3 ? before - 3 : 0);
                if (end == string_view::npos) return false;
                bytes.remove_prefix(end + 4 - before);
                line_.resize(end + 2);
                read_head();
                break;
            }
            case Framing::chunk_size:
                if (take_line(bytes)) read_chunk_size();
                break;
            case Framing::chunk_end:
                if (take_line(bytes)) framing_ = Framing::chunk_size;
                break;
            case Framing::trailer: {
                if (!take_line(bytes)) break;
                if (line_ == "\r\n") framing_ = Framing::over;
                line_.clear();
                break;
            }
            case Framing::length:
            case Framing::chunk: {
                const auto count = std::min(left_, bytes.size());
                take_body(bytes.substr(0, count));
                bytes.remove_prefix(count);
                left_ -= count;
                if (left_ == 0)
                    framing_ = framing_ == Framing::chunk ? Framing::chunk_end : Framing::over;
                break;
            }
            case Framing::until_close:
                take_body(bytes);
                return false;
            case Framing::over:
                break;
        }
    }
    if (!bytes.empty()) broken_ = true;
    return framing_ == Framing::over;
}

// Moves a line into line_; chunk_end and chunk_size leave it empty for the next.
bool AnswerReader::take_line(string_view& bytes) {
    const auto end = bytes.find('\n');
    const auto count = end == string_view::npos ? bytes.size() : end + 1;
    line_ += bytes.substr(0, count);
    bytes.remove_prefix(count);
    if (end == string_view::npos) return false;
    if (framing_ == Framing::chunk_end) line_.clear();
    return true;
}

void AnswerReader::read_chunk_size() {
    const auto [end, error] = std::from_chars(line_.data(), line_.data() + line_.size(), left_, 16);
    line_.clear();
    if (error != std::errc{}) {
        broken_ = true;
        framing_ = Framing::over;
        return;
    }
    framing_ = left_ == 0 ? Framing::trailer : Framing::chunk;
}

void AnswerReader::read_head() {
    std::from_chars(line_.data() + std::min<std::size_t>(9, line_.size()),
                    line_.data() + line_.size(), status_);
    string_view rest = line_;
    while (!rest.empty()) {
        const auto end = rest.find("\r\n");
        read_header(rest.substr(0, end));
        rest.remove_prefix(end + 2);
    }
    line_.clear();
    framing_ = chunked_      ? Framing::chunk_size
               : has_length_ ? Framing::length
                             : Framing::until_close;
    if (framing_ == Framing::length && left_ == 0) framing_ = Framing::over;
}

void AnswerReader::read_header(string_view line) {
    if (starts_as(line, "content-length:")) {
        const string_view value = value_of(line);
        std::from_chars(value.data(), value.data() + value.size(), left_);
        has_length_ = true;
    } else if (starts_as(line, "transfer-encoding:")) {
        chunked_ = starts_as(value_of(line), "chunked");
    } else if (starts_as(line, "connection:")) {
        keeps_connection_ = !starts_as(value_of(line), "close");
    }
}

void AnswerReader::take_body(string_view bytes) {
    body_bytes_ += bytes.size();
    if (first_.size() < kept) first_ += bytes.substr(0, kept - first_.size());
    if (bytes.size() >= kept) {
        last_ = bytes.substr(bytes.size() - kept);
    } else {
        last_ += bytes;
        if (last_.size() > 2 * kept) last_.erase(0, last_.size() - kept);
    }
    count_events(bytes);
}

void AnswerReader::count_events(string_view bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        if (matched_ == not_an_event) {  // look for the next line
            const auto end = bytes.find('\n', at);
            if (end == string_view::npos) return;
            at = end + 1;
            matched_ = 0;
        } else {
            matched_ = bytes[at] == event_start[matched_] ? matched_ + 1 : not_an_event;
            if (bytes[at] == '\n') matched_ = 0;
            ++at;
            if (matched_ == event_start.size()) {
                ++events_;
                matched_ = not_an_event;
            }
        }
    }
}

std::string AnswerReader::complaint(const Expectation& expected) const {
    if (status_ != 200) return "status " + std::to_string(status_) + ": " + first_.substr(0, 300);
    if (broken_) return "the framing is broken";
    if (body_bytes_ < expected.bytes) return std::to_string(body_bytes_) + " bytes of body";
    if (!first_.contains(expected.head)) return "no " + expected.head + " in " + first_;
    if (!last_.contains(expected.tail)) return "no " + expected.tail + " in " + last_;
    if (!expected.stream) return {};
    if (expected.events != 0 && events_ != expected.events)
        return std::to_string(events_) + " events";
    const auto end = last_.find_last_not_of("\r\n");
    if (!string_view(last_).substr(0, end + 1).ends_with("data: [DONE]"))
        return "no [DONE] at the end: " + last_.substr(0, 300);
    return {};
}

}  // namespace router::bench
