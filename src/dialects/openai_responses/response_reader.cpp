#include "dialects/openai_responses/response_reader.hpp"

#include "dialects/openai_responses/usage.hpp"
#include "dialects/upstream_error.hpp"

namespace router::dialects::openai_responses {

namespace json = wire::json;
using canonical::Finish;

void take_response_member(std::string_view key, json::value& value, ResponseHead& head) {
    if (key == "id") {
        head.id = json::text_or_empty(value);
    } else if (key == "model") {
        const auto raw = json::raw(value);
        if (raw.starts_with('"')) head.model_json = raw;
        head.model = json::text_or_empty(value);
    } else if (key == "created_at") {
        head.created = json::integer(value).value_or(0);
    } else if (key == "status") {
        head.status = json::text_or_empty(value);
    } else if (key == "service_tier") {
        head.service_tier = json::text_or_empty(value);
    } else if (key == "usage") {
        if (!json::is_null(value)) head.usage = read_usage(value);
    } else if (key == "error") {
        if (!json::is_null(value)) head.error = upstream_error_in(value);
    } else if (key == "incomplete_details") {
        json::each_member(value, [&](std::string_view detail, json::value& found) {
            if (detail == "reason") head.incomplete = json::text_or_empty(found);
        });
    }
}

canonical::Ending ending_of(const ResponseHead& head, bool has_calls, bool has_refusal) {
    canonical::Ending ending;
    const bool is_incomplete = head.status == "incomplete" || !head.incomplete.empty();
    if (is_incomplete && head.incomplete != "steered") {
        ending.reason =
            head.incomplete == "content_filter" ? Finish::content_filter : Finish::length;
        if (head.incomplete != "max_output_tokens") ending.detail = head.incomplete;
    } else if (head.status == "in_progress" || head.status == "queued") {
        ending.reason = Finish::none;
    } else if (has_calls) {
        ending.reason = Finish::tool_calls;
    } else {
        ending.reason = has_refusal ? Finish::refusal : Finish::stop;
    }
    return ending;
}

bool has_failed(const ResponseHead& head) {
    return head.error || head.status == "failed" || head.status == "cancelled";
}

Error failure_of(const ResponseHead& head) {
    if (head.error) return *head.error;
    Error error{.kind = ErrorKind::upstream_refused,
                .message = head.status == "cancelled" ? "The upstream's answer was cancelled."
                                                      : "The upstream's answer failed, and it "
                                                        "said no more.",
                .code = "server_error"};
    error.status = 502;
    return error;
}

std::string_view finish_word(const ResponseHead& head) {
    return head.incomplete.empty() ? head.status : head.incomplete;
}

}  // namespace router::dialects::openai_responses
