#include "config/model_catalogue.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "config/keys.hpp"
#include "config/model_fields.hpp"
#include "config/plain_yaml.hpp"
#include "config/section_reader.hpp"

extern "C" {
extern const char embedded_models_yml[];
extern const char embedded_models_yml_end[];
}

namespace router::config {
namespace {

constexpr std::array<std::string_view, 5> row_fields{"like", "names", "provider", "dialect",
                                                     "every_name"};

template <class Words>
bool has(const Words& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

void warn_of_unknown_fields(const Value& map, Report& report) {
    for (const auto& member : map.members) {
        if (has(row_fields, member.key) || is_model_field(member.key)) continue;
        report.warning(member.place, "a model has no field " + shown(member.key) +
                                         did_you_mean_field(member.key) + "; it is ignored");
    }
}

// How well a row stands for a model: who names what, then how many letters. Nothing: not at all.
using Rank = std::pair<int, std::size_t>;

std::optional<std::size_t> letters_matched(const ModelRow& row,
                                           const std::vector<std::string>& names) {
    std::optional<std::size_t> most;
    for (const auto& pattern : row.names) {
        if (!std::ranges::any_of(names, [&](const auto& name) { return matches(pattern, name); }))
            continue;
        const auto stars = static_cast<std::size_t>(std::ranges::count(pattern, '*'));
        most = std::max(most.value_or(0), pattern.size() - stars);
    }
    return most;
}

std::optional<Rank> rank(const ModelRow& row, std::string_view provider, std::string_view kind,
                         const std::vector<std::string>& names) {
    if (row.is_for_others()) return std::nullopt;
    if (!row.providers.empty() && !has(row.providers, provider)) return std::nullopt;
    if (!row.dialect.empty() && row.dialect != kind) return std::nullopt;
    if (row.names.empty()) {
        if (row.every_name) return Rank{4, 0};
        return Rank{row.providers.empty() ? 0 : 1, 0};
    }
    const auto letters = letters_matched(row, names);
    if (!letters) return std::nullopt;
    if (row.is_published) return Rank{5, *letters};
    return Rank{row.providers.empty() ? 2 : 3, *letters};
}

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "us.anthropic.claude" without "us.anthropic.": words of letters alone, each with a dot behind it.
std::string_view without_vendor(std::string_view name) {
    if (const auto slash = name.rfind('/'); slash != std::string_view::npos)
        name.remove_prefix(slash + 1);
    if (name.starts_with("ft:")) name.remove_prefix(3);
    while (true) {
        const auto end =
            std::ranges::find_if_not(name, [](char c) { return is_letter(c) || c == '-'; });
        if (end == name.end() || *end != '.' || end == name.begin()) return name;
        name.remove_prefix(static_cast<std::size_t>(end - name.begin()) + 1);
    }
}

// Without the last "-" and what is behind it, when that is a date, a version or "latest".
std::string_view without_version(std::string_view name) {
    name = name.substr(0, name.find_first_of("@:"));
    while (true) {
        const auto dash = name.rfind('-');
        if (dash == std::string_view::npos || dash == 0) return name;
        const auto last = name.substr(dash + 1);
        const bool is_date = last.size() == 8 && std::ranges::all_of(last, is_digit);
        const bool is_day = dash >= 8 && last.size() == 2 && std::ranges::all_of(last, is_digit) &&
                            name[dash - 3] == '-' && name[dash - 8] == '-';
        const bool is_version = last.size() == 2 && last[0] == 'v' && is_digit(last[1]);
        if (!is_date && !is_day && !is_version && last != "latest") return name;
        name = name.substr(0, is_day ? dash - 8 : dash);
    }
}

ModelCatalogue read_embedded() {
    Report report;
    ModelCatalogue catalogue;
    const std::string_view text(embedded_models_yml, embedded_models_yml_end);
    catalogue.extend(parse_plain_yaml(text), report);
    if (!report.sorted().empty()) throw std::logic_error(to_string(report.sorted().front()));
    return catalogue;
}

}  // namespace

std::vector<std::string> known_names(std::string_view model) {
    const auto whole = lower_case(model);
    const std::string_view bare = without_vendor(whole);
    std::vector<std::string> names{whole, std::string(bare), std::string(without_version(bare))};
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

const ModelCatalogue& ModelCatalogue::embedded() {
    static const ModelCatalogue catalogue = read_embedded();
    return catalogue;
}

ModelRow* ModelCatalogue::find(std::string_view name) {
    const auto row = std::ranges::find(rows_, name, &ModelRow::name);
    return row == rows_.end() ? nullptr : &*row;
}

void ModelCatalogue::extend(const Value& document, Report& report) {
    if (document.is(ValueKind::null)) return;
    if (!document.is(ValueKind::map)) {
        report.error(document.place, "the models must be a map, row: {names, ...}; it is " +
                                         std::string(kind_name(document)));
        return;
    }
    for (const auto& [name, place, fields] : document.members) {
        if (!fields.is(ValueKind::map)) {
            report.error(place, "the row " + shown(name) + " must be a map of fields");
            continue;
        }
        const SectionReader reader(fields, name, report);
        std::string like;
        reader.text("like", like);
        const auto* model = like.empty() ? nullptr : find(like);
        if (!like.empty() && model == nullptr)
            report.error(place, name + ".like names no row above it: " + shown(like));
        const auto inherited = model == nullptr ? ModelFacts{} : model->facts;

        auto* row = find(name);
        const bool is_new = row == nullptr;
        if (is_new) row = &rows_.emplace_back();
        if (is_new || model != nullptr) row->facts = inherited;
        row->name = row->facts.row = name;
        warn_of_unknown_fields(fields, report);
        reader.texts("names", row->names);
        reader.texts("provider", row->providers);
        reader.text("dialect", row->dialect);
        reader.boolean("every_name", row->every_name);
        for (auto& pattern : row->names) pattern = lower_case(pattern);
        read_model_fields(fields, name, row->facts, report);
    }
}

void ModelCatalogue::extend_published(const Value& document) {
    Report unheard;
    extend(document, unheard);
    for (const auto& member : document.members) {
        if (auto* row = find(member.key)) row->is_published = true;
    }
}

ModelFacts ModelCatalogue::facts_for(std::string_view provider, std::string_view kind,
                                     std::string_view model) const {
    const auto names = known_names(model);
    const ModelRow* best = nullptr;
    Rank best_rank{};
    for (const auto& row : rows_) {
        const auto its_rank = rank(row, provider, kind, names);
        if (!its_rank || (best != nullptr && *its_rank < best_rank)) continue;
        best = &row;  // of two alike the later one: the user's
        best_rank = *its_rank;
    }
    return best == nullptr ? ModelFacts{} : best->facts;
}

}  // namespace router::config
