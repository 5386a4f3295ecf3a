#include "config/section_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>
#include <utility>

#include "config/keys.hpp"

namespace router::config {

std::optional<double> number(std::string_view text) {
    const auto json = json_number(text);
    double out = 0;
    const auto read = std::from_chars(json.data(), json.data() + json.size(), out);
    if (json.empty() || read.ec != std::errc() || !std::isfinite(out)) return std::nullopt;
    return out;
}

std::optional<milliseconds> duration(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, double>, 5> units{
        {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
    constexpr double longest = 86'400'000.0 * 366;
    double factor = 1'000;
    for (const auto& [unit, its_factor] : units) {
        if (!text.ends_with(unit)) continue;
        text.remove_suffix(unit.size());
        factor = its_factor;
        break;
    }
    const auto amount = number(text);
    if (!amount || *amount < 0 || *amount * factor > longest) return std::nullopt;
    return milliseconds(static_cast<milliseconds::rep>(std::llround(*amount * factor)));
}

const Value* SectionReader::find(std::string_view key) const {
    const auto* value = map_.find(key);
    return value == nullptr || value->is(ValueKind::null) ? nullptr : value;
}

void SectionReader::wrong(std::string_view key, const Value& value, std::string_view right) const {
    report_.error(value.place, std::string(name_) + "." + std::string(key) + " must be " +
                                   std::string(right) + "; it is " + shown(value));
}

void SectionReader::text(std::string_view key, std::string& into) const {
    const auto* value = find(key);
    if (value == nullptr) return;
    if (value->is_scalar()) {
        into = value->text;
    } else {
        wrong(key, *value, "text");
    }
}

void SectionReader::boolean(std::string_view key, bool& into) const {
    const auto* value = find(key);
    if (value == nullptr) return;
    if (value->is_scalar() && is_boolean(value->text)) {
        into = is_true(value->text);
    } else {
        wrong(key, *value, "true or false");
    }
}

void SectionReader::seconds(std::string_view key, milliseconds& into, bool may_be_zero) const {
    const auto* value = find(key);
    if (value == nullptr) return;
    const auto read = value->is_scalar() ? duration(value->text) : std::nullopt;
    if (read && (may_be_zero || *read > milliseconds::zero())) {
        into = *read;
    } else {
        wrong(key, *value, read ? "above 0" : "a number of seconds, like 30, 0.5 or 5m");
    }
}

std::optional<milliseconds> SectionReader::seconds(std::string_view key) const {
    if (find(key) == nullptr) return std::nullopt;
    milliseconds read{0};
    seconds(key, read);
    return read > milliseconds::zero() ? std::optional(read) : std::nullopt;
}

void SectionReader::texts(std::string_view key, std::vector<std::string>& into) const {
    const auto* value = find(key);
    if (value == nullptr) return;
    into.clear();
    if (value->is_scalar()) {
        into.push_back(value->text);
        return;
    }
    if (value->is(ValueKind::map)) {
        wrong(key, *value, "a list of words");
        return;
    }
    for (const auto& item : value->items) {
        if (item.is_scalar() && !item.is(ValueKind::null)) {
            into.push_back(item.text);
        } else {
            wrong(key, item, "a list of words");
        }
    }
}

std::optional<std::int64_t> SectionReader::whole(std::string_view key, std::int64_t least,
                                                 std::int64_t most) const {
    const auto* value = find(key);
    if (value == nullptr) return std::nullopt;
    const auto read = value->is_scalar() ? config::number(value->text) : std::nullopt;
    if (read && *read == std::floor(*read) && *read >= static_cast<double>(least) &&
        *read <= static_cast<double>(most)) {
        return static_cast<std::int64_t>(*read);
    }
    wrong(key, *value,
          "a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
}

std::optional<double> SectionReader::number(std::string_view key) const {
    const auto* value = find(key);
    if (value == nullptr) return std::nullopt;
    const auto read = value->is_scalar() ? config::number(value->text) : std::nullopt;
    if (!read || *read < 0) {
        wrong(key, *value, "a number, not below 0");
        return std::nullopt;
    }
    return read;
}

std::optional<std::string> SectionReader::one_of(std::string_view key,
                                                 std::vector<std::string_view> words) const {
    const auto* value = find(key);
    if (value == nullptr) return std::nullopt;
    if (value->is_scalar() && std::ranges::find(words, value->text) != words.end())
        return value->text;
    std::string right = "one of";
    for (const auto word : words) right += (word == words.front() ? " " : ", ") + std::string(word);
    if (value->is_scalar()) right += did_you_mean(value->text, words);
    wrong(key, *value, right);
    return std::nullopt;
}

}  // namespace router::config
