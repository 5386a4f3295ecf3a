#include "config/provider_catalogue.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "config/base_url.hpp"
#include "config/headers.hpp"
#include "config/keys.hpp"
#include "config/plain_yaml.hpp"
#include "config/section_reader.hpp"

extern "C" {
extern const char embedded_providers_yml[];
extern const char embedded_providers_yml_end[];
}

namespace router::config {
namespace {

constexpr std::array<std::string_view, 19> fields{"kind",
                                                  "base_url",
                                                  "key",
                                                  "base",
                                                  "needs_key",
                                                  "takes_stream_options",
                                                  "publishes_models",
                                                  "refused_params",
                                                  "own_params",
                                                  "headers",
                                                  "bare_names",
                                                  "max_tokens_field",
                                                  "reasoning_field",
                                                  "required_choice",
                                                  "seed_field",
                                                  "takes_developer_role",
                                                  "takes_top_k",
                                                  "images_in_tool_results",
                                                  "anthropic_models"};

constexpr std::array<std::string_view, 8> kinds{"openai_chat", "openai",   "anthropic", "gemini",
                                                "azure",       "azure_ai", "vertex_ai", "bedrock"};

void read_base_url(const Value& map, const std::string& prefix, ProviderSettings& row,
                   Report& report) {
    const auto* value = map.find("base_url");
    if (value == nullptr || value->is(ValueKind::null)) return;
    const auto url =
        value->is_scalar() ? checked_base_url(value->text) : BaseUrl{.problem = "is not text"};
    if (url.problem.empty()) {
        row.base_url = url.text;
    } else {
        report.error(value->place, prefix + ".base_url " + url.problem);
    }
}

void read_headers(const SectionReader& reader, ProviderSettings& row, Report& report) {
    const auto* headers = reader.find("headers");
    if (headers == nullptr) return;
    if (!headers->is(ValueKind::map)) {
        return reader.wrong("headers", *headers, "a map of names and texts");
    }
    std::vector<std::pair<std::string, std::string>> read;
    for (const auto& member : headers->members) add_header(member, read, report);
    for (auto& [name, value] : read) row.headers[name] = std::move(value);
}

void read_kind(const SectionReader& reader, bool is_embedded, ProviderSettings& row) {
    if (is_embedded) return reader.text("kind", row.kind);
    if (auto kind = reader.one_of("kind", {kinds.begin(), kinds.end()})) {
        row.kind = std::move(*kind);
    }
}

// A word of the provider's own dialect, or one of those that there is code for.
void read_quirks(const SectionReader& reader, ProviderSettings& row) {
    if (auto field = reader.one_of("max_tokens_field", {"max_tokens", "max_completion_tokens"}))
        row.max_tokens_field = std::move(*field);
    if (auto field = reader.one_of("reasoning_field",
                                   {"reasoning_content", "reasoning", "reasoning_details"}))
        row.reasoning_field = std::move(*field);
    reader.text("required_choice", row.required_choice);
    reader.text("seed_field", row.seed_field);
    reader.boolean("takes_developer_role", row.takes_developer_role);
    reader.boolean("takes_top_k", row.takes_top_k);
    reader.boolean("images_in_tool_results", row.images_in_tool_results);
    reader.texts("anthropic_models", row.anthropic_models);
}

void read_row(const Value& map, bool is_embedded, ProviderRow& row, Report& report) {
    auto& settings = row.settings;
    const SectionReader reader(map, settings.prefix, report);
    for (const auto& member : map.members) {
        if (std::ranges::find(fields, member.key) != fields.end()) continue;
        report.warning(member.place, "a provider has no field " + shown(member.key) +
                                         did_you_mean(member.key, fields) + "; it is ignored");
    }
    read_kind(reader, is_embedded, settings);
    read_base_url(map, settings.prefix, settings, report);
    reader.texts("key", settings.key_variables);
    reader.texts("base", settings.base_variables);
    reader.boolean("needs_key", settings.needs_key);
    reader.boolean("takes_stream_options", settings.takes_stream_options);
    reader.boolean("publishes_models", settings.publishes_models);
    reader.texts("refused_params", settings.refused_params);
    reader.texts("own_params", settings.own_params);
    reader.texts("bare_names", row.bare_names);
    settings.own_models = row.bare_names;
    read_quirks(reader, settings);
    read_headers(reader, settings, report);
}

ProviderCatalogue read_embedded() {
    Report report;
    ProviderCatalogue catalogue;
    const std::string_view text(embedded_providers_yml, embedded_providers_yml_end);
    catalogue.extend(parse_plain_yaml(text), report);
    if (!report.sorted().empty()) throw std::logic_error(to_string(report.sorted().front()));
    return catalogue;
}

}  // namespace

std::span<const std::string_view> supported_kinds() { return kinds; }

bool ProviderSettings::is_supported() const {
    return std::ranges::find(kinds, kind) != kinds.end();
}

bool ProviderSettings::is_sure_to_serve(std::string_view model) const {
    return is_at_home || std::ranges::any_of(own_models, [&](const auto& pattern) {
               return matches(pattern, model);
           });
}

const ProviderCatalogue& ProviderCatalogue::embedded() {
    static const ProviderCatalogue catalogue = read_embedded();
    return catalogue;
}

void ProviderCatalogue::extend(const Value& document, Report& report) {
    if (document.is(ValueKind::null)) return;
    if (!document.is(ValueKind::map)) {
        report.error(document.place,
                     "the providers must be a map, prefix: {base_url, key}; it is " +
                         std::string(kind_name(document)));
        return;
    }
    const bool is_embedded = rows_.empty();
    for (const auto& [prefix, place, fields_of_row] : document.members) {
        if (!fields_of_row.is(ValueKind::map)) {
            report.error(place,
                         "the provider " + shown(prefix) + " must be a map with base_url and key");
            continue;
        }
        auto row = std::ranges::find(
            rows_, prefix, [](const ProviderRow& known) { return known.settings.prefix; });
        if (row == rows_.end()) {
            rows_.emplace_back();
            row = rows_.end() - 1;
            row->settings.prefix = prefix;
            row->settings.kind = "openai_chat";
        }
        read_row(fields_of_row, is_embedded, *row, report);
    }
}

const ProviderSettings* ProviderCatalogue::find(std::string_view prefix) const {
    const auto row = std::ranges::find_if(
        rows_, [&](const auto& known) { return known.settings.prefix == prefix; });
    return row == rows_.end() ? nullptr : &row->settings;
}

const ProviderSettings* ProviderCatalogue::by_bare_name(std::string_view model) const {
    const auto row = std::ranges::find_if(rows_, [&](const auto& known) {
        return std::ranges::any_of(known.bare_names,
                                   [&](const auto& pattern) { return matches(pattern, model); });
    });
    return row == rows_.end() ? nullptr : &row->settings;
}

const ProviderSettings* ProviderCatalogue::by_authority(std::string_view authority) const {
    const auto row = std::ranges::find_if(rows_, [&](const auto& known) {
        return known.settings.needs_key && url_authority(known.settings.base_url) == authority;
    });
    return row == rows_.end() ? nullptr : &row->settings;
}

std::vector<std::string_view> ProviderCatalogue::prefixes() const {
    std::vector<std::string_view> out;
    for (const auto& row : rows_) out.push_back(row.settings.prefix);
    return out;
}

std::vector<std::string_view> ProviderCatalogue::params_of_others(
    const ProviderSettings& row) const {
    std::vector<std::string_view> out;
    const auto has = [](const auto& params, std::string_view param) {
        return std::ranges::find(params, param) != params.end();
    };
    for (const auto& other : rows_) {
        for (const auto& param : other.settings.own_params) {
            if (!has(row.own_params, param) && !has(out, param)) out.push_back(param);
        }
    }
    return out;
}

}  // namespace router::config
