#include "config/choose_provider.hpp"

#include <string_view>
#include <utility>

#include "config/base_url.hpp"
#include "config/keys.hpp"

namespace router::config {
namespace {

std::string_view text_of(const Value& params, std::string_view key) {
    const auto* value = params.find(key);
    return value != nullptr && value->is_scalar() && !value->is(ValueKind::null)
               ? std::string_view(value->text)
               : std::string_view();
}

std::string_view api_base_of(const Value& params) {
    const auto api_base = text_of(params, "api_base");
    return api_base.empty() ? text_of(params, "base_url") : api_base;
}

const ProviderSettings* row_of_host(std::string_view api_base, const ProviderCatalogue& catalogue) {
    const auto url = checked_base_url(api_base);
    return url.problem.empty() ? catalogue.by_authority(url_authority(url.text)) : nullptr;
}

std::optional<ChosenProvider> forced(const Value& provider, std::string_view model,
                                     const ProviderCatalogue& catalogue, Report& report) {
    const auto* row = catalogue.find(provider.text);
    if (row == nullptr) {
        report.error(provider.place, "custom_llm_provider: there is no provider " +
                                         shown(provider) +
                                         did_you_mean(provider.text, catalogue.prefixes()));
        return std::nullopt;
    }
    const auto prefix = provider.text + "/";
    if (model.starts_with(prefix)) model.remove_prefix(prefix.size());
    return ChosenProvider{row, std::string(model)};
}

std::optional<ChosenProvider> unknown_prefix(const Value& model, std::string_view prefix,
                                             bool has_base, const ProviderCatalogue& catalogue,
                                             Report& report) {
    const auto named = model.written.empty() ? shown(prefix) : shown(model);
    if (has_base) {
        report.warning(model.place, "there is no provider " + named +
                                        did_you_mean(prefix, catalogue.prefixes()) +
                                        "; as api_base is given, it is asked for " + shown(model) +
                                        " (with openai/ before the name this is clear)");
        return ChosenProvider{catalogue.find("openai_like"), model.text};
    }
    report.error(model.place, "there is no provider " + named +
                                  did_you_mean(prefix, catalogue.prefixes()) +
                                  "; for a server of your own write openai/<model> and api_base");
    return std::nullopt;
}

std::optional<ChosenProvider> bare(const Value& model, bool has_base,
                                   const ProviderCatalogue& catalogue, Report& report) {
    if (const auto* row = catalogue.by_bare_name(model.text))
        return ChosenProvider{row, model.text};
    if (has_base) return ChosenProvider{catalogue.find("openai_like"), model.text};
    report.error(model.place, "no provider is known for the model " + shown(model) +
                                  "; write provider/model, like openai/gpt-4o, or add api_base");
    return std::nullopt;
}

}  // namespace

std::optional<ChosenProvider> choose_provider(const Value& params,
                                              const ProviderCatalogue& catalogue, Report& report) {
    const auto& model = *params.find("model");
    if (const auto* provider = params.find("custom_llm_provider");
        provider != nullptr && !provider->text.empty()) {
        return forced(*provider, model.text, catalogue, report);
    }
    const auto api_base = api_base_of(params);
    const auto slash = model.text.find('/');
    const auto prefix =
        std::string_view(model.text).substr(0, slash == std::string::npos ? 0 : slash);
    if (const auto* row = prefix.empty() ? nullptr : catalogue.find(prefix)) {
        if (slash + 1 < model.text.size()) return ChosenProvider{row, model.text.substr(slash + 1)};
        report.error(model.place,
                     "litellm_params.model names the provider " + shown(prefix) + " and no model");
        return std::nullopt;
    }
    if (const auto* row = api_base.empty() ? nullptr : row_of_host(api_base, catalogue)) {
        return ChosenProvider{row, model.text};
    }
    if (!prefix.empty()) return unknown_prefix(model, prefix, !api_base.empty(), catalogue, report);
    return bare(model, !api_base.empty(), catalogue, report);
}

}  // namespace router::config
