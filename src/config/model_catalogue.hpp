#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/model_facts.hpp"
#include "config/report.hpp"
#include "config/value.hpp"

namespace router::config {

struct ModelRow {
    std::string name;
    std::vector<std::string> names;      // patterns of models; empty: every one
    std::vector<std::string> providers;  // empty: every one
    std::string dialect;                 // empty: every one
    bool every_name = false;
    bool is_published = false;  // the provider says it itself: stands above all others
    ModelFacts facts;

    bool is_for_others() const { return names.empty() && providers.empty() && dialect.empty(); }
};

// The rows of the embedded models.yml, and those of a user's own beside the configuration.
class ModelCatalogue {
 public:
    static const ModelCatalogue& embedded();

    // Adds the rows of `document`; of a row that stands here, the fields given replace those known.
    // Rows that are like a row do not change with it.
    void extend(const Value& document, Report& report);

    // Adds rows that a provider publishes (published_models.hpp). What is wrong in them is passed
    // over.
    void extend_published(const Value& document);

    // As the free facts_for().
    ModelFacts facts_for(std::string_view provider, std::string_view kind,
                         std::string_view model) const;

    const std::vector<ModelRow>& rows() const { return rows_; }

 private:
    ModelRow* find(std::string_view name);

    std::vector<ModelRow> rows_;
};

// The names under which rows may know a model: as it is called, then without its vendor, region,
// version, date and "-latest"; in small letters.
std::vector<std::string> known_names(std::string_view model);

// What an entry's model_info says: LiteLLM's keys (max_output_tokens, supports_vision,
// supports_reasoning, ...) and the fields of models.yml. What it does not say stays; keys that mean
// nothing here are passed over.
void add_model_info(ModelFacts& facts, const Value& model_info, Report& report);

}  // namespace router::config
