#include "routing/arrange.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string_view>
#include <tuple>

namespace router::routing {
namespace {

using config::Strategy;

constexpr double price_unknown = 5.0;  // dollars a token, as in LiteLLM: behind all that are known

// Above 0 and below 1; of a thread's own.
double chance() {
    thread_local std::minstd_rand dice(std::random_device{}());
    return std::uniform_real_distribution(std::numeric_limits<double>::min(), 1.0)(dice);
}

double price_of(const config::Target& target) {
    const auto price = [&](const char* name) {
        const auto found = target.prices.find(name);
        return found == target.prices.end() ? price_unknown : found->second;
    };
    return price("input_cost_per_token") + price("output_cost_per_token");
}

// The first to be asked has the lowest.
double rank_of(const Backend& backend, Strategy strategy, bool has_weights) {
    switch (strategy) {
        case Strategy::shuffle: {
            // Who waits, at a rate that is its weight, for the first time: it comes first in
            // proportion to that, and so do the others among those that are left.
            const auto weight = has_weights ? backend.upstream.target().weight.value_or(0) : 1;
            return weight > 0 ? -std::log(chance()) / weight
                              : std::numeric_limits<double>::infinity();
        }
        case Strategy::least_busy:
            return backend.running();
        case Strategy::cheapest:
            return price_of(backend.upstream.target());
        case Strategy::quickest:
            return static_cast<double>(backend.latency().count());
        case Strategy::in_order:
            break;
    }
    return 0;
}

}  // namespace

void arrange(std::vector<Attempt>& attempts, Strategy strategy) {
    struct Ranked {
        std::tuple<bool, int, double, double> rank;
        Attempt attempt;
    };
    const bool has_weights = std::ranges::any_of(attempts, [](const Attempt& attempt) {
        return attempt.backend->upstream.target().weight.has_value();
    });
    if (strategy == Strategy::in_order && has_weights) strategy = Strategy::shuffle;
    std::vector<Ranked> ranked;
    ranked.reserve(attempts.size());
    for (auto& attempt : attempts) {
        const auto& backend = *attempt.backend;
        const auto tie =
            strategy == Strategy::in_order ? static_cast<double>(ranked.size()) : chance();
        ranked.push_back({{attempt.is_last_hope, backend.upstream.target().order,
                           rank_of(backend, strategy, has_weights), tie},
                          std::move(attempt)});
    }
    std::ranges::sort(ranked, {}, &Ranked::rank);
    std::ranges::transform(ranked, attempts.begin(),
                           [](Ranked& one) { return std::move(one.attempt); });
}

}  // namespace router::routing
