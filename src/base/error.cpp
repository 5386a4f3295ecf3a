#include "base/error.hpp"

namespace router {

int http_status(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::bad_request:
            return 400;
        case ErrorKind::unauthorized:
            return 401;
        case ErrorKind::forbidden:
            return 403;
        case ErrorKind::not_found:
            return 404;
        case ErrorKind::method_not_allowed:
            return 405;
        case ErrorKind::request_timeout:
            return 408;
        case ErrorKind::too_large:
            return 413;
        case ErrorKind::uri_too_long:
            return 414;
        case ErrorKind::head_too_large:
            return 431;
        case ErrorKind::expectation_failed:
            return 417;
        case ErrorKind::client_left:
            return 499;
        case ErrorKind::unavailable:
            return 503;
        case ErrorKind::upstream_refused:
            return 502;
        case ErrorKind::upstream_unreachable:
            return 502;
        case ErrorKind::upstream_timeout:
            return 504;
        case ErrorKind::upstream_broken:
            return 502;
        case ErrorKind::not_implemented:
            return 501;
        case ErrorKind::internal:
            return 500;
    }
    return 500;
}

const char* openai_type(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::unauthorized:
            return "authentication_error";
        case ErrorKind::forbidden:
            return "permission_error";
        case ErrorKind::upstream_refused:
        case ErrorKind::upstream_unreachable:
        case ErrorKind::upstream_broken:
            return "upstream_error";
        case ErrorKind::request_timeout:
        case ErrorKind::upstream_timeout:
            return "timeout_error";
        case ErrorKind::unavailable:
            return "service_unavailable_error";
        case ErrorKind::not_implemented:
        case ErrorKind::internal:
            return "server_error";
        default:
            return "invalid_request_error";
    }
}

}  // namespace router
