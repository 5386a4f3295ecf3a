#include "config/read_models.hpp"

#include <gtest/gtest.h>

#include "given.hpp"

namespace router::config {
namespace {

const std::string two_of_one_name =
    "model_list:\n"
    "- {model_name: fast, litellm_params: {model: openai/a, api_key: k}}\n"
    "- {model_name: slow, litellm_params: {model: openai/b, api_key: k}}\n"
    "- {model_name: fast, litellm_params: {model: groq/c, api_key: k}}\n";

std::vector<std::string> group_names(const Loaded& loaded) {
    std::vector<std::string> out;
    for (const auto& group : loaded.snapshot->groups) out.push_back(group.name);
    return out;
}

TEST(Models, OfOneNameAreAGroupInTheOrderOfTheFile) {
    const auto loaded = load_given(two_of_one_name);
    EXPECT_EQ(group_names(loaded), (std::vector<std::string>{"fast", "slow"}));
    EXPECT_EQ(target_of(loaded, "fast", 0)->provider.prefix, "openai");
    EXPECT_EQ(target_of(loaded, "fast", 1)->provider.prefix, "groq");
}

TEST(Models, ThatAreTheSameHaveDifferentIds) {
    const auto loaded = load_given(
        "model_list:\n"
        "- {model_name: a, litellm_params: {model: openai/a, api_key: k1}}\n"
        "- {model_name: a, litellm_params: {model: openai/a, api_key: k2}}\n");
    EXPECT_EQ(target_of(loaded, "a", 1)->id, target_of(loaded, "a", 0)->id + "-2");
    EXPECT_EQ(told(loaded.diagnostics), "");
}

TEST(Models, WithOneIdOfTheUsersAreToldApartWithAWarning) {
    const auto loaded = load_given(
        "model_list:\n"
        "- {model_name: a, litellm_params: {model: openai/a, api_key: k}, model_info: {id: x}}\n"
        "- {model_name: b, litellm_params: {model: openai/a, api_key: k}, model_info: {id: x}}\n");
    EXPECT_EQ(target_of(loaded, "b")->id, "x-2");
    EXPECT_NE(told(loaded.diagnostics)
                  .find("main.yml:3:3: warning: the model_info.id \"x\" stands above already"),
              std::string::npos);
}

TEST(Wildcards, KeepTheirStars) {
    const auto loaded = load_given(
        "model_list:\n"
        "- {model_name: openai/*, litellm_params: {model: openai/*, api_key: k}}\n"
        "- {model_name: team-*, litellm_params: {model: groq/fixed, api_key: k}}\n");
    EXPECT_EQ(target_of(loaded, "openai/*")->model, "*");
    EXPECT_EQ(target_of(loaded, "team-*")->model, "fixed");
    EXPECT_TRUE(loaded.snapshot->groups[0].is_wildcard());
}

TEST(Wildcards, OfTheModelNeedThoseOfTheName) {
    EXPECT_EQ(told(model_with("model: openai/*\napi_key: k")),
              "main.yml:4:12: error: litellm_params.model has more * than model_name \"m\", so "
              "nothing could stand for "
              "them; write the same number in both\n");
}

TEST(Wildcards, ForEveryModelServeTheProvidersWhoseKeysAreSet) {
    const std::string text =
        "model_list:\n"
        "- {model_name: '*', litellm_params: {model: '*', temperature: 1}}\n"
        "- {model_name: 'groq/*', litellm_params: {model: 'groq/*', api_key: own}}\n";
    const auto loaded = load_given(text, {{"XAI_API_KEY", "x"}, {"GROQ_API_KEY", "g"}});
    EXPECT_EQ(group_names(loaded), (std::vector<std::string>{"groq/*", "grok-*", "xai/*"}));
    EXPECT_EQ(target_of(loaded, "xai/*")->model, "*");
    EXPECT_EQ(target_of(loaded, "xai/*")->api_key.reveal(), "x");
    EXPECT_EQ(target_of(loaded, "grok-*")->model, "grok-*");
    EXPECT_EQ(target_of(loaded, "grok-*")->defaults.size(), 1U);
    EXPECT_EQ(target_of(loaded, "groq/*", 1), nullptr);
    EXPECT_EQ(told(loaded.diagnostics), "");
}

TEST(Wildcards, ForEveryModelNeverShareAKey) {
    const auto loaded =
        load_given("model_list: [{model_name: '*', litellm_params: {model: '*', api_key: mine}}]\n",
                   {{"XAI_API_KEY", "x"}});
    EXPECT_EQ(target_of(loaded, "xai/*")->api_key.reveal(), "x");
    EXPECT_NE(told(loaded.diagnostics).find("would go to every provider"), std::string::npos);
}

TEST(Wildcards, WithAnApiBaseServeThatServer) {
    const auto loaded = load_given(
        "model_list: [{model_name: '*', litellm_params: {model: '*', api_base: 'http://h:1'}}]\n");
    EXPECT_EQ(target_of(loaded, "*")->provider.prefix, "openai_like");
    EXPECT_EQ(target_of(loaded, "*")->model, "*");
}

TEST(Aliases, NameAGroupAndMayBeHidden) {
    const auto loaded = load_given(
        two_of_one_name +
        "router_settings: {model_group_alias: {a: fast, b: {model: slow, hidden: true}}}\n"
        "litellm_settings: {model_group_alias: {a: slow, c: slow}}\n");
    ASSERT_TRUE(loaded.snapshot) << told(loaded.diagnostics);
    ASSERT_EQ(loaded.snapshot->aliases.size(), 3U);
    EXPECT_EQ(loaded.snapshot->aliases[0].group, "fast");
    EXPECT_FALSE(loaded.snapshot->aliases[0].hidden);
    EXPECT_EQ(loaded.snapshot->aliases[1].group, "slow");
    EXPECT_TRUE(loaded.snapshot->aliases[1].hidden);
    EXPECT_EQ(loaded.snapshot->aliases[2].name, "c");
}

TEST(Aliases, MayNameWhatAWildcardServes) {
    EXPECT_EQ(told("model_list: [{model_name: 'openai/*', litellm_params: {model: 'openai/*', "
                   "api_key: k}}]\n"
                   "router_settings: {model_group_alias: {a: openai/gpt-4o}}\n"),
              "");
}

TEST(Aliases, ForNothingAreErrors) {
    EXPECT_EQ(
        told(two_of_one_name +
             "router_settings:\n  model_group_alias:\n    a: fsat\n    b: {hidden: true}\n"),
        "main.yml:7:8: error: the alias \"a\" means \"fsat\", and no model_name is so (did you "
        "mean \"fast\"?)\n"
        "main.yml:8:5: error: the alias \"b\" must name a model, or be {model: …, hidden: true}\n");
    EXPECT_NE(
        told(two_of_one_name + "router_settings: {model_group_alias: [a]}\n").find("must be a map"),
        std::string::npos);
}

TEST(Aliases, OfAModelThatIsLeftOutAreNoError) {
    EXPECT_TRUE(load_given("model_list: [{model_name: az, litellm_params: {model: azure/x}}]\n"
                           "router_settings: {model_group_alias: {a: az}}\n")
                    .snapshot);
}

TEST(Credentials, FillWhatTheEntryDoesNotHave) {
    const auto loaded = load_given(
        "credential_list:\n"
        "- credential_name: work\n"
        "  credential_values: {api_key: os.environ/WORK, api_base: 'https://work.example/v1', "
        "timeout: 9}\n"
        "  credential_info: {description: ours}\n"
        "model_list:\n"
        "- {model_name: m, litellm_params: {model: openai/x, litellm_credential_name: work, "
        "timeout: 5}}\n",
        {{"WORK", "w"}});
    EXPECT_EQ(told(loaded.diagnostics), "");
    ASSERT_NE(target_of(loaded, "m"), nullptr);
    EXPECT_EQ(target_of(loaded, "m")->api_key.reveal(), "w");
    EXPECT_EQ(target_of(loaded, "m")->provider.base_url, "https://work.example/v1");
    EXPECT_EQ(target_of(loaded, "m")->timeout, milliseconds(5000));
}

TEST(Credentials, ThatAreWrongAreLocated) {
    EXPECT_EQ(
        told(
            "credential_list:\n"
            "- {credential_name: work, credential_values: {api_key: k}}\n"
            "- {credential_name: work, credential_values: {api_key: k}}\n"
            "- {credential_name: x}\n"
            "- {credential_values: {}}\n"
            "model_list:\n"
            "- {model_name: m, litellm_params: {model: openai/x, litellm_credential_name: wrok}}\n")
            .substr(0, 650),
        "main.yml:3:21: error: a credential \"work\" stands here a second time\n"
        "main.yml:4:3: error: the credential \"x\" needs credential_values, a map with api_key\n"
        "main.yml:5:3: error: an entry of credential_list needs a credential_name\n"
        "main.yml:7:3: warning: model \"m\" has no key: set OPENAI_API_KEY, or add api_key\n"
        "main.yml:7:78: error: there is no credential \"wrok\" in credential_list (did you mean "
        "\"work\"?)\n");
}

}  // namespace
}  // namespace router::config
