#include "config/mask.hpp"

#include <gtest/gtest.h>

#include "given.hpp"

namespace router::config {
namespace {

TEST(Mask, KnowsSecretsByTheirNames) {
    for (const auto* name :
         {"api_key", "master_key", "aws_secret_access_key", "aws_session_token", "redis_password",
          "Authorization", "client_secret", "X-Api-Key", "vertex_credentials", "azure_ad_token"}) {
        EXPECT_TRUE(is_secret_key(name)) << name;
    }
    for (const auto* name :
         {"max_tokens", "input_cost_per_token", "max_output_tokens", "ssl_keyfile",
          "credential_name", "litellm_credential_name", "keepalive_timeout",
          "cache_read_input_token_cost", "litellm_key_header_name", "custom_tokenizer",
          "default_api_key_tpm_limit"}) {
        EXPECT_FALSE(is_secret_key(name)) << name;
    }
}

TEST(Mask, ShowsReferencesAndHidesValues) {
    const auto loaded = load_given(
        "model_list:\n"
        "- model_name: m\n"
        "  litellm_params:\n"
        "    model: openai/gpt-4o\n"
        "    api_key: sk-literal-secret-1\n"
        "    extra_headers: {Authorization: Bearer secret-2, X-Team: red}\n"
        "- model_name: n\n"
        "  litellm_params: {model: groq/x, api_key: os.environ/GROQ_API_KEY, max_tokens: 5}\n"
        "general_settings:\n"
        "  master_key: '${MASTER}'\n"
        "  database_url: postgres://user:secret-3@host/db?password=secret-4\n"
        "litellm_settings: {cache_params: {password: 'x${MASTER}secret-5', host: h}}\n"
        "credential_list:\n"
        "- {credential_name: c, credential_values: {api_key: secret-6}}\n"
        "environment_variables: {HARMLESS_NAME: secret-7}\n",
        {{"MASTER", "secret-master"}, {"GROQ_API_KEY", "secret-groq"}});
    ASSERT_TRUE(loaded.snapshot) << told(loaded.diagnostics);
    const auto& json = loaded.snapshot->masked_json;
    EXPECT_EQ(json.find("secret-"), std::string::npos) << json;
    for (const auto* shown :
         {"os.environ/GROQ_API_KEY", "\"${MASTER}\"", "\"max_tokens\":5", "\"X-Team\":\"red\"",
          "postgres://…@host/db?…", "\"credential_name\":\"c\""}) {
        EXPECT_NE(json.find(shown), std::string::npos) << shown << " in " << json;
    }
    EXPECT_EQ(told(loaded.diagnostics).find("secret-"), std::string::npos);
}

TEST(Mask, HidesSecretsOfModelInfo) {
    const auto loaded =
        load_given(model_with("model: openai/x\nmock_response: hi") +
                   "  model_info: {id: one, custom_tokenizer: {auth_token: hf_12345678901234}}\n");
    ASSERT_NE(target_of(loaded, "m"), nullptr);
    EXPECT_EQ(target_of(loaded, "m")->model_info.find("hf_1234"), std::string::npos);
}

}  // namespace
}  // namespace router::config
