#include "routing/table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

namespace router::routing {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime now{std::chrono::hours(1000)};

config::Target target_of(std::string group, std::string id, std::string model) {
    config::Target target;
    target.model_name = std::move(group);
    target.id = std::move(id);
    target.model = std::move(model);
    target.provider.base_url = "https://api.example.com/v1";
    return target;
}

struct GivenTarget {
    std::string group, id, model;
};

config::Snapshot snapshot_of(std::initializer_list<GivenTarget> targets,
                             std::vector<config::Alias> aliases = {}) {
    config::Snapshot snapshot;
    for (const auto& [group, id, model] : targets) {
        const auto found = std::ranges::find(snapshot.groups, group, &config::ModelGroup::name);
        auto& into = found == snapshot.groups.end() ? snapshot.groups.emplace_back() : *found;
        into.name = group;
        into.targets.push_back(target_of(group, id, model));
    }
    snapshot.aliases = std::move(aliases);
    return snapshot;
}

// The models that the upstreams are asked for, in order: "id model, id model".
std::string planned(const Table& table, std::string_view model, SteadyTime at = now) {
    const auto plan = table.plan(model, at);
    if (!plan) return "error: " + plan.error().message;
    std::string out;
    for (const auto& attempt : plan->attempts) {
        if (!out.empty()) out += ", ";
        out += attempt.backend->upstream.target().id + " " + attempt.model;
    }
    return out;
}

std::string planned(const config::Snapshot& snapshot, std::string_view model) {
    return planned(Table(snapshot), model);
}

std::vector<std::string> listed(const config::Snapshot& snapshot) {
    const Table table(snapshot);
    std::vector<std::string> names;
    for (const auto& one : table.listed()) names.emplace_back(one.id);
    return names;
}

Error refusal(int status, std::string retry_after = {}) {
    Error error{.kind = ErrorKind::upstream_refused, .message = "no"};
    error.status = status;
    error.retry_after = std::move(retry_after);
    return error;
}

// Names

TEST(Table, LeadsAModelsNameToItsTargetsInTheOrderOfTheFile) {
    const auto snapshot =
        snapshot_of({{"gpt", "1", "gpt-4o"}, {"other", "2", "o"}, {"gpt", "3", "gpt-4o-mini"}});
    EXPECT_EQ(planned(snapshot, "gpt"), "1 gpt-4o, 3 gpt-4o-mini");
    EXPECT_EQ(planned(snapshot, "other"), "2 o");
    EXPECT_EQ(Table(snapshot).plan("gpt", now)->group, "gpt");
    EXPECT_EQ(Table(snapshot).backends().size(), 3U);
}

TEST(Table, PrefersAnIdToAnAliasToANameToAWildcard) {
    const auto snapshot = snapshot_of({{"*", "all", "*"},
                                       {"x*", "wild", "w-*"},
                                       {"x1", "exact", "e"},
                                       {"y", "y", "y"},
                                       {"z", "x2", "byid"}},
                                      {{.name = "x1", .group = "y"}, {.name = "x2", .group = "y"}});
    EXPECT_EQ(planned(snapshot, "x2"), "x2 byid");
    EXPECT_EQ(planned(snapshot, "x1"), "y y");
    EXPECT_EQ(planned(snapshot, "y"), "y y");
    EXPECT_EQ(planned(snapshot, "x3"), "wild w-3");
    EXPECT_EQ(planned(snapshot, "q"), "all q");
}

TEST(Table, PrefersAnExactNameToAWildcard) {
    const auto snapshot = snapshot_of({{"openai/*", "wild", "*"}, {"openai/gpt", "exact", "e"}});
    EXPECT_EQ(planned(snapshot, "openai/gpt"), "exact e");
    EXPECT_EQ(planned(snapshot, "openai/gpt2"), "wild gpt2");
}

TEST(Table, AsksForOneTargetByItsIdWithoutTheOthersOfItsGroup) {
    const auto snapshot = snapshot_of({{"gpt", "first", "a"}, {"gpt", "second", "b"}});
    EXPECT_EQ(planned(snapshot, "second"), "second b");
    EXPECT_EQ(Table(snapshot).plan("second", now)->group, "gpt");
}

TEST(Table, PrefersTheMostSpecificWildcardWhateverTheOrderOfTheFile) {
    const auto forward = snapshot_of({{"*", "1", "*"},
                                      {"openai/*", "2", "*"},
                                      {"openai/gpt-*", "3", "*"},
                                      {"*-mini", "4", "*"}});
    const auto backward = snapshot_of({{"*-mini", "4", "*"},
                                       {"openai/gpt-*", "3", "*"},
                                       {"openai/*", "2", "*"},
                                       {"*", "1", "*"}});
    for (const auto* snapshot : {&forward, &backward}) {
        EXPECT_EQ(planned(*snapshot, "openai/gpt-mini"), "3 mini");
        EXPECT_EQ(planned(*snapshot, "openai/o-mini"), "2 o-mini");
        EXPECT_EQ(planned(*snapshot, "x-mini"), "4 x");
        EXPECT_EQ(planned(*snapshot, "x"), "1 x");
    }
}

TEST(Table, PutsWhatTheStarsMatchedIntoTheTargetsModel) {
    const auto snapshot = snapshot_of({{"a/*", "1", "openai/*"},
                                       {"b/*", "2", "fixed"},
                                       {"c-*-*", "3", "*/*"},
                                       {"d*", "4", "*-*"}});
    EXPECT_EQ(planned(snapshot, "a/x/y"), "1 openai/x/y");
    EXPECT_EQ(planned(snapshot, "b/anything"), "2 fixed");
    EXPECT_EQ(planned(snapshot, "c-x-y"), "3 x/y");
    EXPECT_EQ(planned(snapshot, "dx"), "4 dx");
}

TEST(Table, FollowsAnAliasToAWildcard) {
    const auto snapshot =
        snapshot_of({{"openai/*", "1", "*"}}, {{.name = "best", .group = "openai/gpt"}});
    EXPECT_EQ(planned(snapshot, "best"), "1 gpt");
    EXPECT_EQ(Table(snapshot).plan("best", now)->group, "openai/*");
}

TEST(Table, KnowsWhatItServes) {
    const auto snapshot =
        snapshot_of({{"gpt", "id1", "a"}, {"x/*", "id2", "*"}},
                    {{.name = "alias", .group = "gpt"}, {.name = "dead", .group = "none"}});
    const Table table(snapshot);
    for (const auto* name : {"gpt", "id1", "alias", "x/", "x/y"})
        EXPECT_TRUE(table.plan(name, now).has_value()) << name;
    for (const auto* name : {"", "GPT", "x", "none", "dead"})
        EXPECT_FALSE(table.plan(name, now).has_value()) << name;
}

TEST(Table, ServesAnyNameWithAStarAlone) {
    const auto snapshot = snapshot_of({{"*", "1", "*"}});
    EXPECT_EQ(planned(snapshot, "anything/at-all"), "1 anything/at-all");
}

TEST(Table, SaysWhatWasPerhapsMeant) {
    const auto snapshot = snapshot_of({{"gpt-4o", "1", "a"}, {"claude-sonnet", "2", "b"}},
                                      {{.name = "quick", .group = "gpt-4o"}});
    const Table table(snapshot);
    const auto refused = table.plan("gpt-4", now);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::not_found);
    EXPECT_EQ(refused.error().code, "model_not_found");
    EXPECT_EQ(refused.error().param, "model");
    EXPECT_EQ(refused.error().message,
              "The model 'gpt-4' does not exist here. Did you mean 'gpt-4o'?");
    EXPECT_EQ(planned(table, "quikc"),
              "error: The model 'quikc' does not exist here. Did you mean 'quick'?");
    EXPECT_EQ(planned(table, "something-else"),
              "error: The model 'something-else' does not exist here.");
}

TEST(Table, DoesNotGiveAwayWhatIsHidden) {
    const auto snapshot = snapshot_of({{"gpt-4o", "1", "a"}},
                                      {{.name = "secret-one", .group = "gpt-4o", .hidden = true}});
    EXPECT_EQ(planned(snapshot, "secret-one"), "1 a");
    EXPECT_EQ(planned(snapshot, "secret-on"), "error: The model 'secret-on' does not exist here.");
}

TEST(Table, ListsGroupsAndAliasesWithoutWildcardsAndHiddenOnes) {
    const auto snapshot =
        snapshot_of({{"b", "1", "x"}, {"z/*", "2", "*"}, {"a", "3", "y"}, {"b", "4", "z"}},
                    {{.name = "open", .group = "a"},
                     {.name = "hidden", .group = "a", .hidden = true},
                     {.name = "dead", .group = "none"},
                     {.name = "b", .group = "a"},
                     {.name = "wild", .group = "z/1"}});
    EXPECT_EQ(listed(snapshot), (std::vector<std::string>{"b", "a", "open", "wild"}));
    const Table table(snapshot);
    EXPECT_EQ(table.listed()[0].target->id, "1");
    EXPECT_EQ(table.listed()[2].target->id, "3");
}

TEST(Table, IsEmptyForAnEmptyConfiguration) {
    const config::Snapshot snapshot;
    const Table table(snapshot);
    EXPECT_TRUE(table.listed().empty());
    EXPECT_EQ(planned(table, "x"), "error: The model 'x' does not exist here.");
}

// Health

TEST(Table, TriesHealthyTargetsFirstAndTheOthersBehindThem) {
    const auto snapshot = snapshot_of({{"m", "1", "a"}, {"m", "2", "b"}, {"m", "3", "c"}});
    const Table table(snapshot);
    table.backends()[0].failed(refusal(500), now);
    EXPECT_EQ(planned(table, "m"), "2 b, 3 c, 1 a");
    table.backends()[2].failed(refusal(500), now);
    EXPECT_EQ(planned(table, "m"), "2 b, 1 a, 3 c");
    table.backends()[1].failed(refusal(500), now);
    EXPECT_EQ(planned(table, "m"), "1 a, 2 b, 3 c");
    table.backends()[0].succeeded(1ms);
    EXPECT_EQ(planned(table, "m"), "1 a, 2 b, 3 c");
    table.backends()[1].succeeded(1ms);
    EXPECT_EQ(planned(table, "m"), "1 a, 2 b, 3 c");
    EXPECT_TRUE(table.backends()[1].is_healthy(now));
    EXPECT_FALSE(table.backends()[2].is_healthy(now));
}

// Wildcards

using Stars = std::vector<std::string_view>;

TEST(MatchWildcard, SaysWhatEachStarStandsFor) {
    EXPECT_EQ(match_wildcard("*", ""), (Stars{""}));
    EXPECT_EQ(match_wildcard("*", "a/b"), (Stars{"a/b"}));
    EXPECT_EQ(match_wildcard("a*", "a"), (Stars{""}));
    EXPECT_EQ(match_wildcard("a*c", "abc"), (Stars{"b"}));
    EXPECT_EQ(match_wildcard("*/*", "a/b/c"), (Stars{"a", "b/c"}));
    EXPECT_EQ(match_wildcard("*-mini", "a-mini-mini"), (Stars{"a-mini"}));
    EXPECT_EQ(match_wildcard("a*b*c", "a1b2b3c"), (Stars{"1", "2b3"}));
    EXPECT_EQ(match_wildcard("**", "ab"), (Stars{"", "ab"}));
    EXPECT_EQ(match_wildcard("a.b*", "a.bc"), (Stars{"c"}));
}

TEST(MatchWildcard, MatchesAPatternWithoutStarsItselfAlone) {
    EXPECT_EQ(match_wildcard("abc", "abc"), Stars());
    EXPECT_FALSE(match_wildcard("abc", "abcd"));
    EXPECT_FALSE(match_wildcard("abc", "ab"));
    EXPECT_EQ(match_wildcard("", ""), Stars());
}

TEST(MatchWildcard, IsNothingForOtherNames) {
    EXPECT_FALSE(match_wildcard("a*", "b"));
    EXPECT_FALSE(match_wildcard("a*", "ba"));
    EXPECT_FALSE(match_wildcard("*a", "ab"));
    EXPECT_FALSE(match_wildcard("a*a", "a"));
    EXPECT_FALSE(match_wildcard("ab*bc", "abc"));
    EXPECT_FALSE(match_wildcard("*a*b*", "ba"));
    EXPECT_FALSE(match_wildcard("a.b*", "axbc"));
    EXPECT_FALSE(match_wildcard("A*", "ab"));
}

TEST(FillWildcards, FillsFromTheLeft) {
    EXPECT_EQ(fill_wildcards("openai/*", {"gpt"}, "x"), "openai/gpt");
    EXPECT_EQ(fill_wildcards("*-*", {"a", "b"}, "x"), "a-b");
    EXPECT_EQ(fill_wildcards("*", {"a", "b"}, "x"), "a");
    EXPECT_EQ(fill_wildcards("*", {"*"}, "x"), "*");
    EXPECT_EQ(fill_wildcards("fixed", {"a"}, "x"), "fixed");
    EXPECT_EQ(fill_wildcards("fixed", {}, "x"), "fixed");
}

TEST(FillWildcards, TakesTheNameWholeWhereStarsAreMissing) {
    EXPECT_EQ(fill_wildcards("*-*", {"a"}, "name"), "name");
    EXPECT_EQ(fill_wildcards("*", {}, "name"), "name");
}

}  // namespace
}  // namespace router::routing
