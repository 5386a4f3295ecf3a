#include "config/read_routing.hpp"

#include <gtest/gtest.h>

#include "given.hpp"

namespace router::config {
namespace {

using namespace std::chrono_literals;

const std::string models =
    "model_list:\n"
    "- {model_name: smart, litellm_params: {model: openai/a, api_key: k}}\n"
    "- {model_name: fast, litellm_params: {model: openai/b, api_key: k}, model_info: {id: one}}\n"
    "- {model_name: far/*, litellm_params: {model: openai/*, api_key: k}}\n";

RoutingSettings routing_of(const std::string& sections) {
    const auto loaded = load_given(models + sections);
    EXPECT_EQ(told(loaded.diagnostics), "");
    return loaded.snapshot ? loaded.snapshot->routing : RoutingSettings();
}

// "smart: fast one; *: smart"
std::string shown(const std::vector<Fallbacks>& all) {
    std::string out;
    for (const auto& [model, instead] : all) {
        out += (out.empty() ? "" : "; ") + model + ":";
        for (const auto& name : instead) out += " " + name;
    }
    return out;
}

TEST(Routing, HasItsDefaults) {
    const auto routing = routing_of("");
    EXPECT_EQ(routing.strategy, Strategy::in_order);
    EXPECT_EQ(routing.retries, 2);
    EXPECT_EQ(routing.cooldown, 5s);
    EXPECT_EQ(routing.max_fallbacks, 5U);
    EXPECT_TRUE(routing.fallbacks.empty());
}

TEST(Routing, IsRead) {
    const auto routing = routing_of(
        "router_settings:\n"
        "  routing_strategy: least-busy\n"
        "  num_retries: 0\n"
        "  retry_after: 1.5\n"
        "  cooldown_time: 30\n"
        "  max_fallbacks: 1\n"
        "  fallbacks: [{smart: [fast, one]}, {far/away: [far/near]}]\n"
        "  default_fallbacks: [fast]\n"
        "  context_window_fallbacks: {fast: [{model: smart}]}\n"
        "  content_policy_fallbacks: [{\"*\": [fast]}]\n");
    EXPECT_EQ(routing.strategy, Strategy::least_busy);
    EXPECT_EQ(routing.retries, 0);
    EXPECT_EQ(routing.shortest_wait, 1500ms);
    EXPECT_EQ(routing.cooldown, 30s);
    EXPECT_EQ(routing.max_fallbacks, 1U);
    EXPECT_EQ(shown(routing.fallbacks), "smart: fast one; far/away: far/near; *: fast");
    EXPECT_EQ(shown(routing.long_context), "fast: smart");
    EXPECT_EQ(shown(routing.refused_content), "*: fast");
}

TEST(Routing, OfRouterSettingsStandsAboveThatOfLitellmSettings) {
    const auto routing = routing_of(
        "litellm_settings: {num_retries: 7, cooldown_time: 9, fallbacks: [{fast: [smart]}]}\n"
        "router_settings: {num_retries: 1, disable_cooldowns: true}\n");
    EXPECT_EQ(routing.retries, 1);
    EXPECT_EQ(routing.cooldown, 0s);
    EXPECT_EQ(shown(routing.fallbacks), "fast: smart");
}

TEST(Routing, ThatIsWrongIsLocated) {
    EXPECT_EQ(told(models + "router_settings:\n"
                            "  routing_strategy: simple-shufle\n"
                            "  num_retries: many\n"
                            "  fallbacks: [smart]\n"
                            "  context_window_fallbacks: [{smart: fast}]\n"
                            "  content_policy_fallbacks: [{smart: [[fast]]}]\n"),
              "main.yml:6:21: error: router_settings.routing_strategy must be one of "
              "simple-shuffle, least-busy, latency-based-routing, cost-based-routing, "
              "usage-based-routing, usage-based-routing-v2 (did you mean \"simple-shuffle\"?); it "
              "is \"simple-shufle\"\n"
              "main.yml:7:16: error: router_settings.num_retries must be a whole number from 0 to "
              "100; it is \"many\"\n"
              "main.yml:8:15: error: router_settings.fallbacks must be a list of maps, like - "
              "gpt-4o: [claude-sonnet]; it is \"smart\"\n"
              "main.yml:9:38: error: context_window_fallbacks must hold a list of models for each; "
              "it is \"fast\"\n"
              "main.yml:10:39: error: an entry of content_policy_fallbacks must be the name of a "
              "model; it is a list\n");
}

TEST(Routing, ToAModelThatIsNotThereIsAWarning) {
    EXPECT_EQ(told(models + "router_settings: {fallbacks: [{smrt: [fasst, one, far/x]}]}\n"),
              "main.yml:5:32: warning: fallbacks: no model \"smrt\" is served, so nothing falls "
              "back from it (did you mean \"smart\"?)\n"
              "main.yml:5:39: warning: fallbacks: no model \"fasst\" is served, so it cannot stand "
              "in for another (did you mean \"fast\"?)\n");
}

TEST(Routing, ByUsageIsNotThereYet) {
    const auto loaded =
        load_given(models + "router_settings: {routing_strategy: usage-based-routing-v2}\n");
    EXPECT_EQ(loaded.snapshot->routing.strategy, Strategy::least_busy);
    EXPECT_NE(told(loaded.diagnostics).find("usage-based-routing-v2 is not supported yet"),
              std::string::npos);
}

TEST(Routing, OfATargetIsItsOwn) {
    const auto loaded = load_given(
        model_with("model: openai/a\napi_key: k\nrpm: 60\nweight: 2.5\norder: -1\nnum_retries: 4\n"
                   "cooldown_time: 0\nmax_parallel_requests: 8") +
        "router_settings: {default_max_parallel_requests: 3}\n");
    EXPECT_EQ(told(loaded.diagnostics), "");
    const auto& target = *target_of(loaded, "m");
    EXPECT_EQ(target.weight, 2.5);
    EXPECT_EQ(target.order, -1);
    EXPECT_EQ(target.retries, 4);
    EXPECT_EQ(target.cooldown, 0s);
    EXPECT_EQ(target.max_parallel, 8);
    EXPECT_TRUE(target.defaults.empty());
}

TEST(Routing, OfATargetIsThatOfAllWhereItHasNoneOfItsOwn) {
    const auto loaded = load_given(
        model_with("model: openai/a\napi_key: k\nstream_timeout: 2") +
        "router_settings: {default_max_parallel_requests: 3, timeout: 30, stream_timeout: 5}\n");
    const auto& target = *target_of(loaded, "m");
    EXPECT_EQ(target.max_parallel, 3);
    EXPECT_EQ(target.timeout, 30s);
    EXPECT_EQ(target.stream_timeout, 2s);
}

}  // namespace
}  // namespace router::config
