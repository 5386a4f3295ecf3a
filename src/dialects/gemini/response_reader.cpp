#include "dialects/gemini/response_reader.hpp"

#include <algorithm>
#include <utility>

#include "base/ids.hpp"
#include "dialects/broken_answer.hpp"
#include "dialects/gemini/logprobs.hpp"
#include "dialects/gemini/members.hpp"
#include "dialects/upstream_error.hpp"

namespace router::dialects::gemini {
namespace {

namespace json = wire::json;

constexpr int most_candidates = 64;

std::string id_letters(std::string_view id) {
    std::string letters;
    for (const char c : id) {
        const bool is_good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (is_good && letters.size() < 28) letters += c;
    }
    return letters;
}

}  // namespace

Result<bool> ResponseReader::read(std::string_view text, canonical::EventSink& sink) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || text[first] != '[') return read_response(text, sink);
    std::vector<std::string_view> responses;
    bool is_json = false;
    {
        auto document = json::read(text);
        json::value list;
        if (document.get_value().get(list) != simdjson::SUCCESS) return false;
        json::each_element(list, [&](json::value& one) { responses.push_back(json::raw(one)); });
        is_json = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    }
    for (const auto response : responses) {
        if (auto read = read_response(response, sink); !read) return read;
    }
    return is_json;
}

void ResponseReader::start(const std::string& model, canonical::EventSink& sink) {
    if (std::exchange(has_started_, true)) return;
    canonical::Started started;
    started.id = id_;
    started.model = model;
    started.service_tier = counts_.service_tier();
    sink.take(started);
}

// Members come in any order, but what a stream begins with must be known before its candidates:
// those of the first response wait until all else has been read.
Result<bool> ResponseReader::read_response(std::string_view text, canonical::EventSink& sink) {
    std::string model, error;
    std::string_view waiting;
    bool has_usage = false, is_json = false;
    {
        auto document = json::read(text);
        json::value response;
        if (document.get_value().get(response) != simdjson::SUCCESS) return false;
        each_field(response, [&](std::string_view key, json::value& value) {
            if (key == "candidates") {
                if (has_started_) return read_candidates(value, sink);
                waiting = json::raw(value);
            } else if (key == "usageMetadata") {
                counts_.read(value);
                has_usage = true;
            } else if (key == "promptFeedback") {
                read_feedback(value);
            } else if (key == "responseId") {
                if (!has_started_) id_ = json::text_or_empty(value);
            } else if (key == "modelVersion") {
                model = json::text_or_empty(value);
            } else if (key == "error" && !json::is_null(value)) {
                error = "{\"error\":" + std::string(json::raw(value)) + "}";
            }
        });
        is_json = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    }
    if (!error.empty()) return std::unexpected(decode_upstream_error(200, error, "The provider"));
    if (!is_json) return false;
    start(model, sink);
    if (!waiting.empty()) {
        auto document = json::read(waiting);
        json::value candidates;
        if (document.get_value().get(candidates) == simdjson::SUCCESS)
            read_candidates(candidates, sink);
    }
    if (has_usage && counts_.usage().is_known) sink.take(canonical::Used{.usage = counts_.usage()});
    return true;
}

void ResponseReader::read_feedback(json::value& feedback) {
    each_field(feedback, [&](std::string_view key, json::value& value) {
        if (key == "blockReason") block_reason_ = json::text_or_empty(value);
        if (key == "blockReasonMessage") block_message_ = text_of(value).escaped;
    });
}

Candidate& ResponseReader::candidate(int index) {
    const auto found = std::ranges::find(candidates_, index, &Candidate::index);
    return found == candidates_.end() ? candidates_.emplace_back(index) : *found;
}

void ResponseReader::read_candidates(json::value& candidates, canonical::EventSink& sink) {
    int next = 0;
    json::each_element(candidates, [&](json::value& one) { read_candidate(one, next, sink); });
}

// The index decides whose parts these are, wherever it stands among the members. One that is left
// out is 0, as proto JSON has it, or where none has one the `next`.
void ResponseReader::read_candidate(json::value& element, int& next, canonical::EventSink& sink) {
    std::int64_t index = next++;
    std::string reason, message, logprobs;
    Grounding grounding;
    parts_.clear();
    each_field(element, [&](std::string_view key, json::value& value) {
        if (key == "content") {
            each_field(value, [&](std::string_view name, json::value& parts) {
                if (name != "parts") return;
                json::each_element(parts,
                                   [&](json::value& part) { parts_.push_back(read_part(part)); });
            });
        } else if (key == "index") {
            index = json::integer(value).value_or(index);
            next = 0;
        } else if (key == "finishReason") {
            reason = json::text_or_empty(value);
        } else if (key == "finishMessage") {
            message = text_of(value).escaped;
        } else if (key == "groundingMetadata") {
            grounding.read_grounding(value);
        } else if (key == "citationMetadata") {
            grounding.read_citations(value);
        } else if (key == "urlContextMetadata") {
            grounding.read_pages(value);
        } else if (key == "logprobsResult") {
            logprobs = logprobs_content(value);
        }
    });
    if (index < 0 || index >= most_candidates) return;
    auto& one = candidate(static_cast<int>(index));
    tell_parts(one, logprobs, sink);
    if (!reason.empty()) one.set_finish(reason);
    if (!message.empty()) one.set_message(message);
    one.grounding().add(std::move(grounding));
}

void ResponseReader::tell_parts(Candidate& one, const std::string& logprobs,
                                canonical::EventSink& sink) {
    canonical::Json waiting = logprobs;
    for (const auto& part : parts_) {
        const bool is_text = part.kind == PartKind::text && !part.is_thought;
        const bool needs_id = part.kind == PartKind::function_call && !part.name.empty();
        one.take(part, is_text ? std::exchange(waiting, {}) : canonical::Json(),
                 needs_id ? std::string_view(next_call_id()) : "", sink);
    }
}

// Unique beyond this answer, for the calls of a whole conversation stand beside each other.
const std::string& ResponseReader::next_call_id() {
    auto letters = id_letters(id_);
    if (letters.empty()) id_ = letters = new_id().substr(0, 24);
    return call_id_ = "call_" + letters + "_" + std::to_string(calls_++);
}

// A prompt that was blocked has no candidates at all.
void ResponseReader::refuse(canonical::EventSink& sink) {
    if (block_message_.empty())
        block_message_ = wire::escaped("The prompt was blocked: " + block_reason_);
    sink.take(canonical::BlockStarted{.kind = canonical::BlockKind::refusal});
    sink.take(canonical::BlockDelta{.text = {block_message_}});
    sink.take(canonical::BlockEnded{});
    canonical::Ending ending{.reason = canonical::Finish::content_filter, .detail = block_reason_};
    ending.explanation = {block_message_};
    sink.take(canonical::Ended{.ending = ending});
}

Result<> ResponseReader::finish(bool is_whole, canonical::EventSink& sink) {
    for (auto& one : candidates_) one.finish(is_whole, sink);
    const bool is_blocked = candidates_.empty() && !block_reason_.empty();
    if (is_blocked) refuse(sink);
    auto usage = counts_.usage();
    for (auto& one : candidates_) usage.web_searches += one.grounding().searches();
    if (usage.is_known) sink.take(canonical::Used{.usage = usage});
    const bool is_finished = is_whole || std::ranges::all_of(candidates_, &Candidate::is_finished);
    if (is_blocked || (!candidates_.empty() && is_finished)) return {};
    if (!candidates_.empty()) return ended_early();
    return fail(ErrorKind::upstream_broken, "The provider answered without a candidate.");
}

}  // namespace router::dialects::gemini
