#include "config/read_target.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "given.hpp"

namespace router::config {
namespace {

Target only_target(std::string_view params, Texts variables = {}) {
    const auto loaded = load_given(model_with(params), std::move(variables));
    const auto* target = target_of(loaded, "m");
    EXPECT_NE(target, nullptr) << told(loaded.diagnostics);
    return target == nullptr ? Target{} : *target;
}

std::string provider_and_model(std::string_view params) {
    const auto target = only_target(params);
    return target.provider.prefix + " " + target.model;
}

TEST(Provider, IsThePrefixOfTheModel) {
    EXPECT_EQ(provider_and_model("model: openai/gpt-4o"), "openai gpt-4o");
    EXPECT_EQ(provider_and_model("model: openrouter/anthropic/claude-x"),
              "openrouter anthropic/claude-x");
    EXPECT_EQ(provider_and_model("model: groq/llama-3.3-70b"), "groq llama-3.3-70b");
}

TEST(Provider, IsForcedByCustomLlmProvider) {
    EXPECT_EQ(provider_and_model("model: llama3\ncustom_llm_provider: groq"), "groq llama3");
    EXPECT_EQ(provider_and_model("model: groq/llama3\ncustom_llm_provider: groq"), "groq llama3");
    EXPECT_EQ(provider_and_model("model: groq/llama3\ncustom_llm_provider: openrouter"),
              "openrouter groq/llama3");
    EXPECT_NE(told(model_with("model: x\ncustom_llm_provider: grok"))
                  .find("there is no provider \"grok\" (did you mean \"groq\"?)"),
              std::string::npos);
}

TEST(Provider, OfABareNameIsKnownByItsBeginning) {
    EXPECT_EQ(provider_and_model("model: gpt-4o"), "openai gpt-4o");
    EXPECT_EQ(provider_and_model("model: grok-4"), "xai grok-4");
    EXPECT_EQ(provider_and_model("model: claude-sonnet-4-5"), "anthropic claude-sonnet-4-5");
    EXPECT_EQ(provider_and_model("model: llama3\napi_base: http://localhost:8000"),
              "openai_like llama3");
    EXPECT_EQ(told(model_with("model: llama3")),
              "main.yml:4:12: error: no provider is known for the model \"llama3\"; write "
              "provider/model, like "
              "openai/gpt-4o, or add api_base\n");
}

TEST(Provider, IsKnownByTheHostOfApiBase) {
    EXPECT_EQ(provider_and_model("model: llama3\napi_base: https://api.groq.com/openai/v1"),
              "groq llama3");
    EXPECT_EQ(provider_and_model("model: meta/llama3\napi_base: https://api.groq.com"),
              "groq meta/llama3");
}

TEST(Provider, WithAnUnknownPrefixAndAnApiBaseIsAnyServer) {
    const auto loaded =
        load_given(model_with("model: Qwen/Qwen3-8B\napi_base: http://localhost:8000"));
    EXPECT_EQ(target_of(loaded, "m")->provider.prefix, "openai_like");
    EXPECT_EQ(target_of(loaded, "m")->model, "Qwen/Qwen3-8B");
    EXPECT_NE(
        told(loaded.diagnostics).find("main.yml:4:12: warning: there is no provider \"Qwen\""),
        std::string::npos);
}

TEST(Provider, ThatIsNotSupportedYetIsLeftOutWithAWarning) {
    const auto loaded =
        load_given(model_with("model: cohere/command-r\napi_base: https://api.cohere.com"));
    EXPECT_TRUE(loaded.snapshot);
    EXPECT_EQ(target_of(loaded, "m"), nullptr);
    EXPECT_NE(told(loaded.diagnostics)
                  .find("main.yml:4:12: warning: the provider \"cohere\" is known, but not "
                        "supported yet; model \"m\" is "
                        "left out"),
              std::string::npos);
}

TEST(Provider, WithoutAnAddressNeedsApiBase) {
    EXPECT_NE(
        told(model_with("model: hosted_vllm/x"))
            .find("error: the provider \"hosted_vllm\" has no address of its own; add api_base"),
        std::string::npos);
    EXPECT_EQ(only_target("model: hosted_vllm/x", {{"HOSTED_VLLM_API_BASE", "http://h:1"}})
                  .provider.base_url,
              "http://h:1/v1");
}

TEST(Provider, NamedWithoutAModelIsAnError) {
    EXPECT_NE(told(model_with("model: openai/")).find("names the provider \"openai\" and no model"),
              std::string::npos);
    EXPECT_NE(told(model_with("timeout: 5")).find("litellm_params.model is missing"),
              std::string::npos);
    EXPECT_NE(told(model_with("model: [a]")).find("litellm_params.model must be text"),
              std::string::npos);
}

TEST(ApiBase, StandsAboveTheEnvironmentAndTheCatalogue) {
    EXPECT_EQ(only_target("model: openai/x\napi_key: k").provider.base_url,
              "https://api.openai.com/v1");
    EXPECT_EQ(only_target("model: openai/x\napi_key: k", {{"OPENAI_API_BASE", "http://e:1"}})
                  .provider.base_url,
              "http://e:1/v1");
    EXPECT_EQ(only_target("model: openai/x\napi_key: k\nbase_url: http://f:2/v2/",
                          {{"OPENAI_API_BASE", "http://e:1"}})
                  .provider.base_url,
              "http://f:2/v2");
    EXPECT_NE(told(model_with("model: openai/x\napi_key: k"), {{"OPENAI_API_BASE", "nonsense"}})
                  .find("warning: the environment variable OPENAI_API_BASE must begin with http"),
              std::string::npos);
}

TEST(ApiBase, WithAUserOrAQueryIsRefusedWithoutShowingIt) {
    for (const auto* url : {"https://me:hunter2@h/v1", "https://h/v1?key=hunter2"}) {
        const auto problems = told(model_with("model: openai/x\napi_base: " + std::string(url)));
        EXPECT_NE(problems.find("main.yml:5:15: error: litellm_params.api_base must not contain"),
                  std::string::npos);
        EXPECT_EQ(problems.find("hunter2"), std::string::npos);
    }
}

TEST(ApiKey, ComesFromTheEntryElseFromTheProvidersVariables) {
    EXPECT_EQ(only_target("model: xai/grok-4\napi_key: k").api_key.reveal(), "k");
    EXPECT_EQ(only_target("model: xai/grok-4", {{"GROK_API_KEY", "g"}}).api_key.reveal(), "g");
    EXPECT_EQ(only_target("model: xai/grok-4", {{"GROK_API_KEY", "g"}, {"XAI_API_KEY", "x"}})
                  .api_key.reveal(),
              "x");
    EXPECT_EQ(only_target("model: anthropic/c\napi_key: os.environ/ANTHROPIC_API_KEY",
                          {{"CLAUDE_API_KEY", "c"}})
                  .api_key.reveal(),
              "c");
}

TEST(ApiKey, ThatIsMissingIsAWarningAndTheTargetStays) {
    EXPECT_EQ(told(model_with("model: groq/x\napi_key: os.environ/GROQ_API_KEY")),
              "main.yml:5:14: warning: model \"m\": GROQ_API_KEY is not set, so groq will refuse "
              "its calls\n");
    EXPECT_EQ(
        told(model_with("model: groq/x\napi_key: os.environ/MY_KEY"), {{"MY_KEY", ""}}),
        "main.yml:5:14: warning: model \"m\": MY_KEY is not set, so groq will refuse its calls\n");
    EXPECT_EQ(told(model_with("model: xai/x")),
              "main.yml:2:3: warning: model \"m\" has no key: set XAI_API_KEY or GROK_API_KEY, or "
              "add api_key\n");
    EXPECT_TRUE(only_target("model: xai/x").api_key.empty());
}

TEST(ApiKey, IsNotAskedForWhereNoneIsNeeded) {
    for (const auto* params :
         {"model: ollama_chat/llama3", "model: openai/x\napi_base: http://localhost:8000",
          "model: openai/x\nmock_response: hi",
          "model: openai/x\nextra_headers: {Authorization: t}"}) {
        EXPECT_EQ(told(model_with(params)), "") << params;
    }
}

TEST(ApiKey, ThatGoesToAnotherHostIsAWarning) {
    EXPECT_NE(
        told(model_with("model: openai/x\napi_base: http://other:8000"), {{"OPENAI_API_KEY", "k"}})
            .find("the key in OPENAI_API_KEY goes to \"other:8000\""),
        std::string::npos);
}

TEST(Target, TakesWhatTheEntrySays) {
    const auto target = only_target(
        "model: groq/llama\n"
        "api_key: k\n"
        "timeout: 30\n"
        "stream_timeout: 0.5\n"
        "extra_headers: {X-Team: red}\n"
        "headers: {X-Number: 5}\n"
        "extra_body: {a: {b: [1]}}\n"
        "temperature: 0.20\n"
        "stop: [x]\n"
        "my_own: {deep: true}\n"
        "drop_params: true\n"
        "additional_drop_params: [user, n]\n"
        "input_cost_per_token: 1e-6\n"
        "output_cost_per_second: '0.5'\n");
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(target.timeout, milliseconds(30'000));
    EXPECT_EQ(target.stream_timeout, milliseconds(500));
    EXPECT_EQ(target.headers, (Pairs{{"x-number", "5"}, {"x-team", "red"}}));
    EXPECT_EQ(target.extra_body, (Pairs{{"a", R"({"b":[1]})"}}));
    EXPECT_EQ(
        target.defaults,
        (Pairs{{"temperature", "0.20"}, {"stop", R"(["x"])"}, {"my_own", R"({"deep":true})"}}));
    const auto& dropped = target.dropped_params;
    EXPECT_EQ(std::vector(dropped.begin(), dropped.begin() + 5),
              (std::vector<std::string>{"user", "n", "logprobs", "top_logprobs", "logit_bias"}));
    EXPECT_EQ(target.prices.at("input_cost_per_token"), 1e-6);
    EXPECT_EQ(target.prices.at("output_cost_per_second"), 0.5);
    EXPECT_EQ(target.place.line, 2);
}

TEST(Target, DropsWhatTheProviderRefusesWhenEveryModelDoes) {
    const auto loaded = load_given(model_with("model: groq/x\napi_key: k") +
                                   "litellm_settings: {drop_params: true}\n");
    const auto& dropped = target_of(loaded, "m")->dropped_params;
    for (const auto* const name : {"logprobs", "top_logprobs", "logit_bias", "n"})
        EXPECT_EQ(std::ranges::count(dropped, name), 1) << name;
    EXPECT_TRUE(only_target("model: groq/x\napi_key: k").dropped_params.empty());
}

TEST(Target, DropsOllamasParametersWhereTheProviderHasNoneOfThem) {
    const auto drops = [](std::string_view model, std::string_view name) {
        const auto target = only_target("model: " + std::string(model) +
                                        "/x\napi_key: k\napi_base: http://h/v1\ndrop_params: true");
        return std::ranges::count(target.unsent_params, name) > 0;
    };
    EXPECT_TRUE(drops("openai", "num_ctx"));
    EXPECT_TRUE(drops("openai", "top_k"));
    EXPECT_TRUE(drops("openrouter", "mirostat"));
    EXPECT_FALSE(drops("openrouter", "top_k"));
    EXPECT_FALSE(drops("ollama", "num_ctx"));
    EXPECT_FALSE(drops("openai_like", "num_ctx"));
    EXPECT_FALSE(drops("anthropic", "top_k"));
}

TEST(Target, NeverSendsAProviderWhatServersOfOnesOwnTake) {
    const auto drops = [](std::string_view params) {
        const auto target = only_target("api_key: k\nmodel: " + std::string(params));
        return std::ranges::count(target.unsent_params, "num_ctx") > 0;
    };
    EXPECT_TRUE(drops("openai/x"));
    EXPECT_TRUE(drops("xai/x"));
    EXPECT_TRUE(drops("openai/gpt-4o\napi_base: http://h/v1"));
    EXPECT_TRUE(drops("groq/x\napi_base: http://h/v1"));
    EXPECT_FALSE(drops("openai/qwen3\napi_base: http://h/v1"));
    EXPECT_FALSE(drops("openai/x\nallowed_openai_params: [num_ctx]"));
    EXPECT_FALSE(drops("ollama/x"));
    EXPECT_FALSE(drops("hosted_vllm/x\napi_base: http://h/v1"));
}

TEST(Target, KeepsModelInfoAndTakesItsIdAndPrices) {
    const auto loaded =
        load_given(model_with("model: openai/x\napi_key: k\ninput_cost_per_token: 3") +
                   "  model_info: {id: mine, mode: chat, input_cost_per_token: 1, "
                   "output_cost_per_token: 2, own: x}\n");
    const auto* target = target_of(loaded, "m");
    ASSERT_NE(target, nullptr);
    EXPECT_EQ(target->id, "mine");
    EXPECT_EQ(
        target->model_info,
        R"({"id":"mine","mode":"chat","input_cost_per_token":1,"output_cost_per_token":2,"own":"x"})");
    EXPECT_EQ(target->prices.at("input_cost_per_token"), 3);
    EXPECT_EQ(target->prices.at("output_cost_per_token"), 2);
}

TEST(Target, HasAStableIdThatDoesNotDependOnTheKey) {
    const auto one = only_target("model: openai/x\napi_key: k1").id;
    EXPECT_EQ(one, only_target("model: openai/x\napi_key: k2").id);
    EXPECT_NE(one, only_target("model: openai/y\napi_key: k1").id);
    EXPECT_EQ(one.size(), 16U);
}

TEST(Target, OfEachOrganizationIsItsOwn) {
    const auto loaded =
        load_given(model_with("model: openai/x\napi_key: k\norganization: [one, two]"));
    ASSERT_NE(target_of(loaded, "m", 1), nullptr);
    EXPECT_EQ(target_of(loaded, "m", 0)->organization, "one");
    EXPECT_EQ(target_of(loaded, "m", 1)->organization, "two");
    EXPECT_NE(target_of(loaded, "m", 0)->id, target_of(loaded, "m", 1)->id);
}

TEST(Target, RefusesHeadersThatCannotBeSent) {
    EXPECT_EQ(told(model_with("model: openai/x\napi_key: k\nextra_headers:\n  a b: c\n  Host: h\n  "
                              "x: \"a\\r\\nb\"\n  y: [1]")),
              "main.yml:7:7: error: a header cannot be named \"a b\"\n"
              "main.yml:8:7: error: the header \"Host\" is set by the router itself\n"
              "main.yml:9:10: error: the header \"x\" must be one line of text\n"
              "main.yml:10:10: error: the header \"y\" must be text; it is a list\n");
}

TEST(Target, ToldOfASlipOfThePenSendsItAsAParameter) {
    const auto loaded =
        load_given(model_with("model: openai/x\napi_key: k\napi_bse: http://x\nmodle: y"));
    EXPECT_EQ(target_of(loaded, "m")->defaults.size(), 2U);
    EXPECT_EQ(told(loaded.diagnostics),
              "main.yml:6:5: warning: litellm_params has no key \"api_bse\" (did you mean "
              "\"api_base\"?); it goes to the "
              "provider as a parameter of the request\n"
              "main.yml:7:5: warning: litellm_params has no key \"modle\" (did you mean "
              "\"model\"?); it goes to the "
              "provider as a parameter of the request\n");
}

TEST(Target, RefusesAPathThatLeadsNowhere) {
    EXPECT_NE(told(model_with("model: openai/x\napi_key: k\nadditional_drop_params: ['tools[x]']"))
                  .find("additional_drop_params must be"),
              std::string::npos);
    EXPECT_EQ(
        told(model_with("model: openai/x\napi_key: k\nadditional_drop_params: ['tools[*].x']")),
        "");
}

TEST(Target, WarnsOfWhatAMockCannotDoYet) {
    EXPECT_NE(told(model_with("model: openai/x\nmock_response: {choices: []}"))
                  .find("only text is supported yet"),
              std::string::npos);
    EXPECT_NE(told(model_with("model: openai/x\nmock_response: litellm.RateLimitError"))
                  .find("errors by name"),
              std::string::npos);
}

TEST(Target, DoesNotShowAKeyThatStandsInTheWrongPlace) {
    EXPECT_EQ(told(model_with("model: sk-abcdef1234567890/x")).find("abcdef"), std::string::npos);
    EXPECT_EQ(told(model_with("model: openai/x\ntimeout: sk-abcdef1234567890")).find("abcdef"),
              std::string::npos);
    EXPECT_EQ(told(model_with("model: openai/x\ntimeout: os.environ/T"), {{"T", "hunter2"}})
                  .find("hunter2"),
              std::string::npos);
}

TEST(ApiKey, LosesTheLineBreakAtItsEndAndHasNoOther) {
    EXPECT_EQ(
        only_target("model: openai/x\napi_key: os.environ/K", {{"K", " key\r\n"}}).api_key.reveal(),
        "key");
    EXPECT_EQ(only_target("model: openai/x", {{"OPENAI_API_KEY", "key\n"}}).api_key.reveal(),
              "key");
    EXPECT_EQ(
        told(model_with("model: openai/x\napi_key: os.environ/K"), {{"K", "a\r\nX-Header: b"}}),
        "main.yml:5:14: error: litellm_params.api_key must be one line of text\n");
    EXPECT_NE(told(model_with("model: openai/x\napi_key: k\norganization: \"a\\nb\""))
                  .find("one line of text"),
              std::string::npos);
}

TEST(Target, HasNoTimeoutOfZero) {
    EXPECT_EQ(told(model_with("model: openai/x\napi_key: k\ntimeout: 0")),
              "main.yml:6:14: error: litellm_params.timeout must be above 0; it is \"0\"\n");
}

TEST(Target, LeavesOutParametersThatAreNull) {
    EXPECT_TRUE(only_target("model: openai/x\napi_key: k\ntemperature: null\nmax_tokens:")
                    .defaults.empty());
}

}  // namespace
}  // namespace router::config
