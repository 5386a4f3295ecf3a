#include "config/read_cloud.hpp"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "config/headers.hpp"
#include "config/section_reader.hpp"

namespace router::config {
namespace {

constexpr std::string_view where = "litellm_params";

// Takes texts from an entry of model_list, else from the environment.
class CloudReader {
 public:
    CloudReader(const ModelEntry& entry, const ModelContext& context)
        : entry_(entry), context_(context), reader_(entry.params, where, context.report) {}

    std::string text(std::initializer_list<std::string_view> keys,
                     std::initializer_list<std::string_view> variables) const {
        for (const auto key : keys) {
            if (const auto* value = reader_.find(key)) return given(key, *value);
        }
        for (const auto variable : variables) {
            auto found = context_.environment(variable);
            if (found && !found->empty()) return std::move(*found);
        }
        return {};
    }

    // A text that goes into a header or an address.
    std::string line(std::initializer_list<std::string_view> keys,
                     std::initializer_list<std::string_view> variables) const {
        auto out = text(keys, variables);
        while (!out.empty() && std::isspace(static_cast<unsigned char>(out.back())) != 0) {
            out.pop_back();
        }
        if (is_header_value(out)) return out;
        context_.report.error(entry_.place, "litellm_params." + std::string(*keys.begin()) +
                                                " must be one line of text");
        return {};
    }

    // A part of a host's name.
    std::string region(std::initializer_list<std::string_view> keys,
                       std::initializer_list<std::string_view> variables) const {
        auto out = line(keys, variables);
        const bool is_name = std::ranges::all_of(
            out, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; });
        if (is_name) return out;
        context_.report.error(entry_.place, "litellm_params." + std::string(*keys.begin()) +
                                                " must be the name of a region, like us-east-1");
        return {};
    }

 private:
    std::string given(std::string_view key, const Value& value) const {
        if (value.is(ValueKind::map)) return json_text(value);  // credentials written out
        if (value.is_scalar()) return value.text;
        reader_.wrong(key, value, "text");
        return {};
    }

    const ModelEntry& entry_;
    const ModelContext& context_;
    SectionReader reader_;
};

void read_azure(const CloudReader& reader, Target& target) {
    auto& cloud = target.cloud;
    cloud.azure_api_version = reader.line({"api_version"}, {"AZURE_API_VERSION"});
    cloud.azure_ad_token = Secret(reader.line({"azure_ad_token"}, {"AZURE_AD_TOKEN"}));
    cloud.azure_tenant_id = reader.region({"tenant_id"}, {"AZURE_TENANT_ID"});
    cloud.azure_client_id = reader.line({"client_id"}, {"AZURE_CLIENT_ID"});
    cloud.azure_client_secret = Secret(reader.line({"client_secret"}, {"AZURE_CLIENT_SECRET"}));
}

// `given` is JSON, or the path of a file that holds it.
std::string credentials_json(std::string given, const ModelEntry& entry,
                             const ModelContext& context) {
    const auto first = given.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || given[first] == '{') return given;
    auto text = context.read_file(given);
    if (text) return std::move(*text);
    context.report.warning(entry.place, "the credentials of model " + shown(entry.model_name) +
                                            " cannot be read from " + shown(given) + ": " +
                                            text.error());
    return {};
}

// Google's own libraries look in these places, and in this order.
// https://cloud.google.com/docs/authentication/application-default-credentials (read 2026-11-22)
std::string default_credentials(const ModelContext& context) {
    const auto home = context.environment("HOME");
    if (!home || home->empty()) return {};
    const auto text =
        context.read_file(*home + "/.config/gcloud/application_default_credentials.json");
    return text ? *text : std::string();
}

void read_vertex(const CloudReader& reader, const ModelEntry& entry, const ModelContext& context,
                 Target& target) {
    auto& cloud = target.cloud;
    cloud.vertex_project = reader.line({"vertex_project", "vertex_ai_project"},
                                       {"VERTEXAI_PROJECT", "GOOGLE_CLOUD_PROJECT"});
    cloud.vertex_location =
        reader.region({"vertex_location", "vertex_ai_location"},
                      {"VERTEXAI_LOCATION", "VERTEX_LOCATION", "GOOGLE_CLOUD_LOCATION"});
    if (cloud.vertex_location.empty()) cloud.vertex_location = "us-central1";
    auto given = reader.text({"vertex_credentials", "vertex_ai_credentials"},
                             {"VERTEXAI_CREDENTIALS", "GOOGLE_APPLICATION_CREDENTIALS"});
    auto credentials = given.empty() ? default_credentials(context)
                                     : credentials_json(std::move(given), entry, context);
    cloud.vertex_credentials = Secret(std::move(credentials));
    if (!target.provider.base_url.empty()) return;
    const auto& location = cloud.vertex_location;
    // The multi-regions have hosts of another form.
    // https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations (read 2026-11-22)
    if (location == "global") {
        target.provider.base_url = "https://aiplatform.googleapis.com";
    } else if (location == "us" || location == "eu") {
        target.provider.base_url = "https://aiplatform." + location + ".rep.googleapis.com";
    } else {
        target.provider.base_url = "https://" + location + "-aiplatform.googleapis.com";
    }
}

bool is_region(std::string_view text) {
    return std::ranges::count(text, '-') >= 2 && text.size() > 2 && text[2] == '-' &&
           std::isdigit(static_cast<unsigned char>(text.back())) != 0 && !text.contains('.');
}

// "us-west-2/anthropic...." as LiteLLM has it, or that of an ARN ("arn:aws:bedrock:us-west-2:...").
// Takes the first off the model.
std::string region_of(std::string& model) {
    if (const auto slash = model.find('/');
        slash != std::string::npos && is_region(std::string_view(model).substr(0, slash))) {
        auto region = model.substr(0, slash);
        model.erase(0, slash + 1);
        return region;
    }
    auto at = model.find("arn:");
    for (int i = 0; i < 3 && at != std::string::npos; ++i) at = model.find(':', at + 1);
    if (at == std::string::npos) return {};
    auto region = model.substr(at + 1, model.find(':', at + 1) - at - 1);
    return is_region(region) ? region : std::string();
}

void read_bedrock(const CloudReader& reader, Target& target) {
    auto& cloud = target.cloud;
    cloud.aws_access_key_id = reader.line({"aws_access_key_id"}, {"AWS_ACCESS_KEY_ID"});
    cloud.aws_secret_access_key =
        Secret(reader.line({"aws_secret_access_key"}, {"AWS_SECRET_ACCESS_KEY"}));
    cloud.aws_session_token = Secret(reader.line({"aws_session_token"}, {"AWS_SESSION_TOKEN"}));
    cloud.aws_region = region_of(target.model);
    if (cloud.aws_region.empty()) {
        cloud.aws_region = reader.region({"aws_region_name"},
                                         {"AWS_REGION_NAME", "AWS_REGION", "AWS_DEFAULT_REGION"});
    }
    if (cloud.aws_region.empty()) cloud.aws_region = "us-east-1";
    if (!target.provider.base_url.empty()) return;
    const std::string_view suffix =
        cloud.aws_region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
    target.provider.base_url = "https://bedrock-runtime." + cloud.aws_region + std::string(suffix);
}

}  // namespace

bool is_cloud(const ProviderSettings& row) {
    return row.kind.starts_with("azure") || row.kind == "vertex_ai" || row.kind == "bedrock";
}

void read_cloud(const ModelEntry& entry, const ModelContext& context, Target& target) {
    const CloudReader reader(entry, context);
    const auto& kind = target.provider.kind;
    if (kind == "azure" || kind == "azure_ai") read_azure(reader, target);
    if (kind == "vertex_ai") read_vertex(reader, entry, context, target);
    if (kind == "bedrock") read_bedrock(reader, target);
}

bool has_cloud_credentials(const Target& target) {
    const auto& cloud = target.cloud;
    return !cloud.azure_ad_token.empty() || !cloud.azure_client_secret.empty() ||
           !cloud.vertex_credentials.empty() || !cloud.aws_access_key_id.empty();
}

}  // namespace router::config
