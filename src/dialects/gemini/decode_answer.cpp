#include "dialects/gemini/answer.hpp"
#include "dialects/gemini/answer_builder.hpp"
#include "dialects/gemini/members.hpp"
#include "dialects/gemini/response_reader.hpp"
#include "dialects/gemini/usage.hpp"

namespace router::dialects::gemini {
namespace {

namespace json = wire::json;

std::string first_finish_reason(json::value& candidates) {
    std::string reason;
    json::each_element(candidates, [&](json::value& candidate) {
        each_field(candidate, [&](std::string_view key, json::value& value) {
            if (key == "finishReason" && reason.empty()) reason = json::text_or_empty(value);
        });
    });
    return reason;
}

bool holds_error(json::value& element) {
    bool holds = false;
    each_field(element, [&](std::string_view key, json::value& value) {
        if (key == "error" && !json::is_null(value)) holds = true;
    });
    return holds;
}

// The same rule as for streams: the prompt's verdict stands where there are no candidates.
std::string block_reason(json::value& feedback) {
    std::string reason;
    each_field(feedback, [&](std::string_view key, json::value& value) {
        if (key == "blockReason") reason = json::text_or_empty(value);
    });
    return reason;
}

void peek_member(std::string_view key, json::value& value, PeekedAnswer& peeked, Counts& counts) {
    if (key == "modelVersion") {
        if (const auto raw = json::raw(value); raw.starts_with('"')) peeked.model = raw;
    } else if (key == "candidates") {
        if (auto reason = first_finish_reason(value); !reason.empty())
            peeked.finish_reason = std::move(reason);
    } else if (key == "usageMetadata") {
        counts.read(value);
    } else if (key == "promptFeedback") {
        if (auto reason = block_reason(value); peeked.finish_reason.empty())
            peeked.finish_reason = std::move(reason);
    } else if (key == "error") {
        peeked.is_error = peeked.is_error || !json::is_null(value);
    }
}

}  // namespace

Result<canonical::Answer> decode_answer(std::string_view body) {
    ResponseReader reader;
    AnswerBuilder builder(body);
    const auto is_json = reader.read(body, builder);
    if (!is_json) return std::unexpected(is_json.error());
    if (!*is_json) return fail(ErrorKind::upstream_broken, "The provider's answer is no JSON.");
    if (auto finished = reader.finish(true, builder); !finished)
        return std::unexpected(finished.error());
    return builder.finish();
}

PeekedAnswer peek_answer(std::string_view body) {
    PeekedAnswer peeked;
    Counts counts;
    auto document = json::read(body);
    json::value value;
    if (document.get_value().get(value) != simdjson::SUCCESS) return peeked;
    if (json::type_of(value) == json::json_type::array) {
        json::each_element(value, [&](json::value& one) {
            peeked.is_error = holds_error(one);
            return false;
        });
        return peeked;
    }
    const bool is_read = each_field(value, [&](std::string_view key, json::value& member) {
        peek_member(key, member, peeked, counts);
    });
    peeked.usage = counts.usage();
    peeked.is_object = is_read && document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    return peeked;
}

}  // namespace router::dialects::gemini
