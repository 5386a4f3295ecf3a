#include "dialects/gemini/error.hpp"

#include <algorithm>

#include "dialects/upstream_error.hpp"
#include "wire/json.hpp"

namespace router::dialects::gemini {

namespace json = wire::json;

namespace {

std::string_view status_word(int status) {
    switch (status) {
        case 401:
            return "UNAUTHENTICATED";
        case 403:
            return "PERMISSION_DENIED";
        case 404:
            return "NOT_FOUND";
        case 409:
            return "ABORTED";
        case 429:
            return "RESOURCE_EXHAUSTED";
        case 499:
            return "CANCELLED";
        case 501:
            return "UNIMPLEMENTED";
        case 503:
            return "UNAVAILABLE";
        case 504:
            return "DEADLINE_EXCEEDED";
        default:
            return status >= 500 ? "INTERNAL" : "INVALID_ARGUMENT";
    }
}

bool is_whole_seconds(std::string_view text) {
    return !text.empty() && text.size() < 10 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

// What an upstream's status means to a client of ours: our key is not the client's fault.
int status_of_upstream(int status) {
    switch (status) {
        case 401:
        case 403:
            return 500;
        case 402:
            return 429;
        case 404:
        case 429:
        case 503:
        case 504:
            return status;
        case 408:
            return 504;
        case 424:  // Bedrock: the model failed
            return 500;
        case 498:  // Groq: no capacity in the flex tier
        case 529:
            return 503;
        default:
            return status < 500 ? 400 : 500;
    }
}

// The limit that was met, out of the error's details: Gemini CLI reads there whether it is a day's.
std::string quota_in(std::string_view body) {
    std::string quota;
    std::string padded(body);
    padded.append(json::padding, '\0');
    auto document = json::read_inner(std::string_view(padded).substr(0, body.size()));
    json::value root;
    if (document.get_value().get(root) != simdjson::SUCCESS) return quota;
    json::each_member(root, [&](std::string_view name, json::value& error) {
        if (name != "error") return;
        json::each_member(error, [&](std::string_view key, json::value& details) {
            if (key != "details") return;
            json::each_element(details, [&](json::value& detail) {
                const auto raw = json::raw(detail);
                if (raw.contains("google.rpc.QuotaFailure") && json::is_valid(raw)) quota = raw;
            });
        });
    });
    const auto is_end = [](char c) { return c == '\n' || c == '\r'; };
    std::ranges::replace_if(quota, is_end, ' ');  // it goes into a line
    return quota;
}

}  // namespace

Error decode_error(int status, std::string_view body, std::string_view provider) {
    auto error = decode_upstream_error(status, body, provider);
    if (error.status == 429) error.quota = quota_in(body);
    return error;
}

int error_status(const Error& error) {
    switch (error.kind) {
        case ErrorKind::upstream_refused:
            return status_of_upstream(error.http_status());
        case ErrorKind::upstream_broken:
            return 500;
        case ErrorKind::upstream_unreachable:
            return 503;
        case ErrorKind::request_timeout:
            return 504;
        case ErrorKind::too_large:
        case ErrorKind::uri_too_long:
        case ErrorKind::head_too_large:
        case ErrorKind::expectation_failed:
            return 400;
        default:
            return error.http_status();
    }
}

void write_error(wire::JsonWriter& out, const Error& error) {
    const int status = error_status(error);
    out.begin_object().begin_object("error").number("code", status);
    out.text("message", error.message).text("status", status_word(status));
    const bool has_wait = status >= 429 && !is_spent(error) && is_whole_seconds(error.retry_after);
    if (has_wait || !error.quota.empty()) out.begin_array("details");
    if (!error.quota.empty()) out.raw(error.quota);
    if (has_wait) {
        out.begin_object().text("@type", "type.googleapis.com/google.rpc.RetryInfo");
        out.text("retryDelay", error.retry_after + "s").end_object();
    }
    if (has_wait || !error.quota.empty()) out.end_array();
    out.end_object().end_object();
}

std::string encode_error(const Error& error) {
    std::string text;
    wire::JsonWriter out(text);
    write_error(out, error);
    return text;
}

}  // namespace router::dialects::gemini
