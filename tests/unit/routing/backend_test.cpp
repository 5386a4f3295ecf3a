#include "routing/backend.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace router::routing {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime now{std::chrono::hours(1000)};

// Which a backend refers to.
const config::Target& target() {
    static const config::Target any = [] {
        config::Target target;
        target.model_name = target.id = target.model = "m";
        target.provider.base_url = "https://api.example.com/v1";
        return target;
    }();
    return any;
}

config::RoutingSettings cooled_for(std::chrono::milliseconds cooldown) {
    config::RoutingSettings settings;
    settings.cooldown = cooldown;
    return settings;
}

Error refusal(int status, std::string retry_after = {}) {
    Error error{.kind = ErrorKind::upstream_refused, .message = "no"};
    error.status = status;
    error.retry_after = std::move(retry_after);
    return error;
}

TEST(Backend, IsSetAsideForFiveSeconds) {
    const Backend backend(target(), {});
    EXPECT_TRUE(backend.is_healthy(now));
    backend.failed(refusal(500), now);
    EXPECT_FALSE(backend.is_healthy(now));
    EXPECT_FALSE(backend.is_healthy(now + 4999ms));
    EXPECT_TRUE(backend.is_healthy(now + 5s));
}

TEST(Backend, IsSetAsideForAsLongAsItAskedWithinReason) {
    const auto set_aside = [](const std::string& retry_after) {
        const Backend backend(target(), {});
        backend.failed(refusal(429, retry_after), now);
        for (int seconds = 0; seconds <= 100; ++seconds) {
            if (backend.is_healthy(now + std::chrono::seconds(seconds))) return seconds;
        }
        return -1;
    };
    EXPECT_EQ(set_aside("30"), 30);
    EXPECT_EQ(set_aside("60"), 60);
    EXPECT_EQ(set_aside("3600"), 60);
    EXPECT_EQ(set_aside("99999999999999999999999"), 60);
    EXPECT_EQ(set_aside("1"), 5);
    EXPECT_EQ(set_aside("0"), 5);
    EXPECT_EQ(set_aside("-5"), 5);
    EXPECT_EQ(set_aside(""), 5);
    EXPECT_EQ(set_aside("Wed, 21 Oct 2026 07:28:00 GMT"), 5);
    EXPECT_EQ(set_aside("7.9"), 7);
}

TEST(Backend, IsNotSetAsideForWhatTheCallerDid) {
    const Backend backend(target(), {});
    backend.failed(refusal(400), now);
    backend.failed(refusal(422), now);
    backend.failed({.kind = ErrorKind::client_left, .message = ""}, now);
    EXPECT_TRUE(backend.is_healthy(now));
}

TEST(Backend, ForgetsACallThatIsOver) {
    const Backend backend(target(), {});
    {
        Backend::Call call(backend, {});
        const auto moved = std::move(call);
        EXPECT_EQ(backend.running(), 1);
    }
    EXPECT_EQ(backend.running(), 0);
}

TEST(Backend, IsSetAsideForAsLongAsItsOwnTimeSays) {
    auto own = target();
    own.cooldown = 90s;
    const Backend patient(own, cooled_for(0ms)), never(target(), cooled_for(0ms));
    patient.failed(refusal(500), now);
    never.failed(refusal(500), now);
    EXPECT_TRUE(never.is_healthy(now));
    EXPECT_FALSE(patient.is_healthy(now + 89s));
    EXPECT_TRUE(patient.is_healthy(now + 90s));
}

TEST(Backend, IsNotSetAsideForAsManyFailuresInARowAsAreAllowed) {
    config::RoutingSettings settings;
    settings.allowed_fails = 2;
    const Backend backend(target(), settings);
    for (int round = 0; round < 2; ++round) {
        backend.failed(refusal(500), now);
        backend.failed(refusal(500), now);
        EXPECT_TRUE(backend.is_healthy(now));
        backend.succeeded(1ms);
    }
    for (int i = 0; i < 3; ++i) backend.failed(refusal(500), now);
    EXPECT_FALSE(backend.is_healthy(now));
}

TEST(Backend, OfManyModelsIsNotSetAsideForOne) {
    auto many = target();
    many.model = "*";
    const Backend backend(many, {});
    backend.failed(refusal(404), now);
    backend.failed(refusal(429), now);
    EXPECT_TRUE(backend.is_healthy(now));
    backend.failed(refusal(401), now);
    EXPECT_FALSE(backend.is_healthy(now));
}

TEST(Backend, KnowsHowLongItTookLately) {
    const Backend backend(target(), {});
    EXPECT_EQ(backend.latency(), 0us);
    backend.succeeded(400us);
    EXPECT_EQ(backend.latency(), 400us);
    backend.succeeded(800us);
    EXPECT_EQ(backend.latency(), 500us);
}

TEST(Backend, HasRoomForSoManyCalls) {
    auto narrow = target();
    narrow.max_parallel = 1;
    const Backend backend(narrow, {}), wide(target(), {});
    EXPECT_TRUE(backend.has_room());
    EXPECT_NE(backend.places(), nullptr);
    EXPECT_TRUE(wide.has_room());
    EXPECT_EQ(wide.places(), nullptr);
}

}  // namespace
}  // namespace router::routing
