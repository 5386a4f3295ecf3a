#include "dialects/gemini/response_reader.hpp"

#include <algorithm>
#include <utility>

#include "base/ids.hpp"
#include "dialects/gemini/error.hpp"
#include "dialects/gemini/logprobs.hpp"
#include "dialects/gemini/members.hpp"

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
    std::string error;
    bool is_json = false;
    {
        auto document = json::read(text);
        json::value value;
        if (document.get_value().get(value) != simdjson::SUCCESS) return false;
        const auto read_one = [&](json::value& one) { read_response(one, error, sink); };
        if (json::type_of(value) == json::json_type::array) {
            is_json = json::each_element(value, read_one);
        } else {
            is_json = json::type_of(value) == json::json_type::object;
            if (is_json) read_one(value);
        }
    }
    if (!error.empty()) return std::unexpected(decode_error(200, error, "The provider"));
    return is_json;
}

// Members come in any order, but what a stream begins with must be known before its candidates.
void ResponseReader::start(json::object& members, canonical::EventSink& sink) {
    canonical::Started started;
    std::string model;
    for (auto member : members) {
        std::string_view name;
        json::value value;
        if (member.unescaped_key().get(name) != simdjson::SUCCESS) return;
        if (member.value().get(value) != simdjson::SUCCESS) return;
        const MemberName key(name);
        if (key.view() == "error") return;
        if (key.view() == "responseId") id_ = json::text_or_empty(value);
        if (key.view() == "modelVersion") model = json::text_or_empty(value);
        if (key.view() == "usageMetadata") counts_.read(value);
    }
    has_started_ = true;
    started.id = id_;
    started.model = model;
    started.service_tier = counts_.service_tier();
    sink.take(started);
}

void ResponseReader::read_response(json::value& response, std::string& error,
                                   canonical::EventSink& sink) {
    json::object members;
    bool is_empty = false;
    if (response.get_object().get(members) != simdjson::SUCCESS) return;
    if (!has_started_) {
        start(members, sink);
        if (members.reset().get(is_empty) != simdjson::SUCCESS) return;
    }
    bool has_usage = false;
    for (auto member : members) {
        std::string_view name;
        json::value value;
        if (member.unescaped_key().get(name) != simdjson::SUCCESS) return;
        if (member.value().get(value) != simdjson::SUCCESS) return;
        const MemberName made(name);
        const auto key = made.view();
        if (key == "candidates") {
            int next = 0;
            json::each_element(value, [&](json::value& one) { read_candidate(one, next, sink); });
        } else if (key == "usageMetadata") {
            counts_.read(value);
            has_usage = true;
        } else if (key == "promptFeedback") {
            read_feedback(value);
        } else if (key == "error" && !json::is_null(value)) {
            error = "{\"error\":" + std::string(json::raw(value)) + "}";
        }
    }
    if (has_usage && counts_.usage().is_known) sink.take(canonical::Used{.usage = counts_.usage()});
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

// The index decides whose parts these are, wherever it stands among the members. One that is left
// out is 0, as proto JSON has it, or where none has one the `next`.
void ResponseReader::read_candidate(json::value& element, int& next, canonical::EventSink& sink) {
    json::object members;
    if (element.get_object().get(members) != simdjson::SUCCESS) return;
    std::int64_t index = next;
    bool has_index = false;
    logprobs_.clear();
    const auto walk = [&](auto&& visit) {
        for (auto member : members) {
            std::string_view name;
            json::value value;
            if (member.unescaped_key().get(name) != simdjson::SUCCESS) return;
            if (member.value().get(value) != simdjson::SUCCESS) return;
            visit(MemberName(name).view(), value);
        }
    };
    walk([&](std::string_view key, json::value& value) {
        if (key == "index") {
            index = json::integer(value).value_or(index);
            has_index = true;
        }
        if (key == "logprobsResult") logprobs_ = logprobs_content(value);
    });
    next = has_index ? 0 : next + 1;
    bool is_empty = false;
    if (index < 0 || index >= most_candidates) return;
    if (members.reset().get(is_empty) != simdjson::SUCCESS) return;
    auto& one = candidate(static_cast<int>(index));
    walk([&](std::string_view key, json::value& value) {
        if (key == "content") {
            read_content(value, one, sink);
        } else if (key == "finishReason") {
            if (const auto reason = json::text_or_empty(value); !reason.empty())
                one.set_finish(reason);
        } else if (key == "finishMessage") {
            one.set_message(text_of(value).escaped);
        } else if (key == "groundingMetadata") {
            one.grounding().read_grounding(value);
        } else if (key == "citationMetadata") {
            one.grounding().read_citations(value);
        }
    });
}

void ResponseReader::read_content(json::value& content, Candidate& one,
                                  canonical::EventSink& sink) {
    each_field(content, [&](std::string_view key, json::value& value) {
        if (key != "parts") return;
        json::each_element(value, [&](json::value& element) {
            const auto part = read_part(element);
            const bool is_text = part.kind == PartKind::text && !part.is_thought;
            const bool needs_id = part.kind == PartKind::function_call && !part.name.empty();
            const auto logprobs = is_text ? std::exchange(logprobs_, {}) : std::string();
            one.take(part, logprobs, needs_id ? std::string_view(next_call_id()) : "", sink);
        });
    });
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
    return fail(ErrorKind::upstream_broken,
                candidates_.empty() ? "The provider answered without a candidate."
                                    : "The provider's stream ended before its answer did.");
}

}  // namespace router::dialects::gemini
