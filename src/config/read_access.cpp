#include "config/read_access.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/base_url.hpp"
#include "config/headers.hpp"
#include "config/read_cloud.hpp"
#include "config/section_reader.hpp"

namespace router::config {
namespace {

constexpr std::string_view where = "litellm_params";
constexpr std::array<const char*, 3> address_keys{"api_base", "base_url",
                                                  "aws_bedrock_runtime_endpoint"};
constexpr std::array<std::string_view, 4> key_headers{"authorization", "x-api-key", "api-key",
                                                      "x-goog-api-key"};

// OpenAI's servers are told by their version part, the clouds' by their host alone.
BaseUrl own_base_url(std::string_view text, const ProviderSettings& row) {
    return is_cloud(row) ? checked_base_url(text) : completed_base_url(text, row.base_url);
}

void take_base_url(std::string url, ProviderSettings& row) {
    row.is_at_home = url_authority(url) == url_authority(row.base_url);
    row.base_url = std::move(url);
}

std::string join_or(const std::vector<std::string>& words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) out += i + 1 == words.size() ? " or " : ", ";
        out += words[i];
    }
    return out;
}

bool has_header(const Target& target, std::string_view name) {
    return std::ranges::find(target.headers, name, &std::pair<std::string, std::string>::first) !=
           target.headers.end();
}

// A key read with $(cat file) has a line break at its end.
std::string trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(blanks) - first + 1));
}

void take_key_from_environment(const ModelEntry& entry, const ModelContext& context,
                               Target& target) {
    for (const auto& variable : target.provider.key_variables) {
        const auto key = context.environment(variable);
        if (!key || key->empty()) continue;
        target.api_key = Secret(trimmed(*key));
        if (!is_header_value(target.api_key.reveal())) {
            context.report.error(entry.place,
                                 "the key in " + variable + " must be one line of text");
        }
        const auto* row = context.catalogue.find(target.provider.prefix);
        const auto host = url_authority(target.provider.base_url);
        if (has_own_address(entry.params) && row != nullptr && !row->base_url.empty() &&
            row->needs_key && url_authority(row->base_url) != host) {
            context.report.warning(
                entry.place, "the key in " + variable + " goes to " + shown(host) +
                                 ", as no api_key is given (api_key: none sends no real one)");
        }
        return;
    }
}

std::string variable_of(const Value& value) {
    constexpr std::string_view reference = "os.environ/";
    return value.written.starts_with(reference) ? value.written.substr(reference.size())
                                                : value.written;
}

void warn_of_no_key(const ModelEntry& entry, const Value* value, const ModelContext& context,
                    const Target& target) {
    if (value != nullptr && !value->written.empty()) {
        context.report.warning(
            value->place,
            "model " + shown(entry.model_name) + ": " + variable_of(*value) + " is not set, so " +
                (target.provider.needs_key ? target.provider.prefix + " will refuse its calls"
                                           : "its calls carry no key"));
    } else if (target.provider.needs_key && !has_own_address(entry.params)) {
        const auto& variables = target.provider.key_variables;
        context.report.warning(
            entry.place, "model " + shown(entry.model_name) + " has no key: " +
                             (variables.empty() ? "" : "set " + join_or(variables) + ", or ") +
                             "add api_key");
    }
}

}  // namespace

bool has_own_address(const Value& params) {
    const auto given = [&](std::string_view key) {
        const auto* value = params.find(key);
        return value != nullptr && !value->is(ValueKind::null);
    };
    return std::ranges::any_of(address_keys, given);
}

void read_base_url(const ModelEntry& entry, const ModelContext& context, Target& target) {
    const SectionReader reader(entry.params, where, context.report);
    for (const auto* key : address_keys) {
        const auto* value = reader.find(key);
        if (value == nullptr) continue;
        if (!value->is_scalar()) return reader.wrong(key, *value, "a URL");
        auto url = own_base_url(value->text, target.provider);
        if (!url.problem.empty()) {
            context.report.error(value->place, std::string("litellm_params.") + key + " " +
                                                   url.problem +
                                                   ", like https://api.openai.com/v1");
        }
        take_base_url(std::move(url.text), target.provider);
        return;
    }
    for (const auto& variable : target.provider.base_variables) {
        const auto text = context.environment(variable);
        if (!text || text->empty()) continue;
        auto url = own_base_url(*text, target.provider);
        if (url.problem.empty()) {
            take_base_url(std::move(url.text), target.provider);
            return;
        }
        context.report.warning(entry.place, "the environment variable " + variable + " " +
                                                url.problem + "; it is not used");
    }
    if (!target.provider.base_url.empty() || target.mock_response) return;
    if (const auto& variables = target.provider.base_variables; is_cloud(target.provider)) {
        context.report.warning(entry.place, "model " + shown(entry.model_name) +
                                                " has no address and is left out: set " +
                                                join_or(variables) + ", or add api_base");
    } else {
        context.report.error(entry.place, "the provider \"" + target.provider.prefix +
                                              "\" has no address of its own; add " +
                                              "api_base, like http://localhost:8000/v1");
    }
}

// The entry's api_key, else the provider's own variables. An empty variable is no key.
void read_key(const ModelEntry& entry, const ModelContext& context, Target& target) {
    const auto* value = entry.params.find("api_key");
    if (value != nullptr && !value->is_scalar()) {
        return SectionReader(entry.params, where, context.report).wrong("api_key", *value, "text");
    }
    if (value != nullptr && !value->text.empty()) {
        target.api_key = Secret(trimmed(value->text));
        if (!is_header_value(target.api_key.reveal())) {
            context.report.error(value->place, "litellm_params.api_key must be one line of text");
        }
        return;
    }
    if (target.mock_response) return;
    take_key_from_environment(entry, context, target);
    const bool has_proof =
        has_cloud_credentials(target) ||
        std::ranges::any_of(key_headers, [&](const auto name) { return has_header(target, name); });
    if (target.api_key.empty() && !has_proof) {
        warn_of_no_key(entry, value, context, target);
    }
}

void read_headers(const ModelEntry& entry, const ModelContext& context, Target& target) {
    const SectionReader reader(entry.params, where, context.report);
    for (const auto* key : {"headers", "extra_headers"}) {
        const auto* headers = reader.find(key);
        if (headers == nullptr) continue;
        if (!headers->is(ValueKind::map)) {
            reader.wrong(key, *headers, "a map of names and texts");
            continue;
        }
        for (const auto& member : headers->members) {
            add_header(member, target.headers, context.report);
        }
    }
}

}  // namespace router::config
