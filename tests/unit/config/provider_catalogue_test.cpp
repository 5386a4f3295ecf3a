#include "config/provider_catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "config/base_url.hpp"
#include "config/plain_yaml.hpp"
#include "config/yaml_document.hpp"
#include "given.hpp"

namespace router::config {
namespace {

std::string embedded_text() {
    return *read_from_disk(std::string(ROUTER_ROOT) + "/src/config/providers.yml");
}

TEST(ProviderCatalogue, HasAtLeastSixtyProvidersOfOpenAisFormat) {
    const auto& rows = ProviderCatalogue::embedded().rows();
    EXPECT_GE(
        std::ranges::count_if(rows, [](const auto& row) { return row.settings.is_supported(); }),
        60);
}

TEST(ProviderCatalogue, HasUniquePrefixesAndValidUrls) {
    std::set<std::string> prefixes;
    for (const auto& [row, bare_names] : ProviderCatalogue::embedded().rows()) {
        EXPECT_TRUE(prefixes.insert(row.prefix).second) << row.prefix;
        EXPECT_EQ(row.prefix.find('/'), std::string::npos);
        if (!row.base_url.empty())
            EXPECT_EQ(checked_base_url(row.base_url).problem, "") << row.prefix;
        if (row.is_supported() && row.needs_key)
            EXPECT_FALSE(row.key_variables.empty()) << row.prefix;
        if (row.is_supported() && row.needs_key)
            EXPECT_FALSE(row.base_url.empty() && row.base_variables.empty()) << row.prefix;
    }
}

TEST(ProviderCatalogue, IsReadAsYamlCppReadsIt) {
    Report report;
    const auto document = parse_yaml(embedded_text(), "providers.yml", report);
    ASSERT_TRUE(document);
    EXPECT_EQ(told(report.sorted()), "");
    EXPECT_EQ(json_text(parse_plain_yaml(embedded_text())), json_text(*document));
}

TEST(ProviderCatalogue, KnowsTheProvidersThatUsersHave) {
    const auto& catalogue = ProviderCatalogue::embedded();
    EXPECT_EQ(catalogue.find("groq")->base_url, "https://api.groq.com/openai/v1");
    EXPECT_EQ(catalogue.find("xai")->key_variables,
              (std::vector<std::string>{"XAI_API_KEY", "GROK_API_KEY"}));
    EXPECT_EQ(catalogue.find("anthropic")->key_variables,
              (std::vector<std::string>{"ANTHROPIC_API_KEY", "CLAUDE_API_KEY"}));
    EXPECT_EQ(catalogue.by_bare_name("grok-4")->prefix, "xai");
    EXPECT_EQ(catalogue.by_bare_name("gpt-4o")->prefix, "openai");
    EXPECT_EQ(catalogue.by_bare_name("o3-mini")->prefix, "openai");
    EXPECT_EQ(catalogue.by_bare_name("claude-sonnet-4-5")->prefix, "anthropic");
    EXPECT_EQ(catalogue.by_bare_name("gemini-2.5-pro")->prefix, "gemini");
    EXPECT_EQ(catalogue.by_bare_name("llama3"), nullptr);
    EXPECT_EQ(catalogue.by_authority("api.openai.com")->prefix, "openai");
    EXPECT_EQ(catalogue.by_authority("localhost:8000"), nullptr);
    EXPECT_TRUE(catalogue.find("bedrock")->is_supported());
    EXPECT_FALSE(catalogue.find("cohere")->is_supported());
}

TEST(ProviderCatalogue, IsExtendedByAFileBesideTheConfiguration) {
    const auto loaded = load_given(
        "model_list:\n"
        "- {model_name: a, litellm_params: {model: acme/one}}\n"
        "- {model_name: b, litellm_params: {model: groq/two}}\n",
        {{"ACME_API_KEY", "k"}, {"GROQ_API_KEY", "g"}},
        {{"providers.yml",
          "acme:\n  base_url: https://api.acme.example/v1\n  key: ACME_API_KEY\n"
          "groq:\n  base_url: https://groq.acme.example/v1\n"}});
    ASSERT_TRUE(loaded.snapshot) << told(loaded.diagnostics);
    EXPECT_EQ(told(loaded.diagnostics), "");
    EXPECT_EQ(target_of(loaded, "a")->provider.base_url, "https://api.acme.example/v1");
    EXPECT_EQ(target_of(loaded, "a")->api_key.reveal(), "k");
    EXPECT_EQ(target_of(loaded, "b")->provider.base_url, "https://groq.acme.example/v1");
    EXPECT_EQ(target_of(loaded, "b")->api_key.reveal(), "g");
    EXPECT_EQ(loaded.snapshot->files, (std::vector<std::string>{"main.yml", "providers.yml"}));
}

TEST(ProviderCatalogue, LocatesTheMistakesOfThatFile) {
    EXPECT_EQ(
        told(model_with("model: openai/x\nmock_response: hi"), {},
             {{"providers.yml",
               "acme:\n  base_url: api.acme.example\n  needs_key: maybe\n  keys: X\nzed: 5\n"}}),
        "providers.yml:2:13: error: acme.base_url must begin with http:// or https://\n"
        "providers.yml:3:14: error: acme.needs_key must be true or false; it is \"maybe\"\n"
        "providers.yml:4:3: warning: a provider has no field \"keys\" (did you mean \"key\"?); it "
        "is ignored\n"
        "providers.yml:5:1: error: the provider \"zed\" must be a map with base_url and key\n");
}

TEST(ProviderCatalogue, TakesHeadersAndNoUnknownKindFromThatFile) {
    const auto entry = model_with("model: acme/x\napi_key: k");
    const std::string row = "acme:\n  base_url: http://h/v1\n";
    const auto loaded =
        load_given(entry, {}, {{"providers.yml", row + "  headers: {X-Title: Router}\n"}});
    ASSERT_NE(target_of(loaded, "m"), nullptr) << told(loaded.diagnostics);
    EXPECT_EQ(target_of(loaded, "m")->provider.headers.at("x-title"), "Router");
    EXPECT_EQ(told(entry, {},
                   {{"providers.yml", row + "  kind: openai_compatible\n  headers: {Host: x}\n"}}),
              "providers.yml:3:9: error: acme.kind must be one of openai_chat, openai, anthropic, "
              "gemini, azure, azure_ai, vertex_ai, bedrock; it is "
              "\"openai_compatible\"\n"
              "providers.yml:4:13: error: the header \"Host\" is set by the router itself\n");
}

TEST(ProviderCatalogue, NeedsFourLinesForAProvider) {
    const auto text = embedded_text();
    const auto row = text.find("\nnvidia_nim:\n");
    EXPECT_EQ(std::ranges::count(text.substr(row + 1, text.find("\n\n", row) - row), '\n'), 4);
}

}  // namespace
}  // namespace router::config
