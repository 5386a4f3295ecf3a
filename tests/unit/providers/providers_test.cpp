#include <gtest/gtest.h>

#include <algorithm>

#include "asking.hpp"

namespace router::providers {
namespace {

using canonical::DialectId;
using enum Operation;

constexpr Ask as_claude{.dialect = DialectId::anthropic_messages, .model = "claude-x"};
constexpr Ask as_gemini{.dialect = DialectId::gemini, .model = "gemini-x"};

TEST(OpenAi, AsksForChatAndForResponses) {
    const auto target = target_of("openai", "https://api.openai.com/v1", "sk-1");
    EXPECT_EQ(path_of(target, complete, "gpt-x"), "/v1/chat/completions");
    EXPECT_EQ(path_of(target, stream, "responses/gpt-x"), "/v1/responses");
    EXPECT_EQ(path_of(target, count_tokens, "responses/gpt-x"), "/v1/responses/input_tokens");
    EXPECT_EQ(path_of(target, Ask{.operation = other, .method = "GET", .endpoint = "/models"}),
              "/v1/models");
    const Upstream upstream(target);
    const auto manner = upstream.manner("responses/gpt-x");
    EXPECT_EQ(manner.model, "gpt-x");
    EXPECT_FALSE(manner.speaks(DialectId::openai_chat));
    EXPECT_TRUE(upstream.manner("gpt-x").speaks(DialectId::openai_chat));
    EXPECT_TRUE(upstream.manner("gpt-x").speaks(DialectId::openai_responses));
    EXPECT_FALSE(upstream.manner("gpt-x").speaks(DialectId::gemini));
}

TEST(OpenAi, KinKnowsChatAlone) {
    const auto target = target_of("groq", "https://api.groq.com/openai/v1", "k");
    const Upstream upstream(target);
    EXPECT_FALSE(upstream.manner("llama").speaks(DialectId::openai_responses));
    EXPECT_EQ(upstream.manner("responses/x").model, "responses/x");
    EXPECT_EQ(header_of(target, {}, "authorization"), "Bearer k");
}

TEST(OpenAi, HeadOfAnyRequestIsThatOfTheFastPath) {
    const auto target = target_of("openai", "https://api.openai.com/v1?x=1", "sk-1");
    const std::string_view body[] = {"{\"a\":", "1}"};
    const Upstream upstream(target);
    const auto slow = upstream.head({.accept = "*/*", .body = body});
    const auto fast = upstream.request_head("/chat/completions", "application/json", 7, "*/*");
    // The lines are the same, two of them in another order.
    const auto sorted = [](std::string text) {
        std::ranges::sort(text);
        return text;
    };
    EXPECT_EQ(sorted(*slow), sorted(fast));
    EXPECT_TRUE(slow->starts_with("POST /v1/chat/completions?x=1 HTTP/1.1\r\n"));
}

TEST(OpenAi, HeadOfARequestWithoutABodyHasNoLength) {
    const auto target = target_of("openai", "https://api.openai.com/v1", "sk-1");
    const auto head = Upstream(target).head(
        {.operation = other, .method = "DELETE", .endpoint = "/responses/r", .content_type = {}});
    EXPECT_TRUE(head->starts_with("DELETE /v1/responses/r HTTP/1.1\r\n"));
    EXPECT_EQ(head->find("content-"), std::string::npos);
    EXPECT_TRUE(head->ends_with("\r\n\r\n"));
}

TEST(Anthropic, FindsItsUrlsWhereverTheAddressEnds) {
    for (const auto* base : {"https://a", "https://a/", "https://a/v1", "https://a/v1/messages"}) {
        const auto target = target_of("anthropic", base);
        EXPECT_EQ(path_of(target, complete, "claude-x"), "/v1/messages") << base;
        EXPECT_EQ(path_of(target, stream, "claude-x"), "/v1/messages") << base;
        EXPECT_EQ(path_of(target, count_tokens, "c"), "/v1/messages/count_tokens") << base;
    }
    EXPECT_EQ(path_of(target_of("anthropic", "https://a/anthropic"), complete, "x"),
              "/anthropic/v1/messages");
}

TEST(Anthropic, SendsItsKeyItsVersionAndTheBetas) {
    const auto target = target_of("anthropic", "https://a", "sk-ant-api-1");
    const std::string betas[] = {"anthropic-beta: a,b"};
    auto ask = as_claude;
    ask.headers = betas;
    EXPECT_EQ(header_of(target, ask, "x-api-key"), "sk-ant-api-1");
    EXPECT_EQ(header_of(target, ask, "authorization"), "-");
    EXPECT_EQ(header_of(target, ask, "anthropic-version"), "2023-06-01");
    EXPECT_EQ(header_of(target, ask, "anthropic-beta"), "a,b");
    ask.anthropic_version = "2026-10-21";
    EXPECT_EQ(header_of(target, ask, "anthropic-version"), "2026-10-21");
}

TEST(Anthropic, SendsWhatSomeoneSignedInWithAsAToken) {
    EXPECT_EQ(header_of(target_of("anthropic", "https://a", "sk-ant-oat01-x"), as_claude,
                        "authorization"),
              "Bearer sk-ant-oat01-x");
}

TEST(Anthropic, LetsATargetSayItsVersion) {
    auto target = target_of("anthropic", "https://a");
    target.headers = {{"anthropic-version", "mine"}};
    const auto head = Upstream(target).head(as_claude);
    EXPECT_NE(head->find("anthropic-version: mine"), std::string::npos);
    EXPECT_EQ(head->find("2023-06-01"), std::string::npos);
}

TEST(Gemini, FindsItsUrlsWhereverTheAddressEnds) {
    for (const auto* base :
         {"https://g", "https://g/v1beta", "https://g/v1beta/models", "https://g/v1beta/openai/"}) {
        const auto target = target_of("gemini", base);
        EXPECT_EQ(path_of(target, complete, "gemini-x"), "/v1beta/models/gemini-x:generateContent")
            << base;
    }
    EXPECT_EQ(path_of(target_of("gemini", "https://g/v1"), stream, "gemini-x"),
              "/v1/models/gemini-x:streamGenerateContent?alt=sse");
    EXPECT_EQ(path_of(target_of("gemini", "https://g"), count_tokens, "gemini-x"),
              "/v1beta/models/gemini-x:countTokens");
}

TEST(Gemini, PutsAnyNameIntoItsUrl) {
    const auto target = target_of("gemini", "https://g");
    EXPECT_EQ(path_of(target, complete, "models/gemini-x"),
              "/v1beta/models/gemini-x:generateContent");
    EXPECT_EQ(path_of(target, complete, "tunedModels/mine"),
              "/v1beta/tunedModels/mine:generateContent");
    EXPECT_EQ(path_of(target, complete, "a/b c?d"), "/v1beta/models/a%2Fb%20c%3Fd:generateContent");
    EXPECT_EQ(path_of(target, complete, "x\r\ny: z"),
              "/v1beta/models/x%0D%0Ay:%20z:generateContent");
}

TEST(Gemini, SendsItsKeyInItsOwnHeader) {
    EXPECT_EQ(header_of(target_of("gemini", "https://g", "AIza"), as_gemini, "x-goog-api-key"),
              "AIza");
    EXPECT_EQ(header_of(target_of("gemini", "https://g", "ya29.x"), as_gemini, "authorization"),
              "Bearer ya29.x");
}

TEST(Azure, HasTheUrlsOfOpenAiWithoutADate) {
    for (const auto* base : {"https://x.openai.azure.com", "https://x.openai.azure.com/openai",
                             "https://x.openai.azure.com/openai/v1/"}) {
        auto target = target_of("azure", base, "k");
        EXPECT_EQ(path_of(target, complete, "my-gpt"), "/openai/v1/chat/completions");
        EXPECT_EQ(path_of(target, complete, "responses/my-gpt"), "/openai/v1/responses");
        target.cloud.azure_api_version = "preview";
        EXPECT_EQ(path_of(target, complete, "my-gpt"),
                  "/openai/v1/chat/completions?api-version=preview");
    }
}

TEST(Azure, HasAUrlForEachDeploymentWithADate) {
    auto target = target_of("azure", "https://x.openai.azure.com", "k");
    target.cloud.azure_api_version = "2024-10-21";
    EXPECT_EQ(path_of(target, complete, "my gpt"),
              "/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21");
    EXPECT_EQ(path_of(target, Ask{.operation = other, .model = "e", .endpoint = "/embeddings"}),
              "/openai/deployments/e/embeddings?api-version=2024-10-21");
    EXPECT_FALSE(Upstream(target).manner("my-gpt").speaks_responses);
    target.cloud.azure_api_version = "2025-04-01-preview";
    EXPECT_TRUE(Upstream(target).manner("my-gpt").speaks_responses);
    EXPECT_EQ(path_of(target, complete, "responses/my-gpt"),
              "/openai/responses?api-version=2025-04-01-preview");
}

TEST(Azure, ShowsAKeyOrAToken) {
    auto target = target_of("azure", "https://x", "k");
    EXPECT_EQ(header_of(target, {}, "api-key"), "k");
    EXPECT_EQ(header_of(target, {}, "authorization"), "-");
    target.cloud.azure_ad_token = Secret("t");
    EXPECT_EQ(header_of(target, {}, "authorization"), "Bearer t");
    EXPECT_EQ(header_of(target, {}, "api-key"), "-");
}

TEST(Azure, AsksForATokenWithAClientsSecret) {
    auto target = target_of("azure", "https://x");
    target.cloud.azure_tenant_id = "tenant";
    target.cloud.azure_client_id = "client";
    target.cloud.azure_client_secret = Secret("s&t");
    const Upstream upstream(target);
    ASSERT_TRUE(upstream.needs_token());
    const auto ask = upstream.token_ask({});
    EXPECT_EQ(ask->origin.key, "https://login.microsoftonline.com:443");
    EXPECT_TRUE(ask->head.starts_with("POST /tenant/oauth2/v2.0/token HTTP/1.1\r\n"));
    EXPECT_EQ(ask->body,
              "grant_type=client_credentials&client_id=client&client_secret=s%26t&"
              "scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default");
    EXPECT_EQ(header_of(target, {.token = "got"}, "authorization"), "Bearer got");
    EXPECT_EQ(Upstream(target).head({}).error().kind, ErrorKind::unavailable);
}

TEST(AzureFoundry, AsksClaudeInAnthropicsFormat) {
    const auto target = target_of("azure_ai", "https://x.services.ai.azure.com", "k");
    EXPECT_EQ(path_of(target, complete, "claude-opus-x"), "/anthropic/v1/messages");
    EXPECT_EQ(path_of(target, count_tokens, "claude-x"), "/anthropic/v1/messages/count_tokens");
    EXPECT_EQ(header_of(target, as_claude, "api-key"), "k");
    EXPECT_EQ(header_of(target, as_claude, "anthropic-version"), "2023-06-01");
    EXPECT_EQ(path_of(target, complete, "deepseek-x"), "/openai/v1/chat/completions");
    EXPECT_EQ(header_of(target, {}, "anthropic-version"), "-");
}

TEST(AzureFoundry, FindsItsUrlsByAddressAndVersion) {
    auto target = target_of("azure_ai", "https://x.services.ai.azure.com", "k");
    target.cloud.azure_api_version = "2024-05-01-preview";
    EXPECT_EQ(path_of(target, complete, "grok"),
              "/models/chat/completions?api-version=2024-05-01-preview");
    EXPECT_EQ(path_of(target_of("azure_ai", "https://a.example"), complete, "x"),
              "/v1/chat/completions");
    EXPECT_EQ(path_of(target_of("azure_ai", "https://a.example/v1"), complete, "x"),
              "/v1/chat/completions");
    EXPECT_EQ(header_of(target_of("azure_ai", "https://a.example", "k"), {}, "authorization"),
              "Bearer k");
}

config::Target vertex(std::string project = "p", std::string location = "eu-x1") {
    auto target = target_of("vertex_ai", "https://eu-x1-aiplatform.googleapis.com");
    target.cloud.vertex_project = std::move(project);
    target.cloud.vertex_location = std::move(location);
    return target;
}

TEST(VertexAi, HasAUrlForEachPublishersModels) {
    const auto target = vertex();
    const std::string base = "/v1/projects/p/locations/eu-x1";
    EXPECT_EQ(path_of(target, complete, "gemini-x"),
              base + "/publishers/google/models/gemini-x:generateContent");
    EXPECT_EQ(path_of(target, stream, "google/gemini-x"),
              base + "/publishers/google/models/gemini-x:streamGenerateContent?alt=sse");
    EXPECT_EQ(path_of(target, complete, "gemini/1234"), base + "/endpoints/1234:generateContent");
    EXPECT_EQ(path_of(target, complete, "claude-x@20250929"),
              base + "/publishers/anthropic/models/claude-x@20250929:rawPredict");
    EXPECT_EQ(path_of(target, stream, "anthropic/claude-x"),
              base + "/publishers/anthropic/models/claude-x:streamRawPredict");
    EXPECT_EQ(path_of(target, count_tokens, "claude-x"),
              base + "/publishers/anthropic/models/count-tokens:rawPredict");
    EXPECT_EQ(path_of(target, complete, "meta/llama-x"),
              base + "/endpoints/openapi/chat/completions");
}

TEST(VertexAi, KnowsEachModelsDialect) {
    const auto target = vertex();
    const Upstream upstream(target);
    EXPECT_EQ(upstream.manner("gemini-x").dialect, DialectId::gemini);
    EXPECT_EQ(upstream.manner("claude-x").dialect, DialectId::anthropic_messages);
    EXPECT_EQ(upstream.manner("anthropic/claude-x").model, "claude-x");
    EXPECT_EQ(upstream.manner("meta/llama").dialect, DialectId::openai_chat);
    EXPECT_EQ(upstream.variant(DialectId::anthropic_messages, "c").anthropic_version,
              "vertex-2023-10-16");
    EXPECT_EQ(upstream.variant(DialectId::gemini, "c").anthropic_version, "");
    EXPECT_FALSE(upstream.variant(DialectId::gemini, "c").takes_call_ids);
}

TEST(VertexAi, TakesTheModelOutOfAClaudeBody) {
    const auto target = vertex();
    const Upstream upstream(target);
    auto ask = as_claude;
    const auto edits = upstream.body_edits(ask);
    EXPECT_EQ(edits.removed, (std::vector<std::string>{"model"}));
    ASSERT_EQ(edits.added.size(), 1U);
    EXPECT_EQ(edits.added[0].first, "anthropic_version");
    EXPECT_EQ(edits.added[0].second, "\"vertex-2023-10-16\"");
    ask.operation = count_tokens;
    EXPECT_TRUE(upstream.body_edits(ask).removed.empty());
    EXPECT_TRUE(upstream.body_edits(as_gemini).is_empty());
}

TEST(VertexAi, NeedsATokenUnlessItHasAKey) {
    auto target = vertex();
    EXPECT_TRUE(Upstream(target).needs_token());
    EXPECT_EQ(header_of(target, {.dialect = DialectId::gemini, .token = "t"}, "authorization"),
              "Bearer t");
    EXPECT_FALSE(Upstream(target).head(as_gemini));
    target.api_key = Secret("AIza");
    EXPECT_FALSE(Upstream(target).needs_token());
    EXPECT_EQ(header_of(target, as_gemini, "x-goog-api-key"), "AIza");
}

config::Target bedrock() {
    auto target = target_of("bedrock", "https://bedrock-runtime.us-east-1.amazonaws.com");
    target.cloud.aws_access_key_id = "AKID";
    target.cloud.aws_secret_access_key = Secret("a-long-secret");
    target.cloud.aws_region = "us-east-1";
    return target;
}

TEST(Bedrock, InvokesClaudeAndConversesWithOthers) {
    const auto target = bedrock();
    EXPECT_EQ(path_of(target, complete, "us.anthropic.claude-x-v1:0"),
              "/model/us.anthropic.claude-x-v1%3A0/invoke");
    EXPECT_EQ(path_of(target, stream, "anthropic.claude-x"),
              "/model/anthropic.claude-x/invoke-with-response-stream");
    EXPECT_EQ(path_of(target, complete, "amazon.nova-x:0"), "/model/amazon.nova-x%3A0/converse");
    EXPECT_EQ(path_of(target, stream, "converse/anthropic.claude-x"),
              "/model/anthropic.claude-x/converse-stream");
    EXPECT_EQ(path_of(target, complete,
                      "arn:aws:bedrock:us-east-1:1:inference-profile/"
                      "us.anthropic.claude-x"),
              "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2F"
              "us.anthropic.claude-x/invoke");
    EXPECT_EQ(path_of(target, complete, "invoke/arn:x"), "/model/arn%3Ax/invoke");
}

TEST(Bedrock, KnowsEachModelsDialectAndFraming) {
    const auto target = bedrock();
    const Upstream upstream(target);
    EXPECT_EQ(upstream.manner("anthropic.claude-x").dialect, DialectId::anthropic_messages);
    EXPECT_EQ(upstream.manner("amazon.nova").dialect, DialectId::bedrock_converse);
    EXPECT_EQ(upstream.manner("converse/anthropic.claude-x").dialect, DialectId::bedrock_converse);
    EXPECT_EQ(upstream.manner("amazon.nova").framing, Framing::aws_event_stream);
    EXPECT_EQ(upstream.variant(DialectId::anthropic_messages, "c").anthropic_version,
              "bedrock-2023-05-31");
}

TEST(Bedrock, PutsVersionAndBetasIntoTheBody) {
    const auto target = bedrock();
    const Upstream upstream(target);
    const std::string lines[] = {"anthropic-beta: a, b", "x: y", "anthropic-beta: c"};
    auto ask = as_claude;
    ask.headers = lines;
    const auto edits = upstream.body_edits(ask);
    EXPECT_EQ(edits.removed, (std::vector<std::string>{"model", "stream"}));
    using Added = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(edits.added, (Added{{"anthropic_version", "\"bedrock-2023-05-31\""},
                                  {"anthropic_beta", R"(["a","b","c"])"}}));
}

TEST(Bedrock, SignsHeadAndBody) {
    auto target = bedrock();
    const std::string_view body[] = {"{", "}"};
    Ask ask{.dialect = DialectId::bedrock_converse,
            .model = "amazon.nova:0",
            .body = body,
            .now = SystemTime(std::chrono::seconds(1440938160))};
    EXPECT_EQ(header_of(target, ask, "x-amz-date"), "20150830T123600Z");
    EXPECT_EQ(header_of(target, ask, "x-amz-content-sha256"),
              "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    const auto one = header_of(target, ask, "authorization");
    EXPECT_TRUE(
        one.starts_with("AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/bedrock/aws4_request, "
                        "SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature="));
    const std::string_view other_body[] = {"{}", " "};
    ask.body = other_body;
    EXPECT_NE(header_of(target, ask, "authorization"), one);
    target.cloud.aws_session_token = Secret("session");
    EXPECT_EQ(header_of(target, ask, "x-amz-security-token"), "session");
    EXPECT_NE(header_of(target, ask, "authorization").find("x-amz-date;x-amz-security-token,"),
              std::string::npos);
}

TEST(Bedrock, CarriesABearerKeyInPlaceOfASignature) {
    auto target = bedrock();
    target.api_key = Secret("bedrock-key");
    EXPECT_EQ(header_of(target, as_claude, "authorization"), "Bearer bedrock-key");
    EXPECT_EQ(header_of(target, as_claude, "x-amz-date"), "-");
    target.api_key = {};
    target.cloud.aws_access_key_id.clear();
    EXPECT_EQ(Upstream(target).head(as_claude).error().kind, ErrorKind::unavailable);
}

TEST(Providers, TakeTheirSecretsOutOfText) {
    auto target = bedrock();
    target.cloud.aws_session_token = Secret("a-session-token");
    Error error{.message = "bad a-long-secret with a-session-token"};
    Upstream(target).take_secrets_out(error);
    EXPECT_EQ(error.message, "bad [key] with [key]");
}

TEST(Providers, HaveCodeForEachKindThatTheConfigurationKnows) {
    // A kind without code would be asked as OpenAI's kin are.
    for (const auto kind : config::supported_kinds()) {
        config::Target target;
        target.provider.kind = kind;
        target.provider.base_url = "https://a.example";
        const auto path = path_of(
            target, Ask{.dialect = DialectId::anthropic_messages, .model = "claude", .token = "t"});
        if (!kind.starts_with("openai") && kind != "azure") {
            EXPECT_NE(path, "/chat/completions") << kind;
        }
    }
}

TEST(Issuer, IsTheAccountAndSaysNothingOfTheKey) {
    const auto one = Upstream(target_of("anthropic", "https://a", "sk-one")).issuer();
    EXPECT_TRUE(one.starts_with("anthropic-"));
    EXPECT_EQ(one.size(), std::string_view("anthropic-123456").size());
    EXPECT_EQ(one, Upstream(target_of("anthropic", "https://a", "sk-one")).issuer());
    EXPECT_NE(one, Upstream(target_of("anthropic", "https://a", "sk-two")).issuer());
    EXPECT_NE(one, Upstream(target_of("anthropic", "https://b", "sk-one")).issuer());
}

TEST(Variant, IsTheProvidersRow) {
    const auto target = target_of("mistral", "https://api.mistral.ai/v1", "k");
    const Upstream upstream(target);
    const auto mistral = upstream.variant(DialectId::openai_chat, "m");
    EXPECT_EQ(mistral.required_choice, "any");
    EXPECT_EQ(mistral.seed_field, "random_seed");
    EXPECT_EQ(mistral.max_tokens_field, "max_tokens");
    EXPECT_FALSE(mistral.takes_stream_options);
    EXPECT_FALSE(mistral.takes_developer_role);
}

TEST(Variant, AtAForeignAddressIsOpenAisForItsOwnModelsAlone) {
    auto target = target_of("openai", "http://localhost:8000/v1", "k");
    target.provider.is_at_home = false;
    const Upstream upstream(target);
    EXPECT_EQ(upstream.variant(DialectId::openai_chat, "gpt-x").max_tokens_field,
              "max_completion_tokens");
    EXPECT_TRUE(upstream.variant(DialectId::openai_chat, "o3").takes_developer_role);
    EXPECT_EQ(upstream.variant(DialectId::openai_chat, "qwen").max_tokens_field, "max_tokens");
    EXPECT_FALSE(upstream.variant(DialectId::openai_chat, "qwen").takes_developer_role);
}

}  // namespace
}  // namespace router::providers
