#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/report.hpp"
#include "config/value.hpp"

namespace router::config {

// A row of providers.yml: what an upstream needs that is known by its prefix alone.
struct ProviderSettings {
    std::string prefix;  // "groq", as in groq/llama-3.3-70b
    std::string kind;    // how it is asked: "openai_chat", "anthropic", ... (supported_kinds())
    std::string
        base_url;  // with its version part, no slash at the end; empty: api_base is required
    std::vector<std::string> key_variables;   // the first one set is the key
    std::vector<std::string> base_variables;  // the first one set replaces base_url
    bool needs_key = true;                    // false: a local server that takes calls without one
    bool takes_stream_options =
        true;  // false: stream_options is refused, usage comes unasked or not at all
    bool publishes_models = false;            // GET /models says what each can do
    std::vector<std::string> refused_params;  // what drop_params removes for this provider
    std::vector<std::string> own_params;  // that clients send to whatever model, and it alone takes
    std::map<std::string, std::string> headers;  // sent with every call

    // How its Chat Completions differ from OpenAI's own; dialects::Variant says what each means.
    std::string max_tokens_field = "max_tokens";
    std::string reasoning_field{};
    std::string required_choice = "required";
    std::string seed_field = "seed";
    bool takes_developer_role = false;
    bool takes_top_k = false;
    bool images_in_tool_results = false;

    // Which of the models that it serves are asked in Anthropic's format: names, '*' is any text.
    std::vector<std::string> anthropic_models{};
    // An address of the user's own may be anybody's server: there only models of these names, the
    // bare ones of the row, are sure to be the provider's.
    std::vector<std::string> own_models{};
    bool is_at_home = true;  // false: base_url is the user's own

    bool is_supported() const;
    // Whether who answers for `model` is sure to be this provider.
    bool is_sure_to_serve(std::string_view model) const;
};

// The kinds of upstream that there is code for.
std::span<const std::string_view> supported_kinds();

struct ProviderRow {
    ProviderSettings settings;
    std::vector<std::string>
        bare_names;  // names that mean this provider without a prefix, "grok-*"
};

// The rows of the embedded providers.yml, and those of a user's own beside the configuration.
class ProviderCatalogue {
 public:
    static const ProviderCatalogue& embedded();

    // Adds the rows of `document`; of a prefix that stands here, the fields given replace those
    // known.
    void extend(const Value& document, Report& report);

    const std::vector<ProviderRow>& rows() const { return rows_; }
    const ProviderSettings* find(std::string_view prefix) const;
    const ProviderSettings* by_bare_name(std::string_view model) const;
    // By the "host" or "host:port" of its base URL. Servers that one runs oneself are not told by
    // theirs: many use port 8000.
    const ProviderSettings* by_authority(std::string_view authority) const;
    std::vector<std::string_view> prefixes() const;
    // What other rows have of their own, and `row` has not.
    std::vector<std::string_view> params_of_others(const ProviderSettings& row) const;

 private:
    std::vector<ProviderRow> rows_;
};

}  // namespace router::config
