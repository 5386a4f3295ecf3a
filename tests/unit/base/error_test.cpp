#include "base/error.hpp"

#include <gtest/gtest.h>

#include <string>

namespace router {
namespace {

TEST(Error, HasTheStatusOfItsKind) {
    EXPECT_EQ(http_status(ErrorKind::bad_request), 400);
    EXPECT_EQ(http_status(ErrorKind::unauthorized), 401);
    EXPECT_EQ(http_status(ErrorKind::not_found), 404);
    EXPECT_EQ(http_status(ErrorKind::head_too_large), 431);
    EXPECT_EQ(http_status(ErrorKind::upstream_timeout), 504);
    EXPECT_EQ(http_status(ErrorKind::upstream_unreachable), 502);
    EXPECT_EQ(http_status(ErrorKind::unavailable), 503);
}

TEST(Error, HasAStatusAndATypeForEveryKind) {
    for (int kind = 0; kind <= static_cast<int>(ErrorKind::internal); ++kind) {
        const auto status = http_status(static_cast<ErrorKind>(kind));
        EXPECT_GE(status, 400) << kind;
        EXPECT_LE(status, 599) << kind;
        EXPECT_STRNE(openai_type(static_cast<ErrorKind>(kind)), "") << kind;
    }
}

TEST(Error, KeepsTheUpstreamsOwnStatus) {
    Error error{.kind = ErrorKind::upstream_refused, .message = "no"};
    EXPECT_EQ(error.http_status(), 502);
    error.status = 429;
    EXPECT_EQ(error.http_status(), 429);
}

TEST(Fail, IsAnErrorWithWhatWasGiven) {
    const Result<int> result = fail(ErrorKind::not_found, "no such model", "model", "unknown");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::not_found);
    EXPECT_EQ(result.error().message, "no such model");
    EXPECT_EQ(result.error().param, "model");
    EXPECT_EQ(result.error().code, "unknown");
}

}  // namespace
}  // namespace router
