#include "routing/failure.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace router::routing {
namespace {

Error refusal(int status, std::string code = {}) {
    Error error{.kind = ErrorKind::upstream_refused, .message = "no"};
    error.status = status;
    error.code = std::move(code);
    return error;
}

TEST(MayAnotherDoBetter, WhenTheTargetIsAtFault) {
    for (const auto kind : {ErrorKind::upstream_unreachable, ErrorKind::upstream_timeout,
                            ErrorKind::upstream_broken}) {
        EXPECT_TRUE(may_another_do_better({.kind = kind, .message = ""}));
    }
    for (const int status : {401, 402, 403, 404, 408, 429, 500, 502, 503, 504, 529, 599}) {
        EXPECT_TRUE(may_another_do_better(refusal(status))) << status;
    }
    EXPECT_TRUE(may_another_do_better({.kind = ErrorKind::upstream_refused, .message = ""}));
}

TEST(MayAnotherDoBetter, NotWhenTheCallerIs) {
    for (const int status : {400, 405, 406, 409, 410, 413, 415, 422, 451}) {
        EXPECT_FALSE(may_another_do_better(refusal(status))) << status;
    }
    for (const auto kind : {ErrorKind::bad_request, ErrorKind::unauthorized, ErrorKind::forbidden,
                            ErrorKind::not_found, ErrorKind::too_large, ErrorKind::client_left,
                            ErrorKind::unavailable, ErrorKind::internal}) {
        EXPECT_FALSE(may_another_do_better({.kind = kind, .message = ""}));
    }
}

TEST(MayPass, WhenATargetIsIllForAMoment) {
    for (const int status : {408, 429, 500, 502, 503, 529}) EXPECT_TRUE(may_pass(refusal(status)));
    for (const int status : {400, 401, 402, 403, 404, 501}) EXPECT_FALSE(may_pass(refusal(status)));
    EXPECT_TRUE(may_pass({.kind = ErrorKind::upstream_unreachable, .message = ""}));
    EXPECT_TRUE(may_pass({.kind = ErrorKind::upstream_broken, .message = ""}));
    EXPECT_FALSE(may_pass({.kind = ErrorKind::upstream_timeout, .message = ""}));
    EXPECT_FALSE(may_pass(refusal(429, "insufficient_quota")));
}

TEST(IsObjection, InTheWordsOfWhomever) {
    for (const auto* code :
         {"content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"})
        EXPECT_TRUE(is_objection(refusal(400, code))) << code;
    EXPECT_FALSE(is_objection(refusal(400, "invalid_value")));
    EXPECT_FALSE(is_objection(refusal(400)));
}

TEST(IsTooLong, SaysTheCode) {
    EXPECT_TRUE(is_too_long(refusal(400, "context_length_exceeded")));
    EXPECT_FALSE(is_too_long(refusal(400)));
}

}  // namespace
}  // namespace router::routing
