#include "routing/route.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace router::routing {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime now{std::chrono::hours(1000)};

config::Target target_of(const std::string& group, std::string id) {
    config::Target target;
    target.model_name = group;
    target.id = std::move(id);
    target.model = target.id;
    target.provider.base_url = "https://api.example.com/v1";
    return target;
}

// A group for each: its name, and the ids of its targets.
config::Snapshot snapshot_of(std::vector<std::pair<std::string, std::vector<std::string>>> groups) {
    config::Snapshot snapshot;
    for (const auto& [name, ids] : groups) {
        auto& group = snapshot.groups.emplace_back(config::ModelGroup{.name = name, .targets = {}});
        for (const auto& id : ids) group.targets.push_back(target_of(name, id));
    }
    return snapshot;
}

Error refusal(int status, std::string code = {}, std::string retry_after = {}) {
    Error error{.kind = ErrorKind::upstream_refused, .message = "no", .code = std::move(code)};
    error.status = status;
    error.retry_after = std::move(retry_after);
    return error;
}

Route route_to(const Table& table, std::string_view model, Wishes wishes = {}) {
    return {table, model, *table.plan(model, now), std::move(wishes)};
}

// Who is asked when each fails with what `answer` says of it, "+" before whoever is waited for.
template <class Answer>
std::string way(Route route, Answer answer) {
    std::string out;
    while (const auto step = route.next(now)) {
        const auto& id = step->attempt->backend->upstream.target().id;
        out += (out.empty() ? "" : " ") + std::string(step->wait > 0ms ? "+" : "") + id;
        route.failed(answer(id), now);
    }
    return out;
}

std::string way_of_500(Route route) {
    return way(std::move(route), [](const std::string&) { return refusal(500); });
}

TEST(Route, AsksEachOnceAndThenThoseAgainWhoseFailureMayPass) {
    const auto snapshot = snapshot_of({{"m", {"a", "b"}}});
    const Table table(snapshot);
    EXPECT_EQ(way_of_500(route_to(table, "m")), "a b +a +b");
    EXPECT_EQ(way(route_to(table, "m"),
                  [](const std::string& id) { return refusal(id == "a" ? 401 : 503); }),
              "a b +b +b");
    EXPECT_EQ(way(route_to(table, "m"), [](const std::string&) { return refusal(404); }), "a b");
}

TEST(Route, RepeatsAsOftenAsTheCallTheTargetOrTheConfigurationSays) {
    auto snapshot = snapshot_of({{"m", {"a"}}});
    EXPECT_EQ(way_of_500(route_to(Table(snapshot), "m", {.retries = 0})), "a");
    snapshot.routing.retries = 1;
    EXPECT_EQ(way_of_500(route_to(Table(snapshot), "m")), "a +a");
    snapshot.groups[0].targets[0].retries = 3;
    EXPECT_EQ(way_of_500(route_to(Table(snapshot), "m")), "a +a +a +a");
    EXPECT_EQ(way_of_500(route_to(Table(snapshot), "m", {.retries = 0})), "a");
}

TEST(Route, StopsAtTheRequestsOwnFault) {
    auto snapshot = snapshot_of({{"m", {"a", "b"}}, {"n", {"c"}}});
    snapshot.routing.fallbacks = {{"m", {"n"}}};
    EXPECT_EQ(way(route_to(Table(snapshot), "m"), [](const std::string&) { return refusal(400); }),
              "a");
}

TEST(Route, WaitsAsLongAsItIsAskedToOrNotAtAll) {
    const auto snapshot = snapshot_of({{"m", {"a"}}});
    const Table table(snapshot);
    auto patient = route_to(table, "m");
    patient.next(now);
    patient.failed(refusal(429, {}, "7"), now);
    EXPECT_EQ(patient.next(now)->wait, 7s);
    auto told = route_to(table, "m");
    told.next(now);
    told.failed(refusal(429, {}, "31"), now);
    EXPECT_FALSE(told.next(now));
}

TEST(Route, WaitsLongerEachTime) {
    auto snapshot = snapshot_of({{"m", {"a"}}});
    snapshot.routing.retries = 8;
    const Table table(snapshot);
    auto route = route_to(table, "m");
    route.next(now);
    for (const auto longest : {500ms, 1000ms, 2000ms, 4000ms, 8000ms, 8000ms}) {
        route.failed(refusal(500), now);
        const auto wait = route.next(now)->wait;
        EXPECT_LE(wait, longest);
        EXPECT_GE(wait, longest * 3 / 4);
    }
}

TEST(Route, FallsBackToOtherModelsAndToTheirs) {
    auto snapshot = snapshot_of({{"m", {"a", "b"}}, {"n", {"c"}}, {"o", {"d"}}, {"p", {"e"}}});
    snapshot.routing.retries = 0;
    snapshot.routing.fallbacks = {{"m", {"n"}}, {"n", {"o", "m"}}, {"*", {"p"}}};
    EXPECT_EQ(way_of_500(route_to(Table(snapshot), "m")), "a b c d e");
    EXPECT_EQ(way_of_500(route_to(Table(snapshot), "p")), "e");
    EXPECT_EQ(way_of_500(route_to(Table(snapshot), "m", {.fallbacks = {{"p"}}})), "a b e");
    EXPECT_EQ(way_of_500(route_to(Table(snapshot), "m", {.fallbacks = {{}}})), "a b");
    snapshot.routing.max_fallbacks = 1;
    EXPECT_EQ(way_of_500(route_to(Table(snapshot), "m")), "a b c");
}

TEST(Route, AsksAHealthyFallbackBeforeALastHope) {
    auto snapshot = snapshot_of({{"m", {"a", "b"}}, {"n", {"c", "d"}}});
    snapshot.routing.retries = 0;
    snapshot.routing.fallbacks = {{"m", {"n"}}};
    const Table table(snapshot);
    for (const auto& backend : table.backends()) {
        const auto& id = backend.upstream.target().id;
        if (id == "a" || id == "c") backend.failed(refusal(500), now);
    }
    EXPECT_EQ(way_of_500(route_to(table, "m")), "b d a c");
}

TEST(Route, AsksAHealthyFallbackBeforeAModelWithNothingButLastHopes) {
    auto snapshot = snapshot_of({{"m", {"a"}}, {"n", {"b"}}});
    snapshot.routing.retries = 0;
    snapshot.routing.fallbacks = {{"m", {"n"}}};
    const Table table(snapshot);
    table.backends()[0].failed(refusal(500), now);
    EXPECT_EQ(way_of_500(route_to(table, "m")), "b a");
    table.backends()[1].failed(refusal(500), now);
    EXPECT_EQ(way_of_500(route_to(table, "m")), "a b");
}

TEST(Route, EndsWithTheErrorOfWhomWasAskedForWhenAFallbackCannotTakeTheRequest) {
    auto snapshot = snapshot_of({{"m", {"a"}}, {"n", {"b"}}, {"o", {"c"}}});
    snapshot.routing.fallbacks = {{"m", {"n", "o"}}};
    snapshot.routing.retries = 1;
    const Table table(snapshot);
    auto route = route_to(table, "m");
    std::string asked;
    while (const auto step = route.next(now)) {
        const auto& id = step->attempt->backend->upstream.target().id;
        asked += id;
        route.failed(refusal(id == "a" ? 503 : 400), now);
    }
    EXPECT_EQ(asked, "abca");
    EXPECT_EQ(route.last_error().status, 503);
}

TEST(Route, EndsWhenTheClientLeavesWhoeverFailedBefore) {
    const auto snapshot = snapshot_of({{"m", {"a", "b", "c"}}});
    const Table table(snapshot);
    auto route = route_to(table, "m");
    route.next(now);
    route.failed(refusal(503), now);
    route.next(now);
    route.failed({.kind = ErrorKind::client_left, .message = ""}, now);
    EXPECT_FALSE(route.next(now));
    EXPECT_EQ(route.last_error().kind, ErrorKind::client_left);
}

TEST(Route, WaitsForEachAsLongAsItAskedItself) {
    auto snapshot = snapshot_of({{"m", {"a", "b", "c"}}});
    snapshot.routing.retries = 2;
    const Table table(snapshot);
    auto route = route_to(table, "m");
    for (const auto* wait : {"30", "", "6"}) {
        route.next(now);
        route.failed(refusal(wait[0] == '\0' ? 500 : 429, {}, wait), now);
    }
    const auto first = route.next(now);
    EXPECT_EQ(first->attempt->backend->upstream.target().id, "b");
    EXPECT_LE(first->wait, 500ms);
    route.failed(refusal(500), now);
    const auto second = route.next(now);
    EXPECT_EQ(second->attempt->backend->upstream.target().id, "c");
    EXPECT_EQ(second->wait, 6s);
}

TEST(Table, GoesOnWithTheStateOfTheOneBefore) {
    auto snapshot = snapshot_of({{"m", {"a", "b"}}});
    snapshot.groups[0].targets[0].max_parallel = 1;
    const Table before(snapshot);
    before.backends()[1].failed(refusal(500), now);
    const Backend::Call call(before.backends()[1], {});
    const Table table(snapshot, &before);
    EXPECT_FALSE(table.backends()[1].is_healthy(now));
    EXPECT_EQ(table.backends()[1].running(), 1);
    EXPECT_EQ(table.backends()[0].places(), before.backends()[0].places());
    auto wider = snapshot;
    wider.groups[0].targets[0].max_parallel = 2;
    EXPECT_NE(Table(wider, &before).backends()[0].places(), before.backends()[0].places());
}

TEST(Route, LeavesAModelWhoseContextIsTooShort) {
    auto snapshot = snapshot_of({{"m", {"a", "b"}}, {"n", {"c"}}, {"long", {"d"}}});
    snapshot.routing.fallbacks = {{"m", {"n"}}};
    const auto too_long = [](const std::string&) {
        return refusal(400, "context_length_exceeded");
    };
    EXPECT_EQ(way(route_to(Table(snapshot), "m"), too_long), "a c");
    snapshot.routing.long_context = {{"m", {"long"}}};
    EXPECT_EQ(way(route_to(Table(snapshot), "m"), too_long), "a d");
}

TEST(Route, LeavesAModelWhoseProviderObjects) {
    auto snapshot = snapshot_of({{"m", {"a", "b"}}, {"lax", {"c"}}});
    snapshot.routing.refused_content = {{"*", {"lax"}}};
    const auto objects = [](const std::string&) { return refusal(400, "content_filter"); };
    EXPECT_EQ(way(route_to(Table(snapshot), "m"), objects), "a c");
}

// How often each of three is asked first.
std::map<std::string, int> first_of(const config::Snapshot& snapshot, int calls) {
    const Table table(snapshot);
    std::map<std::string, int> out;
    for (int i = 0; i < calls; ++i)
        ++out[table.plan("m", now)->attempts.front().backend->upstream.target().id];
    return out;
}

TEST(Strategy, SharesCallsOutByWeight) {
    auto snapshot = snapshot_of({{"m", {"a", "b", "c"}}});
    auto& targets = snapshot.groups[0].targets;
    targets[0].weight = 6;
    targets[1].weight = 3;  // the third has none: it is a last resort
    auto firsts = first_of(snapshot, 9000);
    EXPECT_NEAR(firsts["a"], 6000, 300);  // 300 is more than six standard deviations
    EXPECT_NEAR(firsts["b"], 3000, 300);
    EXPECT_EQ(firsts["c"], 0);
}

TEST(Strategy, ShufflesAllAlikeWithoutWeights) {
    auto snapshot = snapshot_of({{"m", {"a", "b", "c"}}});
    snapshot.routing.strategy = config::Strategy::shuffle;
    auto firsts = first_of(snapshot, 9000);
    for (const auto* id : {"a", "b", "c"}) EXPECT_NEAR(firsts[id], 3000, 300);
}

TEST(Strategy, AsksALowerOrderFirstAndALastHopeLast) {
    auto snapshot = snapshot_of({{"m", {"a", "b", "c"}}});
    auto& targets = snapshot.groups[0].targets;
    targets[0].order = 2;
    targets[1].order = 1;
    targets[2].order = 2;
    snapshot.routing.retries = 0;
    const Table table(snapshot);
    EXPECT_EQ(way_of_500(route_to(table, "m")), "b a c");
    table.backends()[0].succeeded(1ms);
    EXPECT_EQ(way_of_500(route_to(table, "m")), "a b c");
}

TEST(Strategy, AsksTheLeastBusyTheCheapestOrTheQuickest) {
    auto snapshot = snapshot_of({{"m", {"a", "b", "c"}}});
    snapshot.routing.retries = 0;
    snapshot.routing.cooldown = 0ms;
    auto& targets = snapshot.groups[0].targets;
    targets[0].prices = {{"input_cost_per_token", 3e-6}, {"output_cost_per_token", 15e-6}};
    targets[1].prices = {{"input_cost_per_token", 1e-6}, {"output_cost_per_token", 5e-6}};
    snapshot.routing.strategy = config::Strategy::cheapest;
    EXPECT_EQ(way_of_500(route_to(Table(snapshot), "m")), "b a c");

    snapshot.routing.strategy = config::Strategy::quickest;
    const Table by_time(snapshot);
    by_time.backends()[0].succeeded(300ms);
    by_time.backends()[1].succeeded(100ms);
    EXPECT_EQ(way_of_500(route_to(by_time, "m")), "c b a");

    snapshot.routing.strategy = config::Strategy::least_busy;
    const Table by_calls(snapshot);
    const Backend::Call one(by_calls.backends()[0], {}), two(by_calls.backends()[0], {}),
        other(by_calls.backends()[1], {});
    EXPECT_EQ(way_of_500(route_to(by_calls, "m")), "c b a");
}

}  // namespace
}  // namespace router::routing
