#pragma once

#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "config/snapshot.hpp"
#include "routing/backend.hpp"

namespace router::routing {

struct Attempt {
    const Backend* backend;
    std::string model;          // what the upstream is asked for
    bool is_last_hope = false;  // it failed a moment ago, or is busy
};

// The targets to try, in order.
struct Plan {
    std::string_view group;  // the model_name that serves the call
    std::vector<Attempt> attempts;
};

struct ListedModel {
    std::string_view id;
    const config::Target* target;  // the first of its group
    config::ModelFacts facts;      // of the target's model
};

// Model names to targets, made from a snapshot.
//
//   order  a target's id, an alias, a model_name, the most specific wildcard, "*" (LiteLLM's order)
class Table {
 public:
    //   before  whose targets' state goes on where their ids are the same; null: none
    explicit Table(const config::Snapshot& snapshot, const Table* before = nullptr);

    // Healthy targets first, those of a lower `order` before the others, and among equals as the
    // strategy wants it; behind them those that are set aside or have all the calls that they may
    // have, for a last hope is better than none.
    //   errors  not_found, with the nearest name there is
    Result<Plan> plan(std::string_view model, SteadyTime now) const;

    // Who answers when those of `model` fail with this, or, null, cannot be asked; perhaps nobody.
    // Models' names, as plan() takes them.
    std::span<const std::string> fallbacks(std::string_view model, const Error* error) const;

    const config::RoutingSettings& settings() const { return settings_; }

    // What /v1/models lists: groups and aliases, not wildcards, not what is hidden, nor, unless the
    // configuration wants it, what one does not chat with; in the order of the file.
    const std::vector<ListedModel>& listed() const { return listed_; }

    const std::deque<Backend>& backends() const { return backends_; }

 private:
    struct Group {
        std::string_view name;
        std::vector<const Backend*> backends;
    };
    struct Found {
        const Group* group = nullptr;
        const Backend* one = nullptr;         // a target asked for by its id
        std::vector<std::string_view> stars;  // what each '*' of the group's name matched
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };
    template <class Value>
    using ByName = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;

    void list(const config::Snapshot& snapshot, std::string_view id, const config::Target& target);
    Found find(std::string_view model) const;
    std::string nearest_name(std::string_view model) const;

    config::RoutingSettings settings_;
    std::deque<Backend> backends_;
    std::deque<Group> groups_;
    ByName<const Group*> by_name_;
    ByName<const Backend*> by_id_;
    ByName<std::string> aliases_;
    std::vector<const Group*> wildcards_;  // the most specific first
    std::vector<ListedModel> listed_;
};

// What each '*' of `pattern` stands for in `name`; nothing when it does not match.
std::optional<std::vector<std::string_view>> match_wildcard(std::string_view pattern,
                                                            std::string_view name);

// `model` with its '*'s filled in from the left; a model without any stays, one with more than
// there are takes `name` whole.
std::string fill_wildcards(std::string_view model, const std::vector<std::string_view>& stars,
                           std::string_view name);

}  // namespace router::routing
