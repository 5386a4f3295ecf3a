#include "config/read_cloud.hpp"

#include <gtest/gtest.h>

#include "given.hpp"

namespace router::config {
namespace {

Target only_target(std::string_view params, Texts variables = {}, Texts files = {}) {
    const auto loaded = load_given(model_with(params), std::move(variables), std::move(files));
    const auto* target = target_of(loaded, "m");
    EXPECT_NE(target, nullptr) << told(loaded.diagnostics);
    return target == nullptr ? Target{} : *target;
}

TEST(Azure, TakesItsVersionAndItsTokens) {
    const auto target = only_target(
        "model: azure/my-gpt\napi_base: https://x.openai.azure.com\napi_version: 2024-10-21\n"
        "azure_ad_token: t\ntenant_id: ab-1\nclient_id: c\nclient_secret: s\n");
    EXPECT_EQ(target.provider.base_url, "https://x.openai.azure.com");
    EXPECT_EQ(target.model, "my-gpt");
    EXPECT_EQ(target.cloud.azure_api_version, "2024-10-21");
    EXPECT_EQ(target.cloud.azure_ad_token.reveal(), "t");
    EXPECT_EQ(target.cloud.azure_tenant_id, "ab-1");
    EXPECT_EQ(target.cloud.azure_client_id, "c");
    EXPECT_EQ(target.cloud.azure_client_secret.reveal(), "s");
    EXPECT_TRUE(target.defaults.empty());
}

TEST(Azure, TakesFromTheEnvironmentWhatTheEntryLeavesOut) {
    const auto target = only_target("model: azure/my-gpt", {{"AZURE_API_KEY", "k"},
                                                            {"AZURE_API_BASE", "https://e/"},
                                                            {"AZURE_API_VERSION", "preview"}});
    EXPECT_EQ(target.provider.base_url, "https://e");
    EXPECT_EQ(target.api_key.reveal(), "k");
    EXPECT_EQ(target.cloud.azure_api_version, "preview");
}

TEST(Azure, WithoutAnAddressIsLeftOutWithAWarning) {
    const auto loaded = load_given(model_with("model: azure/my-gpt\napi_key: k"));
    ASSERT_TRUE(loaded.snapshot);
    EXPECT_EQ(target_of(loaded, "m"), nullptr);
    EXPECT_NE(told(loaded.diagnostics)
                  .find("main.yml:2:3: warning: model \"m\" has no address and is left out: set "
                        "AZURE_API_BASE or AZURE_OPENAI_ENDPOINT, or add api_base"),
              std::string::npos);
}

TEST(VertexAi, FindsItsAddressByItsLocation) {
    const auto url_at = [](std::string_view location) {
        return only_target("model: vertex_ai/gemini-3-pro\nvertex_project: p\nvertex_location: " +
                           std::string(location))
            .provider.base_url;
    };
    EXPECT_EQ(url_at("europe-west4"), "https://europe-west4-aiplatform.googleapis.com");
    EXPECT_EQ(url_at("global"), "https://aiplatform.googleapis.com");
    EXPECT_EQ(url_at("eu"), "https://aiplatform.eu.rep.googleapis.com");
    EXPECT_EQ(only_target("model: vertex_ai/x").provider.base_url,
              "https://us-central1-aiplatform.googleapis.com");
    EXPECT_EQ(only_target("model: vertex_ai/x\napi_base: http://127.0.0.1:9").provider.base_url,
              "http://127.0.0.1:9");
}

TEST(VertexAi, TakesCredentialsAsTextAsAMapAndAsAFile) {
    EXPECT_EQ(only_target("model: vertex_ai/x\nvertex_credentials: '{\"type\": \"x\"}'")
                  .cloud.vertex_credentials.reveal(),
              R"({"type": "x"})");
    EXPECT_EQ(only_target("model: vertex_ai/x\nvertex_credentials: {type: x}")
                  .cloud.vertex_credentials.reveal(),
              R"({"type":"x"})");
    EXPECT_EQ(only_target("model: vertex_ai/x\nvertex_credentials: /keys/a.json", {},
                          {{"/keys/a.json", "{1}"}})
                  .cloud.vertex_credentials.reveal(),
              "{1}");
    EXPECT_EQ(
        only_target("model: vertex_ai/x", {{"GOOGLE_APPLICATION_CREDENTIALS", "/keys/b.json"}},
                    {{"/keys/b.json", "{2}"}})
            .cloud.vertex_credentials.reveal(),
        "{2}");
    EXPECT_EQ(only_target("model: vertex_ai/x", {{"HOME", "/h"}},
                          {{"/h/.config/gcloud/application_default_credentials.json", "{3}"}})
                  .cloud.vertex_credentials.reveal(),
              "{3}");
}

TEST(VertexAi, WarnsOfAFileThatIsNotThere) {
    EXPECT_NE(told(model_with("model: vertex_ai/x\nvertex_credentials: /keys/a.json"))
                  .find("warning: the credentials of model \"m\" cannot be read from "
                        "\"/keys/a.json\": No such file"),
              std::string::npos);
}

TEST(Bedrock, FindsItsAddressByItsRegion) {
    const auto target = only_target(
        "model: bedrock/anthropic.claude-x\naws_access_key_id: a\naws_secret_access_key: s\n"
        "aws_session_token: t\naws_region_name: eu-central-1");
    EXPECT_EQ(target.provider.base_url, "https://bedrock-runtime.eu-central-1.amazonaws.com");
    EXPECT_EQ(target.cloud.aws_access_key_id, "a");
    EXPECT_EQ(target.cloud.aws_secret_access_key.reveal(), "s");
    EXPECT_EQ(target.cloud.aws_session_token.reveal(), "t");
    EXPECT_EQ(target.cloud.aws_region, "eu-central-1");
    EXPECT_EQ(only_target("model: bedrock/x", {{"AWS_REGION", "cn-north-1"}}).provider.base_url,
              "https://bedrock-runtime.cn-north-1.amazonaws.com.cn");
}

TEST(Bedrock, ReadsTheRegionThatStandsBeforeAModelOrInItsArn) {
    const auto before = only_target("model: bedrock/us-west-2/anthropic.claude-x");
    EXPECT_EQ(before.cloud.aws_region, "us-west-2");
    EXPECT_EQ(before.model, "anthropic.claude-x");
    const auto arn =
        only_target("model: bedrock/converse/arn:aws:bedrock:ap-south-1:1:inference-profile/us.x");
    EXPECT_EQ(arn.cloud.aws_region, "ap-south-1");
    EXPECT_EQ(arn.model, "converse/arn:aws:bedrock:ap-south-1:1:inference-profile/us.x");
}

TEST(Bedrock, TakesAnEndpointOfItsOwn) {
    EXPECT_EQ(only_target("model: bedrock/x\naws_bedrock_runtime_endpoint: http://127.0.0.1:5")
                  .provider.base_url,
              "http://127.0.0.1:5");
}

TEST(Clouds, RefuseWhatCannotStandInAnAddressOrAHeader) {
    EXPECT_NE(told(model_with("model: bedrock/x\naws_region_name: a.b/c"))
                  .find("litellm_params.aws_region_name must be the name of a region"),
              std::string::npos);
    EXPECT_NE(told(model_with("model: bedrock/x\naws_session_token: \"a\\nb\""))
                  .find("litellm_params.aws_session_token must be one line of text"),
              std::string::npos);
}

TEST(Clouds, AreNotAmongTheProvidersThatAStarStandsFor) {
    const auto loaded = load_given(
        "model_list:\n- {model_name: '*', litellm_params: {model: '*'}}\n",
        {{"AZURE_API_KEY", "k"}, {"AZURE_AI_API_KEY", "k"}, {"AWS_BEARER_TOKEN_BEDROCK", "k"}});
    ASSERT_TRUE(loaded.snapshot);
    EXPECT_TRUE(loaded.snapshot->groups.empty());
}

}  // namespace
}  // namespace router::config
