#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/diagnostics.hpp"
#include "config/model_catalogue.hpp"
#include "config/provider_catalogue.hpp"
#include "config/published_models.hpp"
#include "config/settings.hpp"
#include "config/value.hpp"

namespace router::config {

// Members of a JSON object in the order of the file: key -> its value as JSON text.
using JsonMembers = std::vector<std::pair<std::string, std::string>>;

// One provider + model + credential: an entry of model_list, everything in it resolved.
struct Target {
    std::string id;             // model_info.id, else a stable hash of name and parameters
    std::string model_name;     // the public name that it serves; may contain '*'
    ProviderSettings provider;  // the catalogue's row, with the entry's own api_base in base_url
    std::string
        model;       // what the upstream is asked for; '*' stands for what the caller's '*' matched
    Secret api_key;  // empty: none is sent
    std::string organization;  // OpenAI-Organization; empty: not sent
    CloudSettings cloud{};     // of Azure, Vertex AI and Bedrock
    std::vector<std::pair<std::string, std::string>> headers;  // extra_headers; names in lower case
    JsonMembers defaults;                     // request parameters used where the client sent none
    JsonMembers extra_body;                   // request parameters that replace the client's
    std::vector<std::string> dropped_params;  // removed: additional_drop_params, and with
                                              // drop_params what the provider refuses
    std::vector<std::string> unsent_params;   // what the client's own bytes go on without: those,
                                              // and what servers of one's own alone take
    std::vector<std::string> dropped_paths;   // of additional_drop_params: wire/json_path.hpp
    bool drops_params = false;  // drop_params: what cannot be sent is dropped rather than refused
    bool modifies_params = false;  // modify_params: turns are put in where the provider wants them
    bool merges_thinking = false;  // merge_reasoning_content_in_choices: thoughts as <think> text
    bool is_hidden = false;        // model_info.hidden: in no list of models
    std::optional<std::string> mock_response;    // answers without an upstream, with this text
    std::optional<milliseconds> timeout;         // of the whole attempt
    std::optional<milliseconds> stream_timeout;  // until the first byte of a streaming answer
    std::optional<double> weight;  // its part of the calls, beside the others'; else rpm or tpm
    int order = 0;                 // lower ones are asked first
    std::optional<int> retries;    // num_retries, in place of router_settings'
    std::optional<milliseconds> cooldown;  // cooldown_time, in place of router_settings'
    std::optional<int> max_parallel;       // so many calls at a time
    std::map<std::string, double> prices;  // input_cost_per_token and its kin, as written
    std::string model_info = "{}";         // the entry's model_info as JSON text, to echo
    Value info;                            // the same, for what it says of the model
    Place place;                           // where in which file the entry begins
};

// All the targets that bear one model_name, in the order of the file.
struct ModelGroup {
    std::string name;
    std::vector<Target> targets;
    bool is_wildcard() const { return name.find('*') != std::string::npos; }
};

struct Alias {
    std::string name;
    std::string group;
    bool hidden = false;  // answers, but stands in no list
};

// The whole configuration: immutable, built by load(), shared by the calls that began with it.
struct Snapshot {
    ServerSettings server;
    DeadlineSettings deadlines;
    LogSettings log;
    AuthSettings auth;
    UserSettings users;
    TaskSettings tasks;
    StorageSettings storage;
    RoutingSettings routing;
    bool lists_every_model = false;  // list_models: all; else those that one can chat with
    bool always_include_stream_usage = false;
    milliseconds refresh_models{0};  // how often providers are asked what they publish; 0: never
    ModelCatalogue models;           // what is known of models: models.yml, and the user's own
    std::vector<ModelGroup> groups;  // in the order of the file
    std::vector<Alias> aliases;
    std::string
        masked_json;  // the files as they were understood, secrets masked, for GET /admin/config
    std::vector<std::string> files;  // every file that went in: main, included, providers.yml, .env

    // Takes in what providers say of their models, and gives targets that have no prices of their
    // own those of their models.
    void learn(const std::vector<PublishedModels>& published);

    // What is known of a model that `target` serves: the rows of `models`, and above them what the
    // entry's model_info says.
    //   dialect, model  as ModelCatalogue::facts_for() takes them
    ModelFacts facts_of(const Target& target, std::string_view dialect,
                        std::string_view model) const;
};

}  // namespace router::config
