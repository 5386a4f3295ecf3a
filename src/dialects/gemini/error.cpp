#include "dialects/gemini/error.hpp"

#include "dialects/upstream_error.hpp"

namespace router::dialects::gemini {

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

}  // namespace

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
    if (status >= 429 && !is_spent(error) && is_whole_seconds(error.retry_after)) {
        out.begin_array("details").begin_object();
        out.text("@type", "type.googleapis.com/google.rpc.RetryInfo");
        out.text("retryDelay", error.retry_after + "s").end_object().end_array();
    }
    out.end_object().end_object();
}

std::string encode_error(const Error& error) {
    std::string text;
    wire::JsonWriter out(text);
    write_error(out, error);
    return text;
}

}  // namespace router::dialects::gemini
