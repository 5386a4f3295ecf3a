#include "accounting/price.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

namespace router::accounting {
namespace {

constexpr std::string_view above = "_above_";
constexpr std::string_view thousands = "k_tokens";

// "input_cost_per_token_above_200k_tokens" -> 200'000, where it is `name`'s.
std::optional<std::uint64_t> threshold_of(std::string_view key, std::string_view name) {
    if (!key.starts_with(name) || !key.substr(name.size()).starts_with(above)) return std::nullopt;
    key.remove_prefix(name.size() + above.size());
    std::uint64_t count = 0;
    const auto [end, failure] = std::from_chars(key.data(), key.data() + key.size(), count);
    if (failure != std::errc() || std::string_view(end, key.data() + key.size()) != thousands)
        return std::nullopt;
    return count * 1000;
}

class PriceList {
 public:
    PriceList(const Prices& prices, std::uint64_t prompt) : prices_(prices), prompt_(prompt) {}

    // Of the longest prompt that this one is longer than.
    std::optional<double> of(std::string_view name) const {
        std::optional<double> found;
        std::uint64_t reached = 0;
        for (const auto& [key, price] : prices_) {
            if (key == name && !found) found = price;
            const auto threshold = threshold_of(key, name);
            if (!threshold || prompt_ <= *threshold || *threshold < reached) continue;
            reached = *threshold;
            found = price;
        }
        return found;
    }
    double of(std::string_view name, double otherwise) const {
        return of(name).value_or(otherwise);
    }

 private:
    const Prices& prices_;
    std::uint64_t prompt_;
};

double amount(std::uint64_t tokens, double price) { return static_cast<double>(tokens) * price; }

// What is left of a count when parts of it are taken out, which a provider may have counted beside
// it.
std::uint64_t rest(std::uint64_t all, std::uint64_t parts) { return all - std::min(all, parts); }

double cost_of_prompt(const canonical::Usage& usage, const PriceList& list, double price) {
    const double written = list.of("cache_creation_input_token_cost", price);
    const auto parts = usage.cached + usage.cache_written + usage.prompt_audio;
    return amount(rest(usage.prompt, parts), price) +
           amount(usage.cached, list.of("cache_read_input_token_cost", price)) +
           amount(rest(usage.cache_written, usage.cache_written_1h), written) +
           amount(usage.cache_written_1h,
                  list.of("cache_creation_input_token_cost_above_1hr", written)) +
           amount(usage.prompt_audio, list.of("input_cost_per_audio_token", price));
}

double cost_of_completion(const canonical::Usage& usage, const PriceList& list, double price) {
    const auto parts = usage.reasoning + usage.completion_audio;
    return amount(rest(usage.completion, parts), price) +
           amount(usage.reasoning, list.of("output_cost_per_reasoning_token", price)) +
           amount(usage.completion_audio, list.of("output_cost_per_audio_token", price));
}

}  // namespace

std::optional<double> cost_of(const canonical::Usage& usage, const Prices& prices) {
    if (!usage.is_known || prices.empty()) return std::nullopt;
    const PriceList list(prices, usage.prompt);
    const auto input = list.of("input_cost_per_token");
    const auto output = list.of("output_cost_per_token");
    if (!input && !output) return std::nullopt;
    const auto cost = cost_of_prompt(usage, list, input.value_or(0)) +
                      cost_of_completion(usage, list, output.value_or(0));
    constexpr double parts = 1e12;  // of a dollar; the digits of a sum beyond them mean nothing
    return std::round(cost * parts) / parts;
}

}  // namespace router::accounting
